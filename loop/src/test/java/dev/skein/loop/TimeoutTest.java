package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.timeoutAt;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.withTimeout;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A deadline for a body: when it comes, what it does to the body, and what it leaves alone. */
class TimeoutTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Trail trail = new Trail();

    /** The timeout of the body that ran last. */
    private final AtomicReference<Timeout> seen = new AtomicReference<>();

    private Timeout.VoidBody<RuntimeException> sleeping(Duration length) {
        return timeout -> {
            seen.set(timeout);
            sleep(length);
        };
    }

    @Test
    @PortOf("test_timeouts.timeout_basic")
    void aBodyThatTakesLongerIsCancelledAndTimeoutExceptionThrown() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> timeout(SECOND, sleeping(LONG)))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("timed out after 1 s, waiting on Asyncio.sleep")
                        .hasCauseInstanceOf(CancelledError.class);
                assertThat(seen.get().expired()).isTrue();
                assertThat(thisTask().cancelling()).isZero();
            });
            assertThat(loop.elapsed()).isEqualTo(SECOND);
        }
    }

    @Test
    @PortOf("test_timeouts.timeout_at_basic")
    void theDeadlineCanBeAMomentOfTheLoopsClock() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                sleep(SECOND);
                long deadline = loop.loop().time() + 10_000_000;
                assertThatThrownBy(() -> timeoutAt(deadline, sleeping(LONG)))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("timed out after 10 ms, waiting on Asyncio.sleep");
                assertThat(seen.get().expired()).isTrue();
                assertThat(seen.get().when()).hasValue(deadline);
                assertThat(loop.loop().time()).isEqualTo(deadline);
            });
        }
    }

    @Test
    @PortOf("test_timeouts.timeout_not_called")
    void aBodyThatEndsInTimeGivesItsResultAndTheTimerIsGone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                String result = withTimeout(LONG, timeout -> {
                    seen.set(timeout);
                    sleep(SECOND);
                    return "result";
                });
                assertThat(result).isEqualTo("result");
                assertThat(seen.get().expired()).isFalse();
                assertThat(seen.get().when()).hasValue(LONG.toNanos());
            });
            assertThatThrownBy(() -> loop.run(() -> loop.createFuture().await()))
                    .as("no timer is left")
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
            assertThat(loop.elapsed()).isEqualTo(SECOND);
        }
    }

    @Test
    @PortOf("test_timeouts.timeout_disabled")
    @PortOf("test_timeouts.timeout_at_disabled")
    void neverIsNoDeadline() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                timeout(Timeout.NEVER, sleeping(LONG));
                assertThat(seen.get().expired()).isFalse();
                assertThat(seen.get().when()).isEmpty();
                timeoutAt(Long.MAX_VALUE, sleeping(LONG));
                assertThat(seen.get().expired()).isFalse();
                assertThat(seen.get().when()).isEqualTo(OptionalLong.empty());
            });
        }
    }

    @Test
    @PortOf("test_timeouts.timeout_zero")
    @PortOf("test_timeouts.timeout_zero_sleep_zero")
    @PortOf("test_timeouts.timeout_in_the_past_sleep_zero")
    void withZeroOrLessTheFirstAwaitIsTheLast() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                sleep(SECOND);
                for (Duration none : new Duration[] {Duration.ZERO, Duration.ofMillis(-11)}) {
                    for (Duration length : new Duration[] {LONG, Duration.ZERO}) {
                        assertThatThrownBy(() -> timeout(none, sleeping(length)))
                                .isInstanceOf(TimeoutException.class)
                                .hasMessage("timed out after " + Durations.text(none)
                                        + (length.isZero() ? "" : ", waiting on Asyncio.sleep"));
                        assertThat(seen.get().expired()).isTrue();
                        assertThat(seen.get().when()).hasValue(SECOND.plus(none).toNanos());
                    }
                }
                assertThatThrownBy(() -> timeoutAt(-1, sleeping(Duration.ZERO))).isInstanceOf(TimeoutException.class);
            });
            assertThat(loop.elapsed()).isEqualTo(SECOND);
        }
    }

    @Test
    void aBodyThatDoesNotAwaitWinsOverADeadlineThatIsPast() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                String result = withTimeout(Duration.ZERO, timeout -> {
                    seen.set(timeout);
                    return "result";
                });
                assertThat(result).isEqualTo("result");
                yieldNow();
                assertThat(seen.get().expired()).isFalse();
            });
        }
    }

    @Test
    void aDeadlineThatIsPastComesInTheNextRoundBehindWhatIsReady() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> trail.add("before"));
                assertThatThrownBy(() -> timeout(Duration.ZERO, timeout -> {
                            loop.callSoon(() -> trail.add("expired " + timeout.expired()));
                            sleep(LONG);
                        }))
                        .isInstanceOf(TimeoutException.class);
                trail.add("after");
            });
        }
        assertThat(trail.entries()).containsExactly("before", "expired true", "after");
    }

    @Test
    void aBodyThatRefusesToBeCancelledGivesItsResult() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                String result = withTimeout(SECOND, timeout -> {
                    seen.set(timeout);
                    try {
                        sleep(LONG);
                        return "slept";
                    } catch (CancelledError refused) {
                        return "refused";
                    }
                });
                assertThat(result).isEqualTo("refused");
                assertThat(seen.get().expired()).isTrue();
                assertThat(thisTask().cancelling()).isZero();
                sleep(SECOND);
            });
        }
    }

    @Test
    @PortOf("test_timeouts.outer_task_is_not_cancelled")
    void theTaskItselfGoesOn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> assertThatThrownBy(() -> timeout(SECOND, sleeping(LONG)))
                        .isInstanceOf(TimeoutException.class));
                task.await();
                assertThat(task.isCancelled()).isFalse();
                assertThat(task.isDone()).isTrue();
            });
        }
    }

    @Test
    @PortOf("test_timeouts.waiter_cancelled")
    void theBodySeesACancelledError() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThatThrownBy(() -> timeout(SECOND, timeout -> {
                        try {
                            sleep(LONG);
                        } catch (CancelledError e) {
                            trail.add("cancelled");
                            throw e;
                        }
                    }))
                    .isInstanceOf(TimeoutException.class));
        }
        assertThat(trail.entries()).containsExactly("cancelled");
    }

    @Test
    void theBodysCheckedExceptionIsTheCallersToCatch() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                try {
                    timeout(SECOND, timeout -> {
                        read();
                    });
                } catch (IOException e) {
                    trail.add(e);
                }
            });
        }
        assertThat(trail.entries()).containsExactly("java.io.IOException: broken");
    }

    private static void read() throws IOException {
        throw new IOException("broken");
    }

    @Test
    void outsideACoroutineItIsRefusedAndNothingIsLeftBehind() {
        assertThatThrownBy(() -> timeout(SECOND, sleeping(LONG)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("timeout() outside a coroutine");
    }

    @Test
    @PortOf("test_timeouts.timeout_without_task")
    void inACallbackItIsRefused() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> {
                    assertThatThrownBy(() -> timeout(SECOND, sleeping(LONG)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("timeout() outside a coroutine: start one with");
                    assertThatThrownBy(() -> timeoutAt(0, sleeping(LONG)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("timeoutAt() outside a coroutine: start one with");
                    trail.add("refused");
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("refused");
        assertThat(seen.get()).isNull();
    }

    @Test
    @SuppressWarnings({"DataFlowIssue", "NullAway"}) // that is what it is about
    void nullIsRefusedByName() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> timeout(null, sleeping(LONG)))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("length: use Timeout.NEVER for no deadline");
                assertThatThrownBy(() -> timeout(SECOND, (Timeout.VoidBody<RuntimeException>) null))
                        .hasMessage("body");
                assertThatThrownBy(() -> withTimeout(SECOND, (Timeout.Body<String, RuntimeException>) null))
                        .hasMessage("body");
                assertThatThrownBy(() -> waitFor(loop.createFuture(), null))
                        .hasMessage("length: use Timeout.NEVER for no deadline");
                assertThatThrownBy(() -> timeout(SECOND, (Call<String, RuntimeException>) null))
                        .hasMessage("body");
                assertThatThrownBy(() -> timeout(SECOND, (VoidCall<RuntimeException>) null))
                        .hasMessage("body");
                assertThatThrownBy(() -> waitFor((Awaitable<String>) null, SECOND))
                        .hasMessage("body");
                assertThatThrownBy(() -> waitFor((VoidCall<RuntimeException>) null, SECOND))
                        .hasMessage("body");
                assertThatThrownBy(() -> waitFor((Future<String>) null, SECOND)).hasMessage("future");
            });
        }
    }
}
