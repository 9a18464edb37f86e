package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a loop does about the work of its default executor as a runner closes it: it waits, and not for ever. */
class ClosingExecutorTest {
    private final Trail trail = new Trail();
    private final List<ErrorContext> errors = new CopyOnWriteArrayList<>();

    private Loop loop(UnaryOperator<LoopOptions> options, Duration joinLimit) {
        Loop loop = newEventLoop(options);
        loop.defaultExecutor().setJoinLimit(joinLimit);
        loop.runUntilComplete(() -> loop.setExceptionHandler((of, context) -> errors.add(context)));
        return loop;
    }

    /** Starts {@code work} and leaves it. */
    private static void startWork(Loop loop, Callable<?> work) {
        loop.runUntilComplete(() -> {
            CountDownLatch works = new CountDownLatch(1);
            loop.runInExecutor(() -> {
                works.countDown();
                return work.call();
            });
            Await.latch(works);
        });
    }

    @Test
    void workThatDoesNotEndWithinTheLimitIsReportedAndLeft() {
        CountDownLatch end = new CountDownLatch(1);
        Loop loop = loop(options -> options, Duration.ofMillis(1));
        startWork(loop, () -> {
            Await.latch(end);
            return null;
        });
        loop.close();
        end.countDown();

        assertThat(errors)
                .singleElement()
                .satisfies(error -> assertThat(error.message())
                        .startsWith("the default executor did not finish its work within 1 ms: WorkerThreads["));
    }

    /** It cannot be awaited, and not be ended with the loop either. */
    @Test
    void anExecutorThatCannotBeShutDownIsReported() {
        IllegalStateException refusal = new IllegalStateException("not now");
        ForkJoinPool refusing = new ForkJoinPool(1) {
            @Override
            public void shutdown() {
                throw refusal;
            }
        };
        Loop loop = loop(options -> options, Duration.ofMinutes(2));
        loop.runUntilComplete(() -> loop.setDefaultExecutor(refusing));
        loop.close();
        refusing.shutdownNow();

        assertThat(errors)
                .extracting(ErrorContext::message, error -> error.exception().orElseThrow())
                .containsExactly(
                        tuple("cannot shut down the default executor", refusal),
                        tuple("cannot shut down the default executor", refusal));
    }

    /** Has the loop close while there is work, which for its part leaves a task that cleans up for as long. */
    private void closeWithATaskThatCleansUpFor(Duration length, Loop loop, Duration workLasts) {
        startWork(loop, () -> {
            Await.until("the loop is closing", loop.eventLoop()::isShuttingDown);
            long begin = loop.time();
            Await.until("time has passed", () -> loop.time() - begin > workLasts.toNanos());
            CountDownLatch begun = new CountDownLatch(1);
            loop.callSoonThreadsafe(() -> createTask(() -> {
                try {
                    begun.countDown();
                    sleep(Duration.ofDays(1));
                } finally {
                    sleep(length);
                    trail.add("clean");
                }
            }));
            Await.latch(begun);
            return null;
        });
        loop.close();
    }

    @Test
    void whenTheWorkHasEndedTasksHaveTheWholeCloseTimeoutAgain() {
        Duration timeout = Duration.ofMillis(20);
        Loop loop = loop(options -> options.withVirtualTime().withCloseTimeout(timeout), Duration.ofHours(1));
        closeWithATaskThatCleansUpFor(timeout.dividedBy(2), loop, timeout.multipliedBy(2));

        assertThat(trail.entries()).containsExactly("clean");
        assertThat(errors).isEmpty();
    }

    @Test
    void workThatHasEndedInTimeIsNotReportedWhenTheLimitIsOver() {
        Duration limit = Duration.ofMinutes(2);
        Loop loop = loop(options -> options.withVirtualTime().withCloseTimeout(Duration.ofHours(1)), limit);
        closeWithATaskThatCleansUpFor(limit.multipliedBy(2), loop, Duration.ZERO);

        assertThat(trail.entries()).containsExactly("clean");
        assertThat(errors).isEmpty();
    }
}
