package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom a signal wakes, when it has the lock again, and what a condition asks of its callers. */
class ConditionTest {
    private final TestLoop loop = new TestLoop();
    private final Trail trail = new Trail();
    private final Condition condition = new Condition();
    private boolean ready;

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    /** Keeps the lock when it was woken. */
    private Action awaitAndKeepLock(Object name) {
        return () -> {
            condition.acquire();
            condition.await();
            trail.add(name);
        };
    }

    private Action awaitSignal(Object name) {
        return () -> {
            try (Hold _ = condition.hold()) {
                condition.await();
                trail.add(name);
            }
        };
    }

    private void signalInALock(int... counts) {
        try (Hold _ = condition.hold()) {
            for (int count : counts) {
                condition.signal(count);
            }
        }
    }

    @Test
    @PortOf("test_locks.ConditionTests.wait")
    void aWaiterGoesOnWhenItWasSignalledAndHasTheLock() {
        loop.run(() -> {
            createTask(awaitAndKeepLock(1));
            createTask(awaitAndKeepLock(2));
            Task<?> third = createTask(awaitAndKeepLock(3));
            yieldNow();
            assertThat(condition.isLocked()).isFalse();

            condition.acquire();
            condition.signal();
            yieldNow();
            assertThat(trail.entries()).isEmpty();
            assertThat(condition.isLocked()).isTrue();
            condition.release();
            yieldNow();
            assertThat(trail.entries()).containsExactly("1");
            assertThat(condition.isLocked()).isTrue();

            condition.signal(2);
            yieldNow();
            assertThat(trail.entries()).containsExactly("1");
            condition.release();
            yieldNow();
            assertThat(trail.entries()).containsExactly("1", "2");
            condition.release();
            yieldNow();
            assertThat(trail.entries()).containsExactly("1", "2", "3");
            assertThat(third.isDone()).isTrue();
            assertThat(condition.isLocked()).isTrue();
        });
    }

    @Test
    @PortOf("test_locks.notify")
    void signalWakesTheOldestAsManyAsAsked() {
        loop.run(() -> {
            createTask(awaitSignal(1));
            createTask(awaitSignal(2));
            Task<?> third = createTask(awaitSignal(3));
            yieldNow();
            assertThat(trail.entries()).isEmpty();
            signalInALock(1);
            yieldNow();
            assertThat(trail.entries()).containsExactly("1");
            signalInALock(1, 2048);
            yieldNow();
            assertThat(trail.entries()).containsExactly("1", "2", "3");
            assertThat(third.isDone()).isTrue();
        });
    }

    @Test
    void aSignalForLessThanOneWakesNobody() {
        loop.run(() -> {
            Task<?> waiter = createTask(awaitSignal(1));
            yieldNow();
            signalInALock(0, -1);
            yieldNow();
            assertThat(trail.entries()).isEmpty();
            waiter.cancel();
        });
    }

    @Test
    @PortOf("test_locks.notify_all")
    void signalAllWakesAll() {
        loop.run(() -> {
            createTask(awaitSignal(1));
            Task<?> second = createTask(awaitSignal(2));
            yieldNow();
            assertThat(trail.entries()).isEmpty();
            try (Hold _ = condition.hold()) {
                condition.signalAll();
            }
            yieldNow();
            assertThat(trail.entries()).containsExactly("1", "2");
            assertThat(second.isDone()).isTrue();
        });
    }

    @Test
    @PortOf("test_locks.wait_for")
    void awaitUntilLooksAgainAfterEachSignal() {
        loop.run(() -> {
            Task<?> waiter = createTask(() -> {
                try (Hold _ = condition.hold()) {
                    condition.awaitUntil(() -> ready);
                    trail.add("ready");
                }
            });
            yieldNow();
            signalInALock(1);
            yieldNow();
            assertThat(trail.entries()).isEmpty();
            ready = true;
            signalInALock(1);
            yieldNow();
            assertThat(trail.entries()).containsExactly("ready");
            assertThat(waiter.isDone()).isTrue();
        });
    }

    @Test
    @PortOf("test_locks.wait_for_unacquired")
    void awaitUntilNeedsTheLockOnlyIfItWaits() {
        loop.run(() -> {
            condition.awaitUntil(() -> true);
            assertThatIllegalStateException().isThrownBy(() -> condition.awaitUntil(() -> false));
        });
    }

    @Test
    @PortOf("test_locks.wait_unacquired")
    void awaitWithAFreeLockIsRefused() {
        loop.run(() -> assertThatIllegalStateException()
                .isThrownBy(condition::await)
                .withMessage("await() of a condition whose lock is free: acquire() it first, or hold() it:"
                        + " Condition[unlocked]"));
    }

    @Test
    @PortOf("test_locks.notify_unacquired")
    @PortOf("test_locks.notify_all_unacquired")
    void aSignalWithAFreeLockIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(condition::signal)
                .withMessage("signal() of a condition whose lock is free: acquire() it first, or hold() it:"
                        + " Condition[unlocked]");
        assertThatIllegalStateException().isThrownBy(condition::signalAll);
    }

    @Test
    @PortOf("test_locks.ConditionTests.repr")
    void aConditionShowsItsLockAndItsWaiters() {
        assertThat(condition).hasToString("Condition[unlocked]");
        loop.run(() -> {
            Task<?> first = createTask(awaitSignal(1));
            Task<?> second = createTask(awaitSignal(2));
            yieldNow();
            assertThat(first.toString()).contains("waiting on Condition.await");
            assertThat(condition).hasToString("Condition[unlocked, waiters=2]");
            condition.acquire();
            assertThat(condition).hasToString("Condition[locked, waiters=2]");
            condition.signal();
            yieldNow();
            assertThat(condition).hasToString("Condition[locked, waiters=1]");
            condition.release();
            signalInALock(1);
            second.await();
            assertThat(condition).hasToString("Condition[unlocked]");
        });
    }

    @Test
    @PortOf("test_locks.ConditionTests.context_manager")
    void holdReleasesAtTheEndOfTheBlock() {
        loop.run(() -> {
            assertThat(condition.isLocked()).isFalse();
            try (Hold _ = condition.hold()) {
                assertThat(condition.isLocked()).isTrue();
            }
            assertThat(condition.isLocked()).isFalse();
        });
    }

    @Test
    @PortOf("test_locks.explicit_lock")
    void aGivenLockIsTheOneThatItHolds() {
        Lock lock = new Lock();
        Condition ofLock = new Condition(lock);
        loop.run(() -> {
            try (Hold _ = ofLock.hold()) {
                assertThat(lock.isLocked()).isTrue();
                assertThat(ofLock.isLocked()).isTrue();
            }
            assertThat(lock.isLocked()).isFalse();
            assertThat(ofLock.isLocked()).isFalse();
            try (Hold _ = lock.hold()) {
                assertThat(lock.isLocked()).isTrue();
                assertThat(ofLock.isLocked()).isTrue();
            }
            assertThat(lock.isLocked()).isFalse();
            assertThat(ofLock.isLocked()).isFalse();
        });
    }
}
