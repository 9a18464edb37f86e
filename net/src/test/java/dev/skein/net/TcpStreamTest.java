package dev.skein.net;

import dev.skein.loop.Transport;
import org.junit.jupiter.api.Nested;

/** The byte stream over TCP. */
class TcpStreamTest {
    @Nested
    class OverNio extends Tcp {
        OverNio() {
            super(Transport.NIO);
        }
    }

    @Nested
    class OverEpoll extends Tcp {
        OverEpoll() {
            super(Transport.EPOLL);
        }
    }

    @Nested
    class OverIoUring extends Tcp {
        OverIoUring() {
            super(Transport.IO_URING);
        }
    }

    @Nested
    class OverKqueue extends Tcp {
        OverKqueue() {
            super(Transport.KQUEUE);
        }
    }

    private abstract static class Tcp extends ByteStreamContract {
        private final Loopback loopback;

        Tcp(Transport transport) {
            loopback = new Loopback(transport);
        }

        @Override
        public int much() {
            return 1_000_000;
        }

        @Override
        public void talk(Loopback.Conversation talk) {
            loopback.talk(options -> options.withLimit(LIMIT), options -> options.withLimit(LIMIT), talk);
        }
    }
}
