package dev.skein.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import dev.skein.loop.testing.Trail;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.junit.jupiter.api.Test;

/** Who enters the handlers of a stream's pipeline that are not ours: the loop's own thread, whoever writes. */
class PipelineThreadTest {
    private static final String LARGE = "x".repeat(100_000);

    private final Loopback loopback = new Loopback(Transport.preferred());

    /** Writes down who calls, where that is a coroutine; and how much passes. */
    private static final class Seen extends ChannelDuplexHandler {
        private final Trail coroutines = new Trail();
        private int writes;

        private void see(String what) {
            if (Asyncio.currentTask() != null) {
                coroutines.add(what);
            }
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
            see("write");
            writes++;
            context.write(message, written);
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            see("flush");
            context.flush();
        }
    }

    @Test
    void writesReachHandlersInOrderInTheLoopsOwnThread() {
        loopback.talk((client, peer) -> {
            Seen seen = new Seen();
            client.channel().pipeline().addFirst(seen);
            client.writer().write("a");
            client.writer().write(LARGE);
            client.writer().write(Unpooled.copiedBuffer(LARGE, UTF_8));
            client.writer().write("b");
            client.writer().writeEof();
            assertThat(new String(peer.reader().readAll(), UTF_8)).isEqualTo("a" + LARGE + LARGE + "b");
            assertThat(seen.writes).isGreaterThanOrEqualTo(3);
            assertThat(seen.coroutines.entries()).isEmpty();
        });
    }

    @Test
    void aWriteToTheChannelItselfKeepsItsPlace() {
        loopback.talk((client, peer) -> {
            Seen seen = new Seen();
            client.channel().pipeline().addFirst(seen);
            client.writer().write(LARGE);
            client.channel().write(Unpooled.copiedBuffer("to the channel", UTF_8));
            client.writer().write("after");
            client.channel().flush();
            client.writer().writeEof();
            assertThat(new String(peer.reader().readAll(), UTF_8)).isEqualTo(LARGE + "to the channel" + "after");
            assertThat(seen.coroutines.entries()).isEmpty();
        });
    }

    @Test
    void oneThatIgnoresDrainIsHeldToTheHighWaterMark() {
        loopback.talk(
                options -> options.withWriteMarks(1_000, 10_000),
                options -> options.withLimit(1_000),
                (client, peer) -> {
                    client.channel().pipeline().addFirst(new Seen());
                    int[] written = new int[1];
                    Task<?> flood = Asyncio.createTask(() -> {
                        while (true) {
                            client.writer().write(new byte[9_000]);
                            written[0]++;
                        }
                    });
                    Asyncio.yieldNow();
                    // The first goes into an empty queue; with the second the mark is passed.
                    assertThat(written[0]).isBetween(1, 3);
                    flood.cancel();
                    client.abort();
                });
    }

    @Test
    void anAbortDropsWhatIsQueued() {
        loopback.talk((client, peer) -> {
            client.channel().pipeline().addFirst(new Seen());
            client.writer().write(LARGE);
            client.abort();
            assertThat(peer.reader().readAll().length).isLessThan(LARGE.length());
        });
    }
}
