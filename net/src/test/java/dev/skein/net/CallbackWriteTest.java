package dev.skein.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.MessageSizeEstimator;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written while a coroutine is stopped in the middle of a write, as the JDK may do wherever it is. */
class CallbackWriteTest {
    private static final MessageSizeEstimator.Handle SIZES = DefaultMessageSizeEstimator.DEFAULT.newHandle();

    private final Loopback preferred = new Loopback(Transport.preferred());

    /** What the next coroutine waits for that hands bytes to Netty, which asks for their size. */
    private @Nullable Future<@Nullable Void> stop;

    private int size(Object bytes) {
        Future<@Nullable Void> until = stop;
        if (until != null && Asyncio.currentTask() != null) {
            stop = null;
            until.await();
        }
        return SIZES.size(bytes);
    }

    @Test
    void aCallbacksWriteGoesBehindWhatACoroutineHadGathered() {
        preferred.talk((client, peer) -> {
            MessageSizeEstimator stopping = () -> this::size;
            client.channel().config().setOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, stopping);
            Future<@Nullable Void> until = Loop.current().createFuture("stopped");
            client.writer().write("first ");
            stop = until;
            Loop.current().callSoon(() -> {
                try {
                    client.writer().write(Unpooled.copiedBuffer("callback's ", UTF_8));
                } catch (IOException lost) {
                    throw new UncheckedIOException(lost);
                }
                until.setResult(null);
            });
            byte[] large = new byte[CoalescingWriter.MOST_GATHERED];
            client.writer().write(large);
            assertThat(stop).as("it was stopped").isNull();
            assertThat(peer.reader().readExactly(17)).asString(UTF_8).isEqualTo("first callback's ");
            assertThat(peer.reader().readExactly(large.length)).isEqualTo(large);
        });
    }
}
