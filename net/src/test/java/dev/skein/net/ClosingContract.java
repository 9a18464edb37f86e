package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the end of a connection looks like from either side, whatever carries its bytes. */
interface ClosingContract {
    /** In bytes: many times what the buffers of two sockets hold, of which one is set to 64 KiB. */
    int CLOG = 8 * 1024 * 1024;

    /** Runs {@code talk} with the two ends of a connection. */
    void talk(Loopback.Conversation talk);

    /** How many bytes are much for this carrier. */
    int much();

    /** Ends what {@code connection} writes, with both directions if one alone cannot be ended. */
    void end(Connection connection) throws IOException;

    /** Writes more than the system takes while the peer does not read, and then waits with one write more. */
    private Task<?> clog(Connection connection) throws IOException {
        assumeTrue(much() > 100_000, "too slow to be filled");
        connection.channel().config().setOption(ChannelOption.SO_SNDBUF, 64 * 1024);
        connection.writer().write(new byte[CLOG]);
        Task<?> writing = createTask(() -> connection.writer().write("never"));
        yieldNow();
        assertThat(writing.toString()).contains("waiting on");
        return writing;
    }

    @Test
    @PortOf("test_selector_events.write_partial")
    @PortOf("test_selector_events.write_ready_partial")
    @PortOf("test_selector_events.write_ready_closing")
    @PortOf("test_selector_events.write_ready")
    default void bytesThatTheSystemDoesNotTakeAtOnceFollowAfterClose() {
        byte[] sent = new byte[CLOG];
        new Random(CLOG).nextBytes(sent);
        assumeTrue(much() > 100_000, "too slow to be filled");
        talk((client, peer) -> {
            client.channel().config().setOption(ChannelOption.SO_SNDBUF, 64 * 1024);
            client.writer().write(sent);
            byte[] first = peer.reader().readExactly(1000);
            assertThat(first).isEqualTo(Arrays.copyOf(sent, 1000));
            assertThat(client.channel().unsafe().outboundBuffer().totalPendingWriteBytes())
                    .isPositive();
            client.writer().close();
            assertThat(client.channel().isOpen()).isTrue();
            assertThat(peer.reader().readAll()).isEqualTo(Arrays.copyOfRange(sent, 1000, CLOG));
            client.writer().waitClosed();
        });
    }

    @Test
    @PortOf("test_selector_events.SelectorTransportTests.close")
    default void closingTwiceIsClosingOnce() {
        talk((client, peer) -> {
            client.close();
            assertThat(client.writer().isClosing()).isTrue();
            client.close();
            client.writer().close();
            client.abort();
            client.writer().waitClosed();
            assertThat(peer.reader().readAll()).isEmpty();
        });
    }

    @Test
    default void theEndStaysTheEnd() {
        talk((client, peer) -> {
            client.writer().writeLine("last");
            client.close();
            assertThat(peer.reader().readLine()).isEqualTo("last");
            for (int i = 0; i < 3; i++) {
                assertThat(peer.reader().read(1)).isNull();
                assertThat(peer.reader().readByteBuf(1)).isNull();
                assertThat(peer.reader().readLine()).isNull();
                assertThat(peer.reader().readAll()).isEmpty();
                assertThatThrownBy(() -> peer.reader().readExactly(1)).isInstanceOf(IncompleteReadException.class);
                assertThat(peer.reader().atEof()).isTrue();
            }
        });
    }

    @Test
    default void nothingIsWrittenAfterOwnClose() {
        talk((client, peer) -> {
            client.writer().close();
            assertThat(client.writer().isClosing()).isTrue();
            assertThatThrownBy(() -> client.writer().write("x"))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith(" is closed");
            assertThat(peer.reader().readAll()).isEmpty();
        });
    }

    @Test
    default void aReadThatWaitsIsEndedByOwnClose() {
        talk((client, peer) -> {
            client.writer().write("half a line");
            Task<String> line = createTask(() -> String.valueOf(peer.reader().readLine()));
            until(() -> peer.reader().toString().contains("11 bytes"));
            peer.close();
            assertThat(line.await()).isEqualTo("null");
            assertThat(peer.reader().atEof()).isTrue();
        });
    }

    @Test
    default void ownAbortDropsUnreadBytes() {
        talk((client, peer) -> {
            client.writer().write("unread");
            until(() -> peer.reader().toString().contains("6 bytes"));
            peer.abort();
            assertThat(peer.reader().read(1)).isNull();
            assertThat(peer.reader().atEof()).isTrue();
        });
    }

    @Test
    @PortOf("test_selector_events.write_exception")
    default void writingToAPeerThatIsGoneThrows() {
        talk((client, peer) -> {
            peer.abort();
            assertThatThrownBy(() -> {
                        while (true) {
                            client.writer().write(new byte[1000]);
                            yieldNow();
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(client.writer().isClosing()).isTrue();
        });
    }

    @Test
    default void aWriteThatWaitsIsEndedByOwnAbort() {
        talk((client, peer) -> {
            Task<?> writing = clog(client);
            client.abort();
            assertThatThrownBy(writing::await).hasMessageEndingWith(" is closed");
        });
    }

    @Test
    @PortOf("test_selector_events.write_ready_exception")
    default void aWriteThatWaitsIsEndedByAPeerThatGoes() {
        talk((client, peer) -> {
            Task<?> writing = clog(client);
            peer.abort();
            assertThatThrownBy(writing::await).hasCauseInstanceOf(IOException.class);
            assertThat(client.writer().isClosing()).isTrue();
        });
    }

    @Test
    default void aWriteThatIsCancelledWhileItWaitsHasWrittenNothing() {
        talk((client, peer) -> {
            Task<?> filling = clog(client);
            Task<?> writing = createTask(() -> client.writer().write("nobody will read this"));
            yieldNow();
            writing.cancel();
            filling.cancel();
            until(() -> filling.isDone() && writing.isDone());
            Task<?> end = createTask(() -> {
                client.writer().write("end");
                end(client);
            });
            byte[] all = peer.reader().readAll();
            end.await();
            assertThat(all).hasSize(CLOG + 3);
            assertThat(new String(all, CLOG, 3, UTF_8)).isEqualTo("end");
        });
    }

    @Test
    @PortOf("test_selector_events.force_close")
    default void abortDropsWhatIsQueued() {
        talk((client, peer) -> {
            // Behind what TLS itself has still to say: the kernel resets a connection that is closed with something
            // unread.
            peer.writer().write("hello");
            assertThat(client.reader().readExactly(5)).hasSize(5);
            Task<?> writing = clog(client);
            client.abort();
            assertThat(client.writer().isClosing()).isTrue();
            until(writing::isDone);
            assertThat(writing.exception()).isInstanceOf(IOException.class);
            client.writer().waitClosed();
            client.abort();
            assertThat(client.channel().isOpen()).isFalse();
            if (abortIsNoEnd()) {
                assertThatThrownBy(() -> peer.reader().readAll()).isInstanceOf(IOException.class);
            } else {
                assertThat(peer.reader().readAll()).hasSizeLessThan(CLOG);
            }
        });
    }

    /** Whether the peer of a connection that is aborted is told so. */
    default boolean abortIsNoEnd() {
        return false;
    }

    @Test
    default void closeThatIsCancelledGoesOnClosing() {
        talk((client, peer) -> {
            byte[] sent = new byte[much()];
            client.writer().write(sent);
            Task<?> closing = createTask(client::close);
            yieldNow();
            closing.cancel();
            assertThat(peer.reader().readAll()).hasSize(sent.length);
            client.writer().waitClosed();
        });
    }
}
