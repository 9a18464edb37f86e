package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A loop that is run step by step: {@code newEventLoop}, {@code runUntilComplete}, {@code runForever}, {@code close}. */
class EventLoopTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    void runUntilCompleteGivesTheResultAndCanBeCalledAgain() {
        try (Loop loop = newEventLoop()) {
            assertThat(loop.<String>runUntilComplete(() -> "first")).isEqualTo("first");
            Task<String> task = loop.runUntilComplete(() -> createTask(() -> "second"));
            assertThat(loop.runUntilComplete(task)).isEqualTo("second");
            assertThat(loop.runUntilComplete(task)).isEqualTo("second");
            assertThatThrownBy(() -> loop.runUntilComplete(() -> {
                        throw new IllegalArgumentException("third");
                    }))
                    .hasMessage("third");
            assertThat(loop.<String>runUntilComplete(() -> "fourth")).isEqualTo("fourth");
        }
    }

    @Test
    @PortOf("test_events.run_until_complete")
    void runUntilCompleteTakesAsLongAsItsMain() {
        try (Loop loop = newEventLoop(LoopOptions::withVirtualTime)) {
            long before = loop.time();
            loop.runUntilComplete(() -> sleep(Duration.ofMillis(100)));
            assertThat(loop.time() - before).isEqualTo(100_000_000);
        }
    }

    @Test
    @PortOf("test_base_events.run_until_complete_loop")
    void aFutureOfAnotherLoopCannotBeItsMain() {
        try (Loop loop = newEventLoop();
                Loop other = newEventLoop()) {
            Future<String> future = loop.runUntilComplete(() -> loop.<String>createFuture());
            assertThatThrownBy(() -> other.runUntilComplete(future))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("belongs to another loop");
        }
    }

    @Test
    void unfinishedTasksRestUntilTheNextRun() {
        try (Loop loop = newEventLoop()) {
            Future<String> future = loop.runUntilComplete(() -> {
                Future<String> made = loop.createFuture();
                createTask(() -> {
                    trail.add("waiting");
                    trail.add(made.await());
                });
                yieldNow();
                return made;
            });
            trail.add("between");
            loop.runUntilComplete(() -> {
                trail.add("second run");
                future.setResult("woken");
                yieldNow();
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("waiting", "between", "second run", "woken");
    }

    @Test
    void betweenRunsNothingRuns() throws InterruptedException {
        try (Loop loop = newEventLoop(LoopOptions::withVirtualTime)) {
            loop.runUntilComplete(() -> {
                loop.callLater(Duration.ofMillis(1), () -> trail.add("timer"));
            });
            loop.callSoonThreadsafe(() -> trail.add("threadsafe"));
            assertThat(loop.eventLoop().submit(() -> {}).await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            trail.add("between");
            loop.runUntilComplete(() -> sleep(Duration.ofMillis(2)));
        }
        assertThat(trail.entries()).containsExactly("between", "threadsafe", "timer");
    }

    @Test
    @PortOf("test_tasks.stop_while_run_in_complete")
    void stoppedBeforeMainIsDoneItSaysSo() {
        try (Loop loop = newEventLoop(LoopOptions::withVirtualTime)) {
            Task<?>[] main = new Task<?>[1];
            assertThatThrownBy(() -> loop.runUntilComplete(() -> {
                        main[0] = CurrentTask.thisTask();
                        for (int i = 1; i <= 10; i++) {
                            sleep(Duration.ofMillis(100));
                            trail.add(i);
                            if (i == 2) {
                                loop.stop();
                            }
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("the loop was stopped before its main was done: Task[name=Task-");
            assertThat(loop.isRunning()).isFalse();
            assertThat(loop.time()).isEqualTo(Duration.ofMillis(200).toNanos());

            loop.callSoonThreadsafe(main[0]::cancel);
            assertThatThrownBy(() -> loop.runUntilComplete(main[0])).isInstanceOf(CancelledError.class);
        }
        assertThat(trail.entries()).containsExactly("1", "2");
    }

    @Test
    @PortOf("test_base_events.run_until_complete_loop_orphan_future_close_loop")
    void aMainThatIsLeftDoesNotEndTheNextRun() {
        try (Loop loop = newEventLoop(LoopOptions::withVirtualTime)) {
            loop.callSoonThreadsafe(loop::stop);
            assertThatThrownBy(() -> loop.runUntilComplete(() -> sleep(Duration.ofMillis(100))))
                    .hasMessageStartingWith("the loop was stopped before its main was done");
            loop.runUntilComplete(() -> sleep(Duration.ofMillis(200)));
            assertThat(loop.time()).isGreaterThanOrEqualTo(200_000_000);
        }
    }

    @Test
    void aMainThatWasStoppedAndFailsLaterIsReported() {
        Loop loop = newEventLoop();
        assertThatThrownBy(() -> loop.runUntilComplete(() -> {
                    loop.setExceptionHandler(
                            (of, context) -> trail.add(context.exception().orElseThrow()));
                    loop.stop();
                    yieldNow();
                    yieldNow();
                    throw new IllegalArgumentException("nobody waits for me any more");
                }))
                .hasMessageStartingWith("the loop was stopped");
        loop.runUntilComplete(() -> {
            yieldNow();
            yieldNow();
        });
        loop.close();
        assertThat(trail.entries()).containsExactly("java.lang.IllegalArgumentException: nobody waits for me any more");
    }

    @Test
    @PortOf("test_base_events.run_forever_pre_stopped")
    void aStopBeforehandEndsTheRunAfterOneRound() {
        try (Loop loop = newEventLoop()) {
            loop.callSoonThreadsafe(() -> {
                trail.add("first round");
                loop.callSoon(() -> trail.add("second round"));
            });
            loop.stop();
            loop.runForever();
            assertThat(trail.entries()).containsExactly("first round");
            loop.callSoonThreadsafe(loop::stop);
            loop.runForever();
        }
        assertThat(trail.entries()).containsExactly("first round", "second round");
    }

    @Test
    void theRoundInWhichItIsStoppedIsRunToItsEnd() {
        try (Loop loop = newEventLoop()) {
            loop.callSoonThreadsafe(() -> {
                loop.callSoon(() -> {
                    loop.stop();
                    loop.callSoon(() -> trail.add("next run"));
                });
                loop.callSoon(() -> trail.add("same round"));
            });
            loop.runForever();
            trail.add("stopped");
            loop.stop();
            loop.runForever();
        }
        assertThat(trail.entries()).containsExactly("same round", "stopped", "next run");
    }

    @Test
    void anotherThreadCanStopALoopThatWaits() throws InterruptedException {
        try (Loop loop = newEventLoop()) {
            CountDownLatch runs = new CountDownLatch(1);
            loop.callSoonThreadsafe(runs::countDown);
            Thread stopper = Thread.ofPlatform().start(() -> {
                awaitLatch(runs);
                loop.stop();
            });
            loop.runForever();
            assertThat(stopper.join(Await.LIMIT)).isTrue();
            assertThat(loop.isRunning()).isFalse();
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @PortOf("test_events.run_until_complete_nesting")
    @PortOf("test_base_events.running_loop_within_a_loop")
    void aLoopCannotBeRunInsideItselfNorInsideAnother() {
        try (Loop loop = newEventLoop();
                Loop other = newEventLoop()) {
            loop.runUntilComplete(() -> {
                assertThat(loop.isRunning()).isTrue();
                for (Loop inner : new Loop[] {loop, other}) {
                    assertThatThrownBy(() -> inner.runUntilComplete(() -> 1))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("cannot run a loop inside a coroutine or callback");
                    assertThatThrownBy(inner::runForever).isInstanceOf(IllegalStateException.class);
                }
            });
        }
    }

    @Test
    void twoThreadsCannotRunItAtOnce() {
        try (Loop loop = newEventLoop()) {
            Throwable refusal = loop.runUntilComplete(
                    () -> dev.skein.loop.Asyncio.toThread(() -> catchThrowable(() -> loop.runUntilComplete(() -> 1))));
            assertThat(refusal)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("this loop is already running: Loop[");
        }
    }

    @Test
    @PortOf("test_base_events.close")
    @PortOf("test_events.EventLoopTestsMixin.close")
    void closeIsForEverAndMayBeRepeated() {
        Loop loop = newEventLoop();
        assertThat(loop.isClosed()).isFalse();
        assertThat(loop.<String>runUntilComplete(() -> "ran")).isEqualTo("ran");
        Future<String> future = loop.runUntilComplete(() -> loop.<String>createFuture());
        loop.close();
        loop.close();

        assertThat(loop.isClosed()).isTrue();
        assertThat(loop.isRunning()).isFalse();
        assertThat(loop.toString()).endsWith(", closed]");
        for (Action use : new Action[] {
            () -> loop.runUntilComplete(() -> 1),
            loop::runForever,
            () -> loop.callSoonThreadsafe(() -> {}),
            () -> runCoroutineThreadsafe(() -> 1, loop),
            () -> loop.callSoon(() -> {}),
            () -> loop.createTask(() -> {}),
            () -> loop.callLater(LONG, () -> {}),
            () -> loop.callAt(loop.time(), () -> {}),
            () -> loop.runUntilComplete(future),
            () -> loop.addSignalHandler("TERM", () -> {}),
            () -> loop.runInExecutor(() -> 1)
        }) {
            assertThatThrownBy(use::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("loop is closed");
        }
    }

    @Test
    @PortOf("test_events.close_running_event_loop")
    void aLoopCannotBeClosedWhileItRuns() {
        try (Loop loop = newEventLoop()) {
            loop.runUntilComplete(() -> {
                assertThatThrownBy(loop::close)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("cannot close a running loop: stop it first, or let its main return");
                Throwable fromOutside = toThread(() -> catchThrowable(loop::close));
                assertThat(fromOutside).hasMessageStartingWith("cannot close a running loop");
            });
        }
    }

    @Test
    void aLoopThatNeverRanCanBeClosed() {
        Loop loop = newEventLoop();
        loop.close();
        assertThat(loop.isClosed()).isTrue();
        assertThat(loop.eventLoop().isTerminated()).isTrue();
    }

    @Test
    void closeCancelsWhatWasLeftByEarlierRuns() {
        Loop loop = newEventLoop();
        Task<?> left = loop.<Task<?>>runUntilComplete(() -> createTask(() -> {
            try {
                sleep(LONG);
            } finally {
                yieldNow();
                trail.add("cleaned up");
            }
        }));
        loop.runUntilComplete(dev.skein.loop.Asyncio::yieldNow);
        assertThat(loop.isClosed()).isFalse();
        loop.close();
        assertThat(left.isCancelled()).isTrue();
        assertThat(trail.entries()).containsExactly("cleaned up");
    }

    @Test
    void currentIsTheLoopThatRunsTheCaller() {
        run(() -> {
            Loop mine = Loop.current();
            Future<Loop> inCallback = mine.createFuture();
            mine.callSoon(() -> inCallback.setResult(Loop.current()));
            assertThat(inCallback.await()).isSameAs(mine);
            assertThat(Loop.of(mine.eventLoop())).isSameAs(mine);
            Throwable elsewhere = toThread(() -> catchThrowable(Loop::current));
            assertThat(elsewhere).isInstanceOf(IllegalStateException.class).hasMessageStartingWith("no running loop");
        });
    }
}
