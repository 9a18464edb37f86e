package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import dev.skein.loop.testing.Trail;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What writing does: when it waits, when it is refused, when it is sent. */
class StreamWriterTest {
    private static final byte[] CHUNK = new byte[16 * 1024];
    private static final int HIGH = 100_000;
    private static final int LOW = 50_000;

    /** What Netty counts for each message beside its bytes. */
    private static final int OVERHEAD = 96;

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static long queued(Connection connection) {
        return Objects.requireNonNull(connection.channel().unsafe().outboundBuffer())
                .totalPendingWriteBytes();
    }

    /** A task that writes without end, and counts. */
    private static final class Flood {
        final Task<?> task;
        int written;
        long mostQueued;

        Flood(Connection connection) {
            task = createTask(
                    () -> {
                        while (true) {
                            connection.writer().write(CHUNK);
                            written++;
                            mostQueued = Math.max(mostQueued, queued(connection));
                        }
                    },
                    "flood");
        }

        /** Waits until it waits: the loop has had nothing to do so many times, and it has not written. */
        void untilItWaits() {
            int before = -1;
            while (written != before || !task.toString().contains("waiting on")) {
                before = written;
                for (int i = 0; i < 20; i++) {
                    toThread(() -> true);
                }
            }
        }
    }

    private static void talkWithMarks(Loopback loopback, Loopback.Conversation talk) {
        loopback.talk(options -> options.withWriteMarks(LOW, HIGH), options -> options.withLimit(1000), talk);
    }

    // Back-pressure

    @EachTransport
    void aPeerThatDoesNotReadMakesTheWriterWaitAndMemoryStaysBounded(Transport transport) {
        talkWithMarks(new Loopback(transport), (client, peer) -> {
            Flood flood = new Flood(client);
            flood.untilItWaits();
            assertThat(flood.mostQueued).isBetween((long) HIGH, (long) HIGH + CHUNK.length + OVERHEAD);
            assertThat(queued(client)).isBetween((long) LOW, flood.mostQueued);

            int before = flood.written;
            Task<?> reader = createTask(() -> {
                while (flood.written < before + 100) {
                    peer.reader().read(CHUNK.length);
                }
            });
            reader.await();
            assertThat(flood.task.isDone()).isFalse();
            flood.task.cancel();
            client.abort();
        });
    }

    @EachTransport
    void manyWhoIgnoreDrainAreHeldToTheHighMarkAndOneMessageTogether(Transport transport) {
        talkWithMarks(new Loopback(transport), (client, peer) -> {
            long[] most = new long[1];
            List<Task<?>> floods = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                floods.add(createTask(() -> {
                    while (true) {
                        client.writer().write(CHUNK);
                        most[0] = Math.max(most[0], queued(client));
                    }
                }));
            }
            for (int i = 0; i < 200; i++) {
                peer.reader().read(CHUNK.length);
                yieldNow();
            }
            assertThat(most[0]).isBetween((long) HIGH, (long) HIGH + CHUNK.length + OVERHEAD);
            floods.forEach(Task::cancel);
            client.abort();
        });
    }

    @Test
    @PortOf("test_streams.multiple_drain")
    void allWhoWaitGoOnWhenThePeerHasRead() {
        talkWithMarks(preferred, (client, peer) -> {
            Flood flood = new Flood(client);
            flood.untilItWaits();
            flood.task.cancel();
            List<Task<?>> waiting = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                waiting.add(createTask(() -> client.writer().drain()));
                waiting.add(createTask(() -> client.writer().write("x")));
            }
            yieldNow();
            assertThat(waiting).noneMatch(Task::isDone);
            while (queued(client) > 0 || !waiting.stream().allMatch(Task::isDone)) {
                peer.reader().read(CHUNK.length);
            }
            waiting.forEach(Task::await);
        });
    }

    @EachTransport
    void aWriteThatIsCancelledWhileItWaitsHasWrittenNothing(Transport transport) {
        talkWithMarks(new Loopback(transport), (client, peer) -> {
            Flood flood = new Flood(client);
            flood.untilItWaits();
            flood.task.cancel();
            Task<?> last = createTask(() -> client.writer().write("never sent"));
            yieldNow();
            last.cancel();
            yieldNow();
            assertThat(last.isCancelled()).isTrue();
            client.writer().close();
            assertThat(peer.reader().readAll()).hasSize(flood.written * CHUNK.length);
        });
    }

    @EachTransport
    void aWriteThatWaitsFailsWhenTheConnectionIsLost(Transport transport) {
        talkWithMarks(new Loopback(transport), (client, peer) -> {
            Flood flood = new Flood(client);
            flood.untilItWaits();
            peer.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            peer.abort();
            until(flood.task::isDone);
            assertThat(flood.task.exception())
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("connection with 127.0.0.1:")
                    .hasMessageContaining(" was lost: ");
        });
    }

    @Test
    void aWriteThatWaitsFailsWhenTheConnectionIsClosed() {
        talkWithMarks(preferred, (client, peer) -> {
            Flood flood = new Flood(client);
            flood.untilItWaits();
            client.writer().close();
            until(flood.task::isDone);
            assertThat(flood.task.exception()).isInstanceOf(IOException.class).hasMessageEndingWith(" is closed");
            client.abort();
        });
    }

    @EachTransport
    @PortOf("test_streams.drain_raises")
    void aLoopOfWritesLearnsThatThePeerHasGone(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            peer.close();
            assertThatThrownBy(() -> {
                        while (true) {
                            client.writer().writeLine("foo");
                            client.writer().drain();
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(" was lost: ");
            assertThatThrownBy(() -> client.writer().drain()).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> client.writer().waitClosed()).isInstanceOf(IOException.class);
            yieldNow();
            assertThatThrownBy(() -> client.reader().read(1)).isInstanceOf(IOException.class);
        });
    }

    // Refusals

    @Test
    @PortOf("test_streams.async_writer_api_exception_after_close")
    void aWriteAfterCloseIsRefusedAtOnceUnlikeInAsyncio() {
        preferred.talk((client, peer) -> {
            client.writer().close();
            assertThat(client.writer().isClosing()).isTrue();
            assertThat(client.writer())
                    .hasToString("StreamWriter[" + Loopback.text(client.remoteAddress()) + ", CLOSING]");
            assertThatThrownBy(() -> client.writer().write("data"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("connection with " + Loopback.text(client.remoteAddress()) + " is closed");
            assertThatThrownBy(() -> client.writer().write(new byte[1])).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> client.writer().writeLine("data")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> client.writer().writeEof()).isInstanceOf(IOException.class);
            client.writer().waitClosed();
            assertThatThrownBy(() -> client.writer().drain()).isInstanceOf(IOException.class);
        });
    }

    @Test
    void aWriteAfterWriteEofIsRefused() {
        preferred.talk((client, peer) -> {
            client.writer().writeEof();
            assertThatThrownBy(() -> client.writer().write("data"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "write after writeEof, on the connection with " + Loopback.text(client.remoteAddress()));
            client.writer().drain();
            assertThat(peer.reader().readAll()).isEmpty();
            client.writer().drain();
        });
    }

    @Test
    void aWriteOnAForeignThreadIsRefused() {
        preferred.talk((client, peer) -> {
            for (Action each : List.<Action>of(
                    () -> client.writer().write("data"),
                    () -> client.writer().drain(),
                    () -> client.writer().writeEof(),
                    () -> client.writer().close(),
                    client::abort)) {
                assertThatThrownBy(() -> toThread(() -> {
                            each.run();
                            return 1;
                        }))
                        .isInstanceOf(WrongThreadException.class);
            }
        });
    }

    @Test
    void drainOnAClosingConnectionLetsTheLoopHaveARound() {
        preferred.talk((client, peer) -> {
            Trail trail = new Trail();
            client.writer().close();
            Loop.current().callSoon(() -> trail.add("its turn"));
            // Whether it is closed by then, the system decides.
            Throwable thrown = catchThrowable(() -> client.writer().drain());
            assertThat(thrown == null || thrown instanceof IOException).isTrue();
            assertThat(trail.entries()).containsExactly("its turn");
        });
    }

    // Closing

    @Test
    void waitClosedReturnsOnceTheConnectionIsClosed() {
        preferred.talk((client, peer) -> {
            peer.writer().write("HTTP/1.0 200 OK\r\n\r\nTest message");
            assertThat(client.reader().readLine()).isEqualTo("HTTP/1.0 200 OK");
            assertThat(client.writer().isClosing()).isFalse();
            client.writer().close();
            assertThat(client.writer().isClosing()).isTrue();
            client.writer().waitClosed();
            assertThat(client.channel().isOpen()).isFalse();
        });
    }

    @Test
    @PortOf("test_streams.eof_feed_when_closing_writer")
    void afterOurOwnCloseTheReaderIsAtTheEnd() {
        preferred.talk((client, peer) -> {
            client.writer().close();
            client.writer().waitClosed();
            assertThat(client.reader().atEof()).isTrue();
            assertThat(client.reader().readAll()).isEmpty();
        });
    }

    // Flushing

    @Test
    @PortOf("test_selector_events.write_buffer")
    void allThatIsWrittenInOnePassIsFlushedOnce() {
        Trail trail = new Trail();
        preferred.talk((client, peer) -> {
            client.channel().pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
                @Override
                public void flush(ChannelHandlerContext ctx) {
                    trail.add("flush");
                    ctx.flush();
                }
            });
            client.writer().write("a");
            client.writer().write("b");
            client.writer().write("c");
            assertThat(trail.entries()).isEmpty();
            assertThat(peer.reader().read(10)).asString(UTF_8).isEqualTo("abc");
            assertThat(trail.entries()).containsExactly("flush");
        });
    }

    @Test
    void writesKeepTheirOrderAmongNettysOwn() {
        preferred.talk((client, peer) -> {
            client.writer().write("a");
            client.channel().write(Unpooled.copiedBuffer("b", UTF_8));
            client.writer().write("c");
            client.writer().writeEof();
            assertThat(new String(peer.reader().readAll(), UTF_8)).isEqualTo("abc");
        });
    }
}
