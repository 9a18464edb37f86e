package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.timeoutAt;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A deadline that is moved while the body runs, and the states in which it cannot be. */
class TimeoutRescheduleTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicReference<Timeout> seen = new AtomicReference<>();

    private Timeout timeoutOf(Duration length, Duration bodys) {
        try {
            timeout(length, timeout -> {
                seen.set(timeout);
                sleep(bodys);
            });
        } catch (TimeoutException e) {
            // What it looks like afterwards is what is asked.
        }
        return seen.get();
    }

    @Test
    @PortOf("test_timeouts.reschedule")
    void anyTaskOfTheLoopMayMoveTheDeadline() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> timeoutAt(LONG.toNanos(), timeout -> {
                    seen.set(timeout);
                    sleep(LONG.multipliedBy(5));
                }));
                yieldNow();

                Timeout timeout = seen.get();
                assertThat(timeout.when()).hasValue(LONG.toNanos());
                timeout.rescheduleAt(3 * LONG.toNanos());
                assertThat(timeout.when()).hasValue(3 * LONG.toNanos());
                sleep(LONG.multipliedBy(2));
                timeout.rescheduleIn(LONG.multipliedBy(2));
                assertThat(timeout.when()).hasValue(4 * LONG.toNanos());
                timeout.removeDeadline();
                assertThat(timeout.when()).isEmpty();
                sleep(LONG.multipliedBy(2).plus(SECOND));

                task.cancel();
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                assertThat(timeout.expired()).isFalse();
            });
        }
    }

    @Test
    void anEarlierDeadlineCutsTheBodyShort() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThatThrownBy(() -> timeout(LONG, timeout -> {
                        sleep(SECOND);
                        timeout.rescheduleIn(SECOND);
                        sleep(LONG);
                    }))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("timed out after 2 s, waiting on Asyncio.sleep"));
            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(2));
        }
    }

    @Test
    void aDeadlineCanBeSetWhereThereWasNone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThatThrownBy(() -> timeout(Timeout.NEVER, timeout -> {
                        timeout.rescheduleIn(SECOND);
                        sleep(LONG);
                    }))
                    .isInstanceOf(TimeoutException.class));
            assertThat(loop.elapsed()).isEqualTo(SECOND);
        }
    }

    @Test
    void aMomentThatIsPastComesInTheNextRound() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> timeout(LONG, timeout -> {
                            timeout.rescheduleAt(-1);
                            assertThat(timeout.expired()).isFalse();
                            assertThat(timeout.when()).hasValue(-1);
                            yieldNow();
                        }))
                        .isInstanceOf(TimeoutException.class);
            });
            assertThat(loop.elapsed()).isZero();
        }
    }

    @Test
    void aDeadlineThatCameButWasNotRunYetCanStillBeMoved() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> timeout(Duration.ZERO, timeout -> {
                timeout.rescheduleIn(LONG);
                sleep(SECOND);
                assertThat(timeout.expired()).isFalse();
            }));
        }
    }

    @Test
    @PortOf("test_timeouts.timeout_finished")
    void afterTheBodyItIsTooLate() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Timeout timeout = timeoutOf(LONG, SECOND);
                assertThatThrownBy(() -> timeout.rescheduleIn(SECOND))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("too late to move the deadline of Timeout[finished]:"
                                + " move it while the body runs and the deadline has not passed");
                assertThatThrownBy(() -> timeout.rescheduleAt(1)).hasMessageContaining("finished");
                assertThatThrownBy(timeout::removeDeadline).hasMessageContaining("finished");
                assertThat(timeout.when()).hasValue(LONG.toNanos());
            });
        }
    }

    @Test
    @PortOf("test_timeouts.timeout_expired")
    void afterTheDeadlineItIsTooLate() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Timeout timeout = timeoutOf(SECOND, LONG);
                assertThatThrownBy(() -> timeout.rescheduleIn(SECOND))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("Timeout[expired]");
            });
        }
    }

    @Test
    @PortOf("test_timeouts.timeout_expiring")
    void whileTheBodyIsBeingCancelledItIsTooLate() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> timeout(SECOND, timeout -> {
                assertThatThrownBy(() -> sleep(LONG)).isInstanceOf(CancelledError.class);
                assertThat(timeout.expired()).isTrue();
                assertThat(timeout).hasToString("Timeout[expiring]");
                assertThatThrownBy(() -> timeout.rescheduleIn(SECOND))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("Timeout[expiring]");
            }));
        }
    }

    @Test
    @PortOf("test_timeouts.repr_active")
    @PortOf("test_timeouts.repr_disabled")
    void whileTheBodyRunsItsTextShowsTheDeadline() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                timeout(SECOND, timeout -> {
                    assertThat(timeout).hasToString("Timeout[active, when=1000000000]");
                });
                timeout(Timeout.NEVER, timeout -> {
                    assertThat(timeout).hasToString("Timeout[active, no deadline]");
                });
            });
        }
    }

    @Test
    @PortOf("test_timeouts.repr_expired")
    @PortOf("test_timeouts.repr_finished")
    void afterwardsItsTextShowsHowItEnded() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThat(timeoutOf(SECOND, LONG)).hasToString("Timeout[expired]");
                assertThat(timeoutOf(LONG, Duration.ZERO)).hasToString("Timeout[finished]");
            });
        }
    }

    @Test
    void anotherThreadMayNotTouchIt() {
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> timeout(LONG, timeout -> {
                toThread(() -> {
                    refusal.set(catchThrowable(timeout::removeDeadline));
                    return "tried";
                });
            }));
        }
        assertThat(refusal.get()).isInstanceOf(WrongThreadException.class);
    }
}
