package dev.skein.loop;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An await with a deadline: what it waits for is cancelled in time, and given the time to end. */
class WaitForTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration[] NO_TIME = {Duration.ZERO, SECOND.negated()};

    private final Trail trail = new Trail();

    /** Sleeps for an hour, and says when that is over, either way. */
    private String sleepLong() {
        trail.add("running");
        try {
            sleep(LONG);
            return "done";
        } finally {
            trail.add("ended");
        }
    }

    @Test
    @PortOf("test_waitfor.wait_for_blocking")
    void aBodyDoneInTimeRunsInTheCallersOwnTask() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> mine = thisTask();
                for (Duration length : new Duration[] {SECOND, Timeout.NEVER}) {
                    String result = waitFor(
                            () -> {
                                yieldNow();
                                assertThat(thisTask()).isSameAs(mine);
                                return "done";
                            },
                            length);
                    assertThat(result).isEqualTo("done");
                }
                waitFor(() -> yieldNow(), SECOND);
                assertThat(allTasks()).hasSize(1);
            });
            assertThat(loop.elapsed()).isZero();
        }
    }

    @Test
    @PortOf("test_waitfor.wait_for")
    void aTaskThatTakesLongerIsCancelled() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> task = createTask(this::sleepLong);
                assertThatThrownBy(() -> waitFor(task, SECOND))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("timed out after 1 s, waiting on " + task.toName()
                                + ", which is waiting on Asyncio.sleep");
                assertThat(task.isCancelled()).isTrue();
                assertThat(loop.elapsed()).isEqualTo(SECOND);
            });
        }
        assertThat(trail.entries()).containsExactly("running", "ended");
    }

    @Test
    @PortOf("test_waitfor.asyncio_wait_for_timeout")
    @PortOf("test_waitfor.asyncio_wait_for_cancelled")
    void waitForWaitsForABodyThatRefusesToBeCancelled() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                waitFor(() -> ignoreCancellation(loop.loop(), 2 * SECOND.toNanos()), SECOND);
                assertThat(loop.elapsed()).isEqualTo(SECOND.multipliedBy(2));

                long end = loop.loop().time() + SECOND.toNanos();
                Task<?> waiter = createTask(() -> waitFor(() -> ignoreCancellation(loop.loop(), end), LONG));
                yieldNow();
                waiter.cancel();
                waiter.await();
                assertThat(loop.loop().time()).isEqualTo(end);
            });
        }
        assertThat(trail.entries()).containsExactly("refused", "exited", "refused", "exited");
    }

    private void ignoreCancellation(Loop loop, long until) {
        while (loop.time() < until) {
            try {
                sleep(Duration.ofNanos(until - loop.time()));
            } catch (CancelledError e) {
                trail.add("refused");
            }
        }
        trail.add("exited");
    }

    @Test
    @PortOf("test_waitfor.wait_for_timeout_less_then_0_or_0_future_done")
    void withNoTimeADoneFutureGivesItsResult() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                future.setResult("done");
                loop.callSoon(() -> trail.add("next round"));
                for (Duration none : NO_TIME) {
                    assertThat(waitFor(future, none)).isEqualTo("done");
                }
                assertThat(trail.entries()).isEmpty();
            });
        }
    }

    @Test
    @PortOf("test_waitfor.wait_for_timeout_less_then_0_or_0_coroutine_do_not_started")
    void withNoTimeALambdaNeverStarts() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Duration none : NO_TIME) {
                    assertThatThrownBy(() -> waitFor(() -> trail.add("started"), none))
                            .isInstanceOf(TimeoutException.class)
                            .hasMessage("timed out after " + Durations.text(none))
                            .hasCauseInstanceOf(CancelledError.class);
                }
                assertThat(thisTask().cancelling()).isZero();
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_waitfor.wait_for_timeout_less_then_0_or_0")
    void withNoTimeATaskIsCancelledAndAwaited() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Duration none : NO_TIME) {
                    Task<String> task = createTask(this::sleepLong);
                    yieldNow();
                    assertThatThrownBy(() -> waitFor(task, none)).isInstanceOf(TimeoutException.class);
                    assertThat(task.isCancelled()).isTrue();
                    trail.add("next");
                }
            });
            assertThat(loop.elapsed()).isZero();
        }
        assertThat(trail.entries()).containsExactly("running", "ended", "next", "running", "ended", "next");
    }

    @Test
    @PortOf("test_waitfor.wait_for_waits_for_task_cancellation")
    @PortOf("test_waitfor.wait_for_waits_for_task_cancellation_w_timeout_0")
    void theCleanUpOfWhatItCancelledIsAwaited() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Duration length : new Duration[] {SECOND, Duration.ZERO}) {
                    Task<?> inner = createTask(() -> {
                        try {
                            sleep(LONG);
                        } finally {
                            sleep(SECOND);
                            trail.add("clean");
                        }
                    });
                    yieldNow();
                    assertThatThrownBy(() -> waitFor(inner, length))
                            .isInstanceOf(TimeoutException.class)
                            .hasCauseInstanceOf(CancelledError.class);
                    trail.add("timed out");
                }
            });
            assertThat(loop.elapsed()).isEqualTo(SECOND.multipliedBy(3));
        }
        assertThat(trail.entries()).containsExactly("clean", "timed out", "clean", "timed out");
    }

    @Test
    @PortOf("test_waitfor.wait_for_reraises_exception_during_cancellation")
    void aFailureOfTheCleanUpIsThrown() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Duration length : new Duration[] {SECOND, Duration.ZERO}) {
                    ArithmeticException broken = new ArithmeticException("broken");
                    Task<?> inner = createTask(() -> {
                        try {
                            sleep(LONG);
                        } catch (CancelledError e) {
                            throw broken;
                        }
                    });
                    yieldNow();
                    assertThat(catchThrowable(() -> waitFor(inner, length))).isSameAs(broken);
                }
            });
        }
    }

    @Test
    @PortOf("test_waitfor.wait_for_cancel_suppressed")
    @PortOf("test_waitfor.wait_for_cancellation_race_condition")
    void aResultInSpiteOfTheCancellationIsTheResult() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Awaitable<Integer> refusing = () -> {
                    assertThatThrownBy(() -> sleep(LONG)).isInstanceOf(CancelledError.class);
                    return 42;
                };
                assertThat(waitFor(refusing, SECOND)).isEqualTo(42);
                Task<Integer> task = createTask(refusing);
                yieldNow();
                assertThat(waitFor(task, Duration.ZERO)).isEqualTo(42);
                assertThat(thisTask().cancelling()).isZero();
            });
        }
    }

    @Test
    @PortOf("test_waitfor.wait_for_race_condition")
    void aResultInTheNextRoundIsInTime() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                loop.callSoon(() -> future.setResult("ok"));
                assertThat(waitFor(future, Duration.ofMillis(200))).isEqualTo("ok");
            });
            assertThat(loop.elapsed()).isZero();
        }
    }

    @Test
    @PortOf("test_waitfor.cancel_blocking_wait_for")
    @PortOf("test_waitfor.cancel_wait_for")
    void cancellingTheCallerCancelsWhatItWaitsFor() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Duration length : new Duration[] {Timeout.NEVER, Duration.ofMinutes(1)}) {
                    Task<?> inner = createTask(() -> loop.createFuture().await());
                    Task<?> waiter = createTask(() -> waitFor(inner, length));
                    loop.callSoon(waiter::cancel);
                    assertThatThrownBy(waiter::await).isInstanceOf(CancelledError.class);
                    assertThat(inner.isCancelled()).isTrue();
                    assertThat(waiter.isCancelled()).isTrue();
                }
            });
            assertThat(loop.elapsed()).isZero();
        }
    }

    @Test
    @PortOf("test_waitfor.wait_for_issue86296")
    void aCancellationOfTheCallerIsNotLostWhereTheResultCameFirst() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> inner = createTask(() -> "done");
                Task<?> waiter = createTask(() -> {
                    waitFor(inner, LONG);
                    sleep(SECOND);
                    trail.add("reached the end");
                });
                assertThat(waiter.isDone()).isFalse();
                yieldNow();
                waiter.cancel();
                assertThatThrownBy(waiter::await).isInstanceOf(CancelledError.class);
                assertThat(inner.isDone()).isTrue();
                assertThat(inner.await()).isEqualTo("done");
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void aCancellationInTheSameRoundAsTheResultIsNotLost() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<?> waiter = createTask(() -> waitFor(future, SECOND));
                yieldNow();
                future.setResult("done");
                waiter.cancel();
                assertThatThrownBy(waiter::await).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Test
    @PortOf("test_waitfor.zero_timeout")
    @PortOf("test_waitfor.shielded_timeout")
    void aShieldIsCancelledAndWhatItShieldsGoesOn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Duration length : new Duration[] {Duration.ZERO, SECOND}) {
                    Task<String> task = createTask(this::sleepLong);
                    Future<String> shielded = shield(task);
                    assertThatThrownBy(() -> waitFor(shielded, length)).isInstanceOf(TimeoutException.class);
                    assertThat(shielded.isCancelled()).isTrue();
                    assertThat(task.isDone()).isFalse();
                    assertThat(task.await()).isEqualTo("done");
                }
            });
            assertThat(loop.elapsed()).isEqualTo(LONG.multipliedBy(2));
        }
    }

    @Test
    @PortOf("test_waitfor.none_timeout")
    void aShieldCanBeAwaitedWithoutADeadline() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> task = createTask(this::sleepLong);
                assertThat(waitFor(shield(task), Timeout.NEVER)).isEqualTo("done");
                assertThat(task.isDone()).isTrue();
                assertThat(task.await()).isEqualTo("done");
            });
        }
    }

    @Test
    void aCheckedExceptionCrossesItAsItCrossesAnAwait() {
        Action broken = () -> {
            throw new IOException("broken");
        };
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThatThrownBy(() -> waitFor(broken, SECOND))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseMessage("broken"));
        }
    }

    @Test
    void outsideACoroutineItIsRefused() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> {
                    for (Duration length : new Duration[] {Duration.ZERO, SECOND}) {
                        assertThatThrownBy(() -> waitFor(this::sleepLong, length))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageStartingWith("waitFor() outside a coroutine: start one with");
                    }
                    trail.add("refused");
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("refused");
    }
}
