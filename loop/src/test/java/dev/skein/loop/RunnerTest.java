package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** {@code Runner}: one loop for several mains. */
class RunnerTest {
    private static final InheritableThreadLocal<Integer> VALUE = new InheritableThreadLocal<>() {
        @Override
        protected Integer initialValue() {
            return -1;
        }
    };
    private static final String CLOSED = "this Runner is closed: make another one";

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_runners.run")
    void aRunnerReturnsWhatMainReturnsAndClosesItsLoop() {
        Loop loop;
        Runner runner = new Runner();
        try (runner) {
            String result = runner.run(() -> {
                yieldNow();
                return "done";
            });
            assertThat(result).isEqualTo("done");
            loop = runner.loop();
            assertThat(loop.isClosed()).isFalse();
        }
        assertThatThrownBy(runner::loop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(CLOSED);
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void allMainsRunOnOneLoopAndOneThread() {
        try (Runner runner = new Runner()) {
            Loop first = runner.run(Loop::current);
            String thread = runner.run(() -> Thread.currentThread().toString());
            assertThat(runner.<Loop>run(Loop::current)).isSameAs(first).isSameAs(runner.loop());
            assertThat(thread).contains("Task-");
        }
    }

    @Test
    @PortOf("test_runners.run_future")
    void aRunnerRunsAFuture() {
        try (Runner runner = new Runner()) {
            Future<String> future = runner.run(() -> {
                Future<String> made = Loop.current().createFuture();
                made.setResult("done");
                return made;
            });
            assertThat(runner.run(future)).isEqualTo("done");
        }
    }

    /** Neither a lambda nor a future. */
    private static final class Mine implements Awaitable<String> {
        @Override
        public String await() {
            yieldNow();
            return "done";
        }
    }

    @Test
    @PortOf("test_runners.run_awaitable")
    void aRunnerRunsAnyAwaitable() {
        try (Runner runner = new Runner()) {
            assertThat(runner.run(new Mine())).isEqualTo("done");
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what a caller without the checker may do
    void aMainThatIsNullIsRefused() {
        try (Runner runner = new Runner()) {
            assertThatThrownBy(() -> runner.run((Awaitable<String>) null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("main");
        }
    }

    @Test
    @PortOf("test_runners.explicit_close")
    void afterCloseItRefuses() {
        Runner runner = new Runner();
        Loop loop = runner.loop();
        runner.close();
        assertThatThrownBy(runner::loop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(CLOSED);
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    @PortOf("test_runners.double_close")
    void aSecondCloseDoesNothing() {
        Runner runner = new Runner();
        Loop loop = runner.loop();
        runner.close();
        assertThat(loop.isClosed()).isTrue();
        runner.close();
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void oneThatNeverRanClosesToo() {
        Runner runner = new Runner();
        runner.close();
        assertThatThrownBy(() -> runner.run(() -> 1)).hasMessage(CLOSED);
    }

    @Test
    @PortOf("test_runners.second_with_block_raises")
    void aClosedRunnerCannotRunAgain() {
        Runner runner = new Runner();
        try (runner) {
            runner.run(() -> trail.add("first"));
        }
        assertThatThrownBy(() -> {
                    try (runner) {
                        runner.run(() -> trail.add("second"));
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(CLOSED);
        assertThat(trail.entries()).containsExactly("first");
    }

    /** Gives the value that it found, and leaves another. */
    private static Awaitable<Integer> replaceBy(int value) {
        return () -> {
            int old = VALUE.get();
            yieldNow();
            VALUE.set(value);
            return old;
        };
    }

    @Test
    @PortOf("test_runners.run_keeps_context")
    void threadLocalsGoFromOneMainToTheNext() {
        try (Runner runner = new Runner()) {
            assertThat(runner.run(replaceBy(1))).isEqualTo(-1);
            assertThat(runner.run(replaceBy(2))).isEqualTo(1);
            assertThat(runner.<Integer>run(VALUE::get)).isEqualTo(2);
            assertThat(runner.<Integer>run(() -> createTask(VALUE::get).await()))
                    .isEqualTo(2);
        }
        assertThat(VALUE.get()).isEqualTo(-1);
    }

    @Test
    void threadLocalsGoOnFromAMainThatFails() {
        try (Runner runner = new Runner()) {
            assertThatThrownBy(() -> runner.run(() -> {
                        VALUE.set(3);
                        throw new IllegalArgumentException("spam");
                    }))
                    .hasMessage("spam");
            assertThat(runner.<Integer>run(VALUE::get)).isEqualTo(3);
        }
    }

    @Test
    @PortOf("test_runners.recursive_run")
    void insideItsOwnMainItIsRefused() {
        try (Runner runner = new Runner()) {
            assertThatThrownBy(() -> runner.run(() -> runner.run(() -> trail.add("inner"))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("cannot run a loop inside a coroutine or callback");
            assertThatThrownBy(() -> runner.run(runner::close))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("cannot close a running loop");
            assertThat(runner.<String>run(() -> "goes on")).isEqualTo("goes on");
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void aTaskThatAMainLeavesGoesOnWithTheNext() {
        try (Runner runner = new Runner()) {
            Task<String> left = runner.run(() -> createTask(() -> {
                yieldNow();
                yieldNow();
                return "goes on";
            }));
            assertThat(runner.run(left)).isEqualTo("goes on");
        }
    }

    @Test
    @PortOf("test_runners.custom_factory")
    @PortOf("test_runners.asyncio_run_loop_factory")
    void theLoopIsMadeOnceAsTheOptionsSay() {
        AtomicInteger asked = new AtomicInteger();
        try (Runner runner = new Runner(options -> {
            asked.incrementAndGet();
            return options.withTransport(Transport.NIO);
        })) {
            assertThat(runner.loop().transport()).isEqualTo(Transport.NIO);
            assertThat(runner.<Loop>run(Loop::current)).isSameAs(runner.loop());
        }
        run(
                () -> assertThat(Loop.current().transport()).isEqualTo(Transport.NIO),
                options -> options.withTransport(Transport.NIO));
        assertThat(asked).hasValue(1);
    }

    @Test
    @PortOf("test_runners.loop_factory_default_event_loop")
    void withoutOptionsTheLoopHasTheBestTransportOfTheMachine() {
        run(() -> assertThat(Loop.current().transport()).isEqualTo(Transport.preferred()), options -> options);
    }

    @Test
    @PortOf("test_runners.debug")
    @PortOf("test_runners.non_debug")
    void theOptionsTurnDebugModeOn() {
        try (Runner on = new Runner(LoopOptions::withDebug);
                Runner off = new Runner()) {
            assertThat(on.loop().isDebug()).isTrue();
            assertThat(off.loop().isDebug()).isFalse();
        }
    }

    @Test
    @PortOf("test_runners.asyncio_run_debug")
    void runTakesDebugModeToo() {
        run(() -> assertThat(Loop.current().isDebug()).isTrue(), LoopOptions::withDebug);
        run(() -> assertThat(Loop.current().isDebug()).isFalse());
    }

    /** A result that says so when somebody prints it. */
    private final class Loud {
        @Override
        public String toString() {
            trail.add("printed");
            return "loud";
        }
    }

    @Test
    @PortOf("test_runners.no_repr_is_call_on_the_task_result")
    void theResultIsNotPrinted() {
        try (Runner runner = new Runner()) {
            assertThat(runner.<Object>run(Loud::new) instanceof Loud).isTrue();
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void anInterruptOfTheCallerCancelsMainAndTheRunnerGoesOn() {
        Thread caller = Thread.currentThread();
        boolean flag;
        try (Runner runner = new Runner()) {
            assertThatThrownBy(() -> runner.run(() -> {
                        createTask(caller::interrupt);
                        sleep(Duration.ofHours(1));
                    }))
                    .isInstanceOf(CancellationException.class);
            flag = Thread.interrupted();
            assertThat(runner.<String>run(() -> CurrentTask.thisTask().name())).startsWith("Task-");
        } finally {
            Thread.interrupted();
        }
        assertThat(flag).isTrue();
    }

    /** The work calls the loop again and again as that closes: far more often than a loop has passes that waits for nothing. */
    @Test
    void closeAwaitsTheDefaultExecutorBeyondTheCloseTimeout() {
        CompletableFuture<Integer> calls = new CompletableFuture<>();
        try (Runner runner = new Runner(options -> options.withCloseTimeout(Duration.ofNanos(1)))) {
            Loop loop = runner.loop();
            runner.run(() -> {
                CountDownLatch works = new CountDownLatch(1);
                loop.runInExecutor(() -> {
                    works.countDown();
                    Await.until("the loop is closing", loop.eventLoop()::isShuttingDown);
                    for (int i = 0; i < 50; i++) {
                        runCoroutineThreadsafe(() -> "called", loop).get();
                    }
                    return calls.complete(50);
                });
                Await.latch(works);
            });
        }
        assertThat(calls).isCompletedWithValue(50);
    }

    @Test
    void oneThatIsClosedIsCollectedAsItsLoopIs() {
        List<WeakReference<?>> closed = runnerThatIsClosed();
        Await.until("runner and loop are collected", () -> {
            System.gc();
            return closed.stream().allMatch(one -> one.refersTo(null));
        });
    }

    private static List<WeakReference<?>> runnerThatIsClosed() {
        try (Runner runner = new Runner()) {
            runner.run(() -> yieldNow());
            return List.of(new WeakReference<>(runner), new WeakReference<>(runner.loop()));
        }
    }
}
