package dev.skein.loop;

import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a poll of the NIO handler waits: a second one of a loop, which that does not use. */
class CarrierNioHandlerTest {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    /** Until the next timer is due. */
    private record Delay(boolean canBlock, long nanos) implements IoHandlerContext {
        @Override
        public long delayNanos(long now) {
            return nanos;
        }

        @Override
        public long deadlineNanos() {
            return nanos;
        }
    }

    private interface Polls {
        void with(IoHandler handler) throws Exception;
    }

    @BeforeEach
    void mounted() {
        RuntimeMode.assume("Netty's own handler waits by itself");
    }

    /** On the loop's own thread, as its own polls. */
    private static void poll(Polls polls) throws Exception {
        Lost.unlessEnded(() -> {
            try (Loop loop = newEventLoop(options -> options.withTransport(Transport.NIO))) {
                loop.runUntilComplete(() -> {
                    Future<String> ended = loop.createFuture();
                    loop.callSoon(() -> {
                        IoHandler handler = CarrierNioHandler.factory().newHandler(loop.eventLoop());
                        handler.initialize();
                        try {
                            polls.with(handler);
                            ended.setResult("ended");
                        } catch (Throwable failure) {
                            ended.setException(failure);
                        } finally {
                            handler.destroy();
                        }
                    });
                    yieldNow();
                    return ended.await();
                });
            }
            return "ended";
        });
    }

    private static long timeOf(IoHandler handler, IoHandlerContext context) {
        long start = System.nanoTime();
        handler.run(context);
        return System.nanoTime() - start;
    }

    @Test
    void aPollWaitsUntilATimerIsDueAndNotForLessThanThat() throws Exception {
        poll(handler -> {
            assertThat(timeOf(handler, new Delay(true, 5 * MILLISECOND))).isGreaterThanOrEqualTo(5 * MILLISECOND);
            assertThat(timeOf(handler, new Delay(true, MILLISECOND / 4))).isGreaterThanOrEqualTo(MILLISECOND / 4);
        });
    }

    @Test
    void aPollDoesNotWaitIfATimerIsDueOrSomethingIsReady() throws Exception {
        poll(handler -> {
            handler.run(new Delay(true, 0));
            handler.run(new Delay(false, Long.MAX_VALUE));
        });
    }

    @Test
    void aPollThatIsWokenEndsAndTheNextOneWaitsAgain() throws Exception {
        poll(handler -> {
            AtomicBoolean ended = new AtomicBoolean();
            Thread waker = Thread.ofPlatform().start(() -> {
                while (!ended.get()) {
                    handler.wakeup();
                    Thread.onSpinWait();
                }
            });
            handler.run(new Delay(true, TimeUnit.HOURS.toNanos(1)));
            ended.set(true);
            waker.join();
            assertThat(timeOf(handler, new Delay(true, 5 * MILLISECOND))).isGreaterThanOrEqualTo(5 * MILLISECOND);
        });
    }
}
