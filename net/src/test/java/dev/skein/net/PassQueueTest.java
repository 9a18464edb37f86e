package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits for the end of a pass, counted. */
class PassQueueTest {
    private final Loopback loopback = new Loopback(Transport.preferred());
    private final List<String> passes = new ArrayList<>();

    /** What a test does with a queue of texts, whose sizes are their lengths. */
    @FunctionalInterface
    interface Use {
        void use(PassQueue<String> queue, Channel channel) throws Exception;
    }

    private void withQueue(Use test) {
        loopback.run(() -> {
            Connection[] ends = MemoryChannel.pair(Loop.current(), 100);
            try (Connection one = ends[0];
                    Connection other = ends[1]) {
                assertThat(other.channel().isOpen()).isTrue();
                StreamEndpoint end = StreamEndpoint.of(one.channel());
                test.use(new PassQueue<>(end, String::length, () -> passes.add("pass")), one.channel());
            }
        });
    }

    @Test
    void itCountsWhatItHolds() {
        withQueue((queue, channel) -> {
            assertThat(queue.isEmpty()).isTrue();
            assertThat(queue.count()).isZero();
            assertThat(queue.poll()).isNull();
            queue.add("abc");
            queue.add("defg");
            assertThat(queue.isEmpty()).isFalse();
            assertThat(queue.count()).isEqualTo(2);
            assertThat(queue.bytes()).isEqualTo(7);
            assertThat(queue.poll()).isEqualTo("abc");
            assertThat(queue.bytes()).isEqualTo(4);
            List<String> dropped = new ArrayList<>();
            queue.drop(dropped::add);
            assertThat(dropped).containsExactly("defg");
            assertThat(queue.isEmpty()).isTrue();
            assertThat(queue.bytes()).isZero();
        });
    }

    @Test
    void itIsFullWithAsMuchAsTheChannelTakes() {
        withQueue((queue, channel) -> {
            int most = (int) channel.bytesBeforeUnwritable();
            queue.add("x".repeat(most - 1));
            assertThat(queue.isFull()).isFalse();
            queue.add("x");
            assertThat(queue.isFull()).isTrue();
        });
    }

    /** Netty looks at its marks when something is written. */
    @Test
    void aMarkThatIsLoweredMeanwhileFillsNoEmptyQueue() {
        withQueue((queue, channel) -> {
            channel.unsafe().outboundBuffer().addMessage(Unpooled.buffer().writeZero(50), 50, channel.newPromise());
            channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 10));
            assertThat(channel.bytesBeforeUnwritable()).isZero();
            assertThat(queue.isFull()).isFalse();
            queue.add("x");
            assertThat(queue.isFull()).isTrue();
        });
    }

    @Test
    void aPassIsAskedForOnceUntilItBegins() {
        withQueue((queue, channel) -> {
            assertThat(queue.isPassEndAwaited()).isFalse();
            queue.atPassEnd();
            queue.atPassEnd();
            assertThat(queue.isPassEndAwaited()).isTrue();
            Asyncio.yieldNow();
            Loopback.until(() -> !passes.isEmpty());
            assertThat(passes).containsExactly("pass");
            queue.passEnds();
            assertThat(queue.isPassEndAwaited()).isFalse();
            queue.atPassEnd();
            Loopback.until(() -> passes.size() > 1);
            assertThat(passes).containsExactly("pass", "pass");
        });
    }
}
