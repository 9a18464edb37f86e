package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Transport;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
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

        /** The system is asked for more where a buffer was filled, and then has nothing. */
        @Test
        void piecesThatFillTheBuffersInWhichTheyAreReadAreNoEnd() {
            loopback.talk(
                    UnixDomainSocketAddress.of(directory.resolve("socket")),
                    options -> options,
                    options -> options.withOption(
                            ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(16).maxMessagesPerRead(4)),
                    (client, peer) -> {
                        for (int i = 0; i < 3; i++) {
                            client.writer().write(new byte[16]);
                            assertThat(peer.reader().readExactly(16)).hasSize(16);
                        }
                        peer.writer().write("an answer");
                        assertThat(client.reader().readExactly(9)).hasSize(9);
                        client.close();
                        assertThat(peer.reader().readAll()).isEmpty();
                    });
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
