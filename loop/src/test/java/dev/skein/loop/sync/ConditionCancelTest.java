package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import dev.skein.loop.TimeoutException;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A condition's waiter that is cancelled: it has the lock again, and its signal is not lost. */
class ConditionCancelTest {
    private final TestLoop loop = new TestLoop();
    private final Trail trail = new Trail();
    private final Condition condition = new Condition();
    private final List<CancelledError> thrown = new ArrayList<>();
    private int state;

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    /** Waits for a state that never comes, and keeps what ends that. */
    private void awaitForEver() {
        try (Hold _ = condition.hold()) {
            condition.awaitUntil(() -> false);
        } catch (CancelledError e) {
            thrown.add(e);
            throw e;
        }
    }

    @Test
    @PortOf("test_locks.ConditionTests.wait_cancel")
    void aCancelledWaiterLeavesWithTheLock() {
        loop.run(() -> {
            condition.acquire();
            Task<?> waiter = createTask(condition::await);
            loop.callSoon(waiter::cancel);
            assertThatThrownBy(waiter::await).isInstanceOf(CancelledError.class);
            assertThat(condition).hasToString("Condition[locked]");
        });
    }

    @Test
    @PortOf("test_locks.wait_cancel_contested")
    void aWaiterCancelledWhileItQueuesForTheLockLeavesWithIt() {
        loop.run(() -> {
            condition.acquire();
            Task<?> waiter = createTask(condition::await);
            yieldNow();
            assertThat(condition.isLocked()).isFalse();

            condition.acquire();
            condition.signal();
            loop.callSoon(waiter::cancel);
            loop.callSoon(condition::release);
            assertThatThrownBy(waiter::await).isInstanceOf(CancelledError.class);
            assertThat(condition.isLocked()).isTrue();
        });
    }

    @Test
    @PortOf("test_locks.wait_cancel_after_notify")
    void aCancellationThatFollowsTheSignalArrivesWhenTheLockIsThere() {
        loop.run(() -> {
            Task<?> waiter = createTask(() -> {
                try (Hold _ = condition.hold()) {
                    trail.add("waits");
                    condition.await();
                }
            });
            yieldNow();
            condition.acquire();
            condition.signal();
            yieldNow();
            waiter.cancel();
            yieldNow();
            assertThat(waiter.isDone()).isFalse();
            condition.release();
            yieldNow();
            assertThat(waiter.isCancelled()).isTrue();
            assertThat(condition.isLocked()).isFalse();
        });
        assertThat(trail.entries()).containsExactly("waits");
    }

    @Test
    void aWaiterCancelledRepeatedlyTakesTheLockAndThrowsTheLatest() {
        loop.run(() -> {
            Task<?> waiter = createTask(this::awaitForEver);
            yieldNow();
            condition.acquire();
            for (String message : List.of("first", "second", "third")) {
                waiter.cancel(message);
                loop.settle();
                assertThat(waiter.isDone()).isFalse();
            }
            assertThat(waiter.cancelling()).isEqualTo(3);
            condition.release();
            assertThatThrownBy(waiter::await).hasMessage("third").isSameAs(thrown.getFirst());
            assertThat(condition).hasToString("Condition[unlocked]");
        });
    }

    @Test
    @PortOf("test_locks.timeout_in_block")
    void aWaitThatTimesOutInABlockLetsTheBlockRelease() {
        loop.run(() -> {
            try (Hold _ = condition.hold()) {
                assertThatThrownBy(() -> waitFor(condition::await, Duration.ofMillis(500)))
                        .isInstanceOf(TimeoutException.class);
                assertThat(condition.isLocked()).isTrue();
            }
            assertThat(condition.isLocked()).isFalse();
        });
        assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    @PortOf("test_locks.cancelled_error_wakeup")
    void theErrorOfAWaiterIsTheOneThatItsTaskEndsWith() {
        loop.run(() -> {
            Task<?> waiter = createTask(this::awaitForEver);
            yieldNow();
            waiter.cancel("foo");
            assertThatThrownBy(waiter::await).hasMessage("foo").isSameAs(thrown.getFirst());
        });
    }

    @Test
    @PortOf("test_locks.cancelled_error_re_aquire")
    void theErrorOfOneThatQueuesForTheLockIsTheOneThatItsTaskEndsWith() {
        loop.run(() -> {
            Task<?> waiter = createTask(this::awaitForEver);
            yieldNow();
            condition.acquire();
            condition.signal();
            yieldNow();
            waiter.cancel("foo");
            condition.release();
            assertThatThrownBy(waiter::await).hasMessage("foo").isSameAs(thrown.getFirst());
        });
    }

    private Action consumer() {
        return () -> {
            try (Hold _ = condition.hold()) {
                while (true) {
                    condition.awaitUntil(() -> state != 0);
                    if (state < 0) {
                        return;
                    }
                    state--;
                }
            }
        };
    }

    /** Two consumers: one item, one signal, and the one that was signalled is cancelled after some rounds. */
    private void theOtherConsumesIfTheSignalledIsCancelledAfter(int rounds) {
        loop.run(() -> {
            Task<?> first = createTask(consumer());
            Task<?> second = createTask(consumer());
            yieldNow();
            try (Hold _ = condition.hold()) {
                state++;
                condition.signal(1);
                for (int i = 0; i < rounds; i++) {
                    yieldNow();
                }
                first.cancel();
                assertThatThrownBy(() -> waitFor(() -> condition.awaitUntil(() -> false), Duration.ofMillis(10)))
                        .isInstanceOf(TimeoutException.class);
                assertThat(state).isZero();
                state = -1;
                condition.signalAll();
            }
            second.await();
            assertThat(first.isCancelled()).isTrue();
        });
    }

    @Test
    @PortOf("test_locks.cancelled_wakeup")
    void aSignalIsHandedOnIfItsWaiterIsCancelledBeforeItGoesOn() {
        theOtherConsumesIfTheSignalledIsCancelledAfter(0);
    }

    @Test
    @PortOf("test_locks.cancelled_wakeup_relock")
    void aSignalIsHandedOnIfItsWaiterIsCancelledInTheQueue() {
        theOtherConsumesIfTheSignalledIsCancelledAfter(1);
    }
}
