package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets the permits of a semaphore, in which order, and where they go when a waiter is cancelled. */
class SemaphoreTest {
    private static final Duration MOMENT = Duration.ofMillis(10);

    private final TestLoop loop = new TestLoop();
    private final Trail trail = new Trail();

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private Action acquire(Semaphore semaphore, Object name) {
        return () -> {
            semaphore.acquire();
            trail.add(name);
        };
    }

    @Test
    @PortOf("test_locks.initial_value_zero")
    void withoutAPermitItIsLocked() {
        assertThat(new Semaphore(0).isLocked()).isTrue();
    }

    @Test
    @PortOf("test_locks.SemaphoreTests.repr")
    void aSemaphoreShowsItsPermitsAndItsWaiters() {
        Semaphore semaphore = new Semaphore();
        assertThat(semaphore).hasToString("Semaphore[unlocked, value=1]");
        assertThat(new BoundedSemaphore(3)).hasToString("BoundedSemaphore[unlocked, value=3]");
        loop.run(() -> {
            semaphore.acquire();
            assertThat(semaphore).hasToString("Semaphore[locked, value=0]");
            Task<?> first = createTask(semaphore::acquire);
            yieldNow();
            assertThat(first.toString()).contains("waiting on Semaphore.acquire");
            assertThat(semaphore).hasToString("Semaphore[locked, value=0, waiters=1]");
            Task<?> second = createTask(semaphore::acquire);
            yieldNow();
            assertThat(semaphore).hasToString("Semaphore[locked, value=0, waiters=2]");
            semaphore.release();
            semaphore.release();
            gather(first, second).await();
        });
    }

    @Test
    @PortOf("test_locks.semaphore_value")
    void aNegativeValueIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Semaphore(-1)).withMessage("value < 0: -1");
        assertThatIllegalArgumentException().isThrownBy(() -> new BoundedSemaphore(-1));
    }

    @Test
    @PortOf("test_locks.SemaphoreTests.acquire")
    void aReleasedPermitBelongsToTheOldestWaiterFromThatMomentOn() {
        Semaphore semaphore = new Semaphore(3);
        loop.run(() -> {
            semaphore.acquire();
            semaphore.acquire();
            assertThat(semaphore.isLocked()).isFalse();
            Task<?> first = createTask(acquire(semaphore, 1));
            List<Task<?>> others =
                    new ArrayList<>(List.of(createTask(acquire(semaphore, 2)), createTask(acquire(semaphore, 3))));
            yieldNow();
            assertThat(trail.entries()).containsExactly("1");
            assertThat(semaphore).hasToString("Semaphore[locked, value=0, waiters=2]");

            others.add(createTask(acquire(semaphore, 4)));
            semaphore.release();
            semaphore.release();
            assertThat(semaphore.value()).isZero();
            yieldNow();
            assertThat(trail.entries()).containsExactly("1", "2", "3");
            assertThat(semaphore).hasToString("Semaphore[locked, value=0, waiters=1]");
            assertThat(first.isDone()).isTrue();
            assertThat(others).filteredOn(Task::isDone).hasSize(2);
            semaphore.release();
            others.getLast().await();
        });
    }

    @Test
    @PortOf("test_locks.SemaphoreTests.acquire_cancel")
    void aCancelledWaiterLeaves() {
        Semaphore semaphore = new Semaphore();
        loop.run(() -> {
            semaphore.acquire();
            Task<?> waiter = createTask(semaphore::acquire);
            loop.callSoon(waiter::cancel);
            assertThatThrownBy(waiter::await).isInstanceOf(CancelledError.class);
            assertThat(semaphore).hasToString("Semaphore[locked, value=0]");
        });
    }

    @Test
    @PortOf("test_locks.acquire_cancel_before_awoken")
    void aReleasePassesOverThoseWhoWereCancelled() {
        Semaphore semaphore = new Semaphore(0);
        loop.run(() -> {
            List<Task<@Nullable Void>> tasks = Stream.generate(() -> createTask(semaphore::acquire))
                    .limit(4)
                    .toList();
            yieldNow();
            tasks.get(0).cancel();
            tasks.get(1).cancel();
            semaphore.release();
            loop.settle();
            assertThat(tasks.get(2).isDone()).isTrue();
            assertThat(tasks.get(3).isDone()).isFalse();
            tasks.get(3).cancel();
        });
    }

    @Test
    @PortOf("test_locks.acquire_hang")
    void aReleaseAfterACancellationInTheSameRoundIsNotLost() {
        Semaphore semaphore = new Semaphore(0);
        loop.run(() -> {
            Task<?> first = createTask(semaphore::acquire);
            Task<?> second = createTask(semaphore::acquire);
            yieldNow();
            first.cancel();
            semaphore.release();
            loop.settle();
            assertThat(semaphore.isLocked()).isTrue();
            assertThat(second.isDone()).isTrue();
        });
    }

    @Test
    void aPermitOfAWaiterThatIsCancelledThenGoesToTheNext() {
        Semaphore semaphore = new Semaphore(0);
        loop.run(() -> {
            Task<?> first = createTask(acquire(semaphore, 1));
            Task<?> second = createTask(acquire(semaphore, 2));
            yieldNow();
            semaphore.release();
            first.cancel();
            second.await();
            assertThat(first.isCancelled()).isTrue();
            assertThat(semaphore).hasToString("Semaphore[locked, value=0]");
        });
        assertThat(trail.entries()).containsExactly("2");
    }

    @Test
    @PortOf("test_locks.acquire_no_hang")
    void aPermitOfACancelledWaiterWithoutANextOneIsFree() {
        Semaphore semaphore = new Semaphore(1);
        loop.run(() -> {
            List<Task<?>> second = new ArrayList<>();
            Task<?> first = createTask(() -> {
                try (Hold _ = semaphore.hold()) {
                    yieldNow();
                }
                second.getFirst().cancel();
            });
            second.add(createTask(() -> {
                try (Hold _ = semaphore.hold()) {
                    trail.add("never");
                }
            }));
            first.await();
            assertThatThrownBy(() -> second.getFirst().await()).isInstanceOf(CancelledError.class);
            waitFor(semaphore::acquire, Duration.ofSeconds(1));
        });
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_locks.SemaphoreTests.release_not_acquired")
    void oneReleaseTooManyOfABoundedSemaphoreIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(new BoundedSemaphore(2)::release)
                .withMessage("release() above the bound of 2: call it once for each acquire():"
                        + " BoundedSemaphore[unlocked, value=2]");
    }

    @Test
    void aBoundedSemaphoreTakesBackWhatWasAcquired() {
        BoundedSemaphore semaphore = new BoundedSemaphore();
        loop.run(() -> {
            try (Hold _ = semaphore.hold()) {
                assertThat(semaphore.isLocked()).isTrue();
            }
            assertThat(semaphore.isLocked()).isFalse();
            assertThatIllegalStateException().isThrownBy(semaphore::release);
        });
    }

    @Test
    @PortOf("test_locks.SemaphoreTests.release_no_waiters")
    void aReleasedPermitIsFree() {
        Semaphore semaphore = new Semaphore();
        loop.run(() -> {
            semaphore.acquire();
            assertThat(semaphore.isLocked()).isTrue();
            semaphore.release();
            assertThat(semaphore.isLocked()).isFalse();
        });
    }

    @Test
    @PortOf("test_locks.acquire_fifo_order")
    void aTaskThatAcquiresAgainQueuesBehindTheOthers() {
        Semaphore semaphore = new Semaphore(1);
        loop.run(() -> gather(twice(semaphore, "c1"), twice(semaphore, "c2"), twice(semaphore, "c3"))
                .await());
        assertThat(trail.entries()).containsExactly("c1_1", "c2_1", "c3_1", "c1_2", "c2_2", "c3_2");
    }

    private Action twice(Semaphore semaphore, String tag) {
        return () -> {
            for (int i = 1; i <= 2; i++) {
                semaphore.acquire();
                trail.add(tag + "_" + i);
                sleep(MOMENT);
                semaphore.release();
            }
        };
    }

    @Test
    @PortOf("test_locks.acquire_fifo_order_2")
    void aTaskThatReleasesAndAcquiresQueuesBehindAWaiter() {
        Semaphore semaphore = new Semaphore(1);
        loop.run(() -> {
            Task<?> first = createTask(acquire(semaphore, 1));
            Task<?> second = createTask(() -> {
                acquire(semaphore, 2).run();
                semaphore.release();
                acquire(semaphore, 4).run();
            });
            Task<?> third = createTask(acquire(semaphore, 3));
            yieldNow();
            semaphore.release();
            semaphore.release();
            gather(first, second, third).await();
        });
        assertThat(trail.entries()).containsExactly("1", "2", "3", "4");
    }

    @Test
    @PortOf("test_locks.acquire_fifo_order_3")
    void theOthersKeepTheirOrderWhenTheFirstIsCancelled() {
        Semaphore semaphore = new Semaphore(0);
        loop.run(() -> {
            Task<?> first = createTask(acquire(semaphore, 1));
            Task<?> second = createTask(acquire(semaphore, 2));
            Task<?> third = createTask(acquire(semaphore, 3));
            yieldNow();
            first.cancel();
            yieldNow();
            semaphore.release();
            semaphore.release();
            gather(second, third).await();
            assertThat(first.isCancelled()).isTrue();
        });
        assertThat(trail.entries()).containsExactly("2", "3");
    }

    @Test
    @PortOf("test_locks.acquire_fifo_order_4")
    void aGrantedWaiterWakesTheNextIfPermitsAreLeft() {
        Semaphore semaphore = new Semaphore(0);
        List<Task<?>> fourth = new ArrayList<>();
        loop.run(() -> {
            Task<?> first = createTask(() -> {
                semaphore.acquire();
                assertThat(semaphore.value()).isZero();
                fourth.add(createTask(() -> trail.add(4)));
                trail.add(1);
            });
            Task<?> second = createTask(() -> {
                semaphore.release();
                semaphore.release();
                semaphore.release();
                assertThat(semaphore).hasToString("Semaphore[locked, value=2, waiters=1]");
                acquire(semaphore, 2).run();
            });
            Task<?> third = createTask(() -> {
                semaphore.acquire();
                assertThat(semaphore.isLocked()).isTrue();
                trail.add(3);
            });
            yieldNow();
            assertThat(semaphore).hasToString("Semaphore[locked, value=2, waiters=3]");
            yieldNow();
            gather(first, second, third, fourth.getFirst()).await();
        });
        assertThat(trail.entries()).containsExactly("1", "2", "3", "4");
    }
}
