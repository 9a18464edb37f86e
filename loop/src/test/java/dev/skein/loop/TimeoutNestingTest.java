package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.timeoutAt;
import static dev.skein.loop.Asyncio.withTimeout;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Timeouts in timeouts, and together with other requests to cancel: whose is it? */
class TimeoutNestingTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_timeouts.nested_timeouts")
    void ofTwoWithOneDeadlineOnlyTheOuterThrows() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                long deadline = SECOND.toNanos();
                assertThatThrownBy(() -> timeoutAt(deadline, outer -> {
                            try {
                                timeoutAt(deadline, inner -> {
                                    loop.callAt(deadline, () -> trail.add(outer.expired() && inner.expired()));
                                    sleep(LONG);
                                });
                            } catch (CancelledError e) {
                                trail.add("cancelled " + thisTask().cancelling());
                                throw e;
                            }
                        }))
                        .isInstanceOf(TimeoutException.class);
                trail.add(thisTask().cancelling());
            });
        }
        assertThat(trail.entries()).containsExactly("true", "cancelled 1", "0");
    }

    @Test
    void theInnerThrowsItsOwnAndTheOuterGoesOn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                String result = withTimeout(SECOND.multipliedBy(2), outer -> {
                    assertThatThrownBy(() -> timeout(SECOND, inner -> {
                                sleep(LONG);
                            }))
                            .isInstanceOf(TimeoutException.class)
                            .hasMessage("timed out after 1 s, waiting on Asyncio.sleep");
                    return "went on, " + outer.expired();
                });
                assertThat(result).isEqualTo("went on, false");
            });
        }
    }

    @Test
    @PortOf("test_timeouts.nested_timeouts_concurrent")
    void anOuterDeadlineThatComesFirstPassesTheInner() {
        run(() -> {
            Loop loop = Loop.current();
            assertThatThrownBy(() -> timeout(Duration.ofMillis(1), outer -> {
                        timeout(LONG, inner -> {
                            try {
                                crunchUntil(loop, outer.when().orElseThrow());
                                sleep(LONG);
                            } finally {
                                trail.add(outer + " " + inner.expired());
                            }
                        });
                    }))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("timed out after 1 ms, waiting on Asyncio.sleep");
        });
        assertThat(trail.entries()).containsExactly("Timeout[expiring] false");
    }

    @Test
    @PortOf("test_timeouts.nested_timeouts_loop_busy")
    void whereTheLoopWasBusyForBothDeadlinesTheOuterStopsWhatFollows() {
        run(() -> {
            Loop loop = Loop.current();
            assertThatThrownBy(() -> timeout(Duration.ofMillis(2), outer -> {
                        try {
                            timeout(Duration.ofMillis(1), inner -> {
                                crunchUntil(loop, outer.when().orElseThrow());
                                sleep(LONG);
                            });
                        } catch (TimeoutException e) {
                            trail.add("inner");
                        }
                        sleep(LONG);
                    }))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("timed out after 2 ms");
            assertThat(thisTask().cancelling()).isZero();
        });
        assertThat(trail.entries()).as("both came in one round").isEmpty();
    }

    private static void crunchUntil(Loop loop, long moment) {
        while (loop.time() < moment) {
            Thread.onSpinWait();
        }
    }

    @Test
    @PortOf("test_timeouts.nested_timeout_in_finally")
    void cleaningUpAfterATimeoutCanTimeOutToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThatThrownBy(() -> timeout(SECOND, outer -> {
                        try {
                            sleep(LONG);
                        } catch (CancelledError first) {
                            assertThatThrownBy(() -> timeout(SECOND, inner -> {
                                        sleep(LONG);
                                    }))
                                    .isInstanceOf(TimeoutException.class)
                                    .cause()
                                    .isInstanceOf(CancelledError.class)
                                    .isNotSameAs(first)
                                    .hasNoCause();
                            trail.add(thisTask().cancelling());
                            throw first;
                        }
                    }))
                    .isInstanceOf(TimeoutException.class)
                    .cause()
                    .isInstanceOf(CancelledError.class)
                    .hasNoCause()
                    .hasNoSuppressedExceptions());
            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(2));
        }
        assertThat(trail.entries()).containsExactly("1");
    }

    @Test
    @PortOf("test_timeouts.foreign_cancel_doesnt_timeout_if_not_expired")
    void aCancellationBeforeTheDeadlineStaysOne() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> timeout(SECOND, timeout -> {
                    try {
                        thisTask().cancel("mine");
                        sleep(LONG);
                    } finally {
                        trail.add(timeout.expired());
                    }
                }));
                assertThatThrownBy(task::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("mine");
                assertThat(task.isCancelled()).isTrue();
            });
            assertThat(loop.elapsed()).isZero();
        }
        assertThat(trail.entries()).containsExactly("false");
    }

    @Test
    void aCancelFromOutsideWinsOverADeadlineOfTheSameRound() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> timeout(SECOND, timeout -> {
                    try {
                        sleep(LONG);
                    } finally {
                        trail.add(timeout.expired());
                        trail.add(thisTask().cancelling());
                    }
                }));
                yieldNow();
                loop.callAt(SECOND.toNanos(), task::cancel);
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                assertThat(task.isCancelled()).isTrue();
                assertThat(task.cancelling()).isEqualTo(1);
            });
        }
        assertThat(trail.entries()).containsExactly("true", "2");
    }

    @Test
    void aCancellationFromOutsideWhileTheBodyCleansUpWins() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> timeout(SECOND, timeout -> {
                    try {
                        sleep(LONG);
                    } finally {
                        sleep(SECOND);
                    }
                }));
                sleep(Duration.ofMillis(1500));
                task.cancel("from outside");
                assertThatThrownBy(task::await).hasMessage("from outside");
                assertThat(task.isCancelled()).isTrue();
            });
        }
    }

    @Test
    @PortOf("test_timeouts.timeout_after_cancellation")
    void requestsFromBeforeTheBodyDoNotCount() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                thisTask().cancel();
                assertThatThrownBy(() -> sleep(LONG)).isInstanceOf(CancelledError.class);
                assertThatThrownBy(() -> timeout(Duration.ZERO, timeout -> {
                            sleep(LONG);
                        }))
                        .isInstanceOf(TimeoutException.class);
                assertThat(thisTask().cancelling()).isEqualTo(1);
            });
        }
    }

    @Test
    @PortOf("test_timeouts.cancel_in_timeout_after_cancellation")
    void aSecondCancellationInACleanUpWithATimeoutIsACancellation() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                thisTask().cancel();
                assertThatThrownBy(() -> sleep(LONG)).isInstanceOf(CancelledError.class);
                assertThatThrownBy(() -> timeout(SECOND, timeout -> {
                            thisTask().cancel();
                            sleep(LONG);
                        }))
                        .isInstanceOf(CancelledError.class);
                assertThat(thisTask().cancelling()).isEqualTo(2);
            });
            assertThat(loop.elapsed()).isZero();
        }
    }
}
