package dev.skein.net;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;

/** The byte stream in memory. */
class MemoryStreamTest extends ByteStreamContract {
    private final Loopback loopback = new Loopback(Transport.preferred());

    @Override
    public int much() {
        return 1_000_000;
    }

    @Override
    public void talk(Loopback.Conversation talk) {
        loopback.run(() -> {
            Connection[] ends = MemoryChannel.pair(Loop.current(), LIMIT);
            try (Connection client = ends[0];
                    Connection peer = ends[1]) {
                talk.hold(client, peer);
            }
        });
    }
}
