package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@code TestLoop.settle} with real sockets. */
class SettleTest {
    @Test
    void bytesOnTheirWayArriveBeforeALoopSettles() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> Loopback.hold(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    client -> client,
                    peer -> peer,
                    (client, peer) -> {
                        Duration before = loop.elapsed();
                        loop.callLater(Duration.ofSeconds(1), () -> {});
                        for (int i = 0; i < 20; i++) {
                            Task<byte[]> received =
                                    createTask(() -> peer.reader().readExactly(1000));
                            client.writer().write(new byte[1000]);
                            loop.settle();
                            assertThat(received.isDone()).isTrue();
                        }
                        assertThat(loop.elapsed()).isEqualTo(before);
                    }));
        }
    }
}
