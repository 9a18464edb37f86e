package dev.skein.net;

import dev.skein.loop.Action;
import dev.skein.loop.testing.TestLoop;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * A loop in virtual time and Unix sockets, for what happens when somebody does nothing for long. What one side writes to a
 * Unix socket the other can read at once, and what it reads makes room at once; the kernel's TCP needs real time for
 * either, which virtual time would leap over.
 */
public final class VirtualLoopback {
    private final UnixDomainSocketAddress address;

    /** With a socket in {@code directory}. */
    public VirtualLoopback(Path directory) {
        address = UnixDomainSocketAddress.of(directory.resolve("socket"));
    }

    public UnixDomainSocketAddress address() {
        return address;
    }

    /** Runs {@code main}, and says how much virtual time that took. */
    public Duration run(Action main) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(main);
            return loop.elapsed();
        }
    }

    /** Runs {@code talk} with the two ends of a connection, closes both, and says how much virtual time that took. */
    Duration talk(UnaryOperator<ConnectOptions> client, UnaryOperator<ServerOptions> peer, Loopback.Conversation talk) {
        return run(() -> Loopback.hold(address, client, peer, talk));
    }
}
