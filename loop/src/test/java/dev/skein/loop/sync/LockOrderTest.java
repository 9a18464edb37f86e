package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Awaitable;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets a lock and when, and what a cancellation leaves behind. */
class LockOrderTest {
    private final TestLoop loop = new TestLoop();
    private final Trail trail = new Trail();
    private final Lock lock = new Lock();

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private Action acquire(Object name) {
        return () -> {
            lock.acquire();
            trail.add(name);
        };
    }

    @Test
    @PortOf("test_locks.lock")
    @PortOf("test_locks.semaphore")
    @PortOf("test_locks.barrier")
    void noneOfThemIsItselfAwaitable() {
        assertThat(List.of(
                        Lock.class,
                        Event.class,
                        Condition.class,
                        Semaphore.class,
                        BoundedSemaphore.class,
                        Barrier.class,
                        Queue.class))
                .noneMatch(Awaitable.class::isAssignableFrom);
        assertThat(lock.isLocked()).isFalse();
        assertThat(new Semaphore()).hasToString("Semaphore[unlocked, value=1]");
        assertThat(new Barrier(5)).hasToString("Barrier[filling, waiters=0/5]");
    }

    @Test
    @PortOf("test_locks.LockTests.repr")
    void aLockShowsItsStateAndItsWaiters() {
        assertThat(lock).hasToString("Lock[unlocked]");
        loop.run(() -> {
            lock.acquire();
            assertThat(lock).hasToString("Lock[locked]");
            Task<?> waiter = createTask(acquire("waiter"));
            yieldNow();
            assertThat(lock).hasToString("Lock[locked, waiters=1]");
            assertThat(waiter.toString()).contains("waiting on Lock.acquire");
            lock.release();
            waiter.await();
        });
    }

    @Test
    @PortOf("test_locks.LockTests.acquire")
    void theLockGoesToTheOldestWaiterOneRoundAfterItsRelease() {
        loop.run(() -> {
            lock.acquire();
            createTask(acquire(1));
            createTask(acquire(2));
            yieldNow();
            assertThat(trail.entries()).isEmpty();
            lock.release();
            yieldNow();
            assertThat(trail.entries()).containsExactly("1");
            yieldNow();
            assertThat(trail.entries()).containsExactly("1");

            Task<?> third = createTask(acquire(3));
            lock.release();
            yieldNow();
            assertThat(trail.entries()).containsExactly("1", "2");
            lock.release();
            yieldNow();
            assertThat(trail.entries()).containsExactly("1", "2", "3");
            assertThat(third.isDone()).isTrue();
        });
    }

    @Test
    void aNewcomerQueuesBehindAWaiterWhileTheLockIsFreeForAMoment() {
        loop.run(() -> {
            lock.acquire();
            createTask(acquire("waiter"));
            yieldNow();
            lock.release();
            assertThat(lock.isLocked()).isFalse();
            createTask(lock::release);
            lock.acquire();
            trail.add("newcomer");
        });
        assertThat(trail.entries()).containsExactly("waiter", "newcomer");
    }

    @Test
    void aNewcomerTakesAFreeLockIfAllWhoWaitWereCancelled() {
        loop.run(() -> {
            lock.acquire();
            Task<?> waiter = createTask(acquire("waiter"));
            yieldNow();
            waiter.cancel();
            lock.release();
            lock.acquire();
            trail.add("newcomer");
        });
        assertThat(trail.entries()).containsExactly("newcomer");
    }

    @Test
    @PortOf("test_locks.LockTests.acquire_cancel")
    void aCancelledWaiterLeavesTheLock() {
        loop.run(() -> {
            lock.acquire();
            Task<?> waiter = createTask(acquire("waiter"));
            loop.callSoon(waiter::cancel);
            assertThatThrownBy(waiter::await).isInstanceOf(CancelledError.class);
            assertThat(lock).hasToString("Lock[locked]");
        });
    }

    @Test
    @PortOf("test_locks.cancel_race")
    void aReleaseDuringACancellationGoesToTheNextWaiter() {
        loop.run(() -> {
            Future<@Nullable Void> blocker = loop.createFuture();
            Task<?> a = createTask(() -> {
                try (Hold _ = lock.hold()) {
                    blocker.await();
                }
            });
            yieldNow();
            assertThat(lock.isLocked()).isTrue();
            Task<?> b = createTask(() -> lock.hold().close());
            yieldNow();
            Task<?> c = createTask(() -> lock.hold().close());
            yieldNow();
            assertThat(lock).hasToString("Lock[locked, waiters=2]");

            blocker.setResult(null);
            b.cancel();
            yieldNow();
            assertThat(lock.isLocked()).isFalse();
            assertThat(a.isDone()).isTrue();
            assertThat(b.isCancelled()).isTrue();
            c.await();
        });
    }

    @Test
    @PortOf("test_locks.cancel_release_race")
    void aCancellationAndAReleaseTogetherGiveTheLockOnce() {
        loop.run(() -> {
            lock.acquire();
            Task<?> first = createTask(acquire(1));
            Task<?> second = createTask(acquire(2));
            Task<?> third = createTask(acquire(3));
            yieldNow();
            loop.callSoon(() -> {
                first.cancel();
                lock.release();
            });
            assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
            assertThat(trail.entries()).containsExactly("2");
            assertThat(second.isDone()).isTrue();
            third.cancel();
            yieldNow();
            assertThat(third.isCancelled()).isTrue();
        });
    }

    @Test
    @PortOf("test_locks.finished_waiter_cancelled")
    void aWaiterThatIsCancelledBeforeTheReleaseLetsTheNextOneIn() {
        loop.run(() -> {
            lock.acquire();
            Task<?> first = createTask(acquire(1));
            yieldNow();
            assertThat(lock).hasToString("Lock[locked, waiters=1]");
            Task<?> second = createTask(acquire(2));
            first.cancel();
            lock.release();
            yieldNow();
            assertThat(lock.isLocked()).isTrue();
            assertThat(first.isCancelled()).isTrue();
            second.await();
        });
    }

    @Test
    void aWaiterThatWasGivenTheLockAndIsCancelledHandsItOn() {
        loop.run(() -> {
            lock.acquire();
            Task<?> first = createTask(acquire(1));
            Task<?> second = createTask(acquire(2));
            yieldNow();
            lock.release();
            first.cancel();
            second.await();
            assertThat(first.isCancelled()).isTrue();
            assertThat(lock).hasToString("Lock[locked]");
        });
        assertThat(trail.entries()).containsExactly("2");
    }

    @Test
    @PortOf("test_locks.LockTests.release_not_acquired")
    void releasingAFreeLockIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(lock::release)
                .withMessage("release() of a lock that is free: call it once for each acquire(): Lock[unlocked]");
    }

    @Test
    @PortOf("test_locks.LockTests.release_no_waiters")
    void aReleasedLockIsFree() {
        loop.run(() -> {
            lock.acquire();
            assertThat(lock.isLocked()).isTrue();
            lock.release();
            assertThat(lock.isLocked()).isFalse();
        });
    }

    @Test
    @PortOf("test_locks.LockTests.context_manager")
    void holdReleasesAtTheEndOfTheBlock() {
        loop.run(() -> {
            assertThat(lock.isLocked()).isFalse();
            try (Hold held = lock.hold()) {
                assertThat(lock.isLocked()).isTrue();
                assertThat(held).isNotNull();
            }
            assertThat(lock.isLocked()).isFalse();
        });
    }
}
