package dev.skein.net;

import dev.skein.loop.Transport;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The byte stream over a Unix socket. */
class UnixStreamTest {
    @Nested
    class OverNio extends Unix {
        OverNio() {
            super(Transport.NIO);
        }
    }

    @Nested
    class OverEpoll extends Unix {
        OverEpoll() {
            super(Transport.EPOLL);
        }
    }

    @Nested
    class OverIoUring extends Unix {
        OverIoUring() {
            super(Transport.IO_URING);
        }
    }

    @Nested
    class OverKqueue extends Unix {
        OverKqueue() {
            super(Transport.KQUEUE);
        }
    }

    private abstract static class Unix extends ByteStreamContract {
        private final Loopback loopback;

        @TempDir
        private Path directory;

        Unix(Transport transport) {
            directory = Path.of("");
            loopback = new Loopback(transport);
        }

        @Override
        public int much() {
            return 1_000_000;
        }

        @Override
        public void talk(Loopback.Conversation talk) {
            loopback.talk(
                    UnixDomainSocketAddress.of(directory.resolve("socket")),
                    options -> options.withLimit(LIMIT),
                    options -> options.withLimit(LIMIT),
                    talk);
        }
    }
}
