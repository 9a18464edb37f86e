package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import dev.skein.testsupport.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each object of the package belongs to the first loop that waits on it, and to nobody before. */
class BindingTest {
    private final TestLoop first = new TestLoop();
    private final TestLoop second = new TestLoop();
    private final Lock lock = new Lock();
    private final Event event = new Event();
    private final Condition condition = new Condition();
    private final Semaphore semaphore = new Semaphore(0);
    private final Barrier barrier = new Barrier(2);
    private final Queue<Integer> queue = new Queue<>(1);

    @AfterEach
    void closeLoops() {
        first.close();
        second.close();
    }

    /** Has a coroutine of {@code loop} wait for a moment. */
    private static void waitOnceIn(TestLoop loop, Action call) {
        loop.run(() -> {
            Task<?> waiter = createTask(call);
            yieldNow();
            assertThat(waiter.isDone()).isFalse();
            waiter.cancel();
            try {
                waiter.await();
            } catch (CancelledError expected) {
                // It has waited.
            }
        });
    }

    private static void assertRefused(Object owner, Action call) {
        assertThatIllegalStateException()
                .isThrownBy(call::run)
                .withMessageStartingWith(owner + " is bound to another loop than the caller's: Loop[")
                .withMessageEndingWith("waited on it first; make one for each loop");
    }

    @Test
    void operationsThatDoNotWaitBindNothing() {
        for (TestLoop loop : List.of(first, second)) {
            loop.run(() -> {
                lock.hold().close();
                event.set();
                event.await();
                event.clear();
                semaphore.release();
                semaphore.acquire();
                condition.hold().close();
                queue.put(1);
                queue.get();
                queue.taskDone();
                queue.join();
            });
        }
    }

    @Test
    @PortOf("test_locks.ambiguous_loops")
    void anotherLoopIsRefused() {
        lock.acquire();
        condition.acquire();
        waitOnceIn(first, lock::acquire);
        waitOnceIn(first, condition::await);
        second.run(() -> {
            assertRefused(lock, lock::acquire);
            assertRefused(lock, lock::hold);
            assertRefused(condition, condition::await);
            assertThat(condition.isLocked()).isTrue();
        });
    }

    @Test
    void eachOfThemRefusesAnotherLoop() {
        queue.putNowait(1);
        waitOnceIn(first, event::await);
        waitOnceIn(first, semaphore::acquire);
        waitOnceIn(first, barrier::await);
        waitOnceIn(first, () -> queue.put(2));
        second.run(() -> {
            assertRefused(event, event::await);
            assertRefused(semaphore, semaphore::acquire);
            assertRefused(barrier, barrier::await);
            assertRefused(barrier, barrier::reset);
            assertRefused(barrier, barrier::abort);
            assertRefused(queue, () -> queue.put(2));
            assertRefused(queue, queue::get);
            assertRefused(queue, queue::join);
        });
    }

    @Test
    void anotherThreadIsRefused() {
        lock.acquire();
        waitOnceIn(first, lock::acquire);
        waitOnceIn(first, event::await);
        waitOnceIn(first, semaphore::acquire);
        waitOnceIn(first, queue::get);
        for (Action call : List.<Action>of(
                lock::release,
                event::set,
                event::clear,
                semaphore::release,
                () -> queue.putNowait(1),
                queue::getNowait,
                queue::taskDone,
                queue::shutdown,
                queue::shutdownNow)) {
            assertThatExceptionOfType(WrongThreadException.class)
                    .isThrownBy(call::run)
                    .withMessageContaining("called on " + Thread.currentThread())
                    .withMessageContaining("skein-loop-");
        }
        assertThat(lock.isLocked()).isTrue();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void anotherThreadIsRefusedThoughItWouldChangeNothing() {
        BoundedSemaphore full = new BoundedSemaphore();
        condition.acquire();
        full.acquire();
        queue.putNowait(1);
        waitOnceIn(first, condition::await);
        waitOnceIn(first, full::acquire);
        waitOnceIn(first, () -> queue.put(2));
        first.run(full::release);
        for (Action call : List.<Action>of(condition::signal, full::release, queue::shutdownNow)) {
            assertThatExceptionOfType(WrongThreadException.class).isThrownBy(call::run);
        }
        assertThat(queue).hasToString("Queue[size=1, capacity=1, unfinished=1]");
    }

    /** Each has seen that it belongs to nobody. */
    @Test
    void ofTwoLoopsThatMeetInTheirFirstWaitOneIsRefused() throws InterruptedException {
        LoopBinding binding = new LoopBinding();
        List<Throwable> refused = Collections.synchronizedList(new ArrayList<>());
        List<Thread> programs = new ArrayList<>();
        synchronized (binding) {
            for (TestLoop loop : List.of(first, second)) {
                CompletableFuture<Thread> inLoop = new CompletableFuture<>();
                programs.add(Thread.ofPlatform().start(() -> {
                    try {
                        loop.run(() -> {
                            inLoop.complete(Thread.currentThread());
                            binding.createFuture("owner", "call");
                        });
                    } catch (IllegalStateException e) {
                        refused.add(e);
                    }
                }));
                Await.untilBlocked(inLoop.join());
            }
        }
        for (Thread program : programs) {
            Await.join(program);
        }
        assertThat(refused).singleElement(THROWABLE).hasMessageStartingWith("owner is bound to another loop");
    }

    @Test
    void aCallbackThatWouldHaveToWaitIsToldSoAndLeavesNothingBehind() {
        lock.acquire();
        first.run(() -> {
            first.callSoon(() -> assertThatIllegalStateException()
                    .isThrownBy(lock::acquire)
                    .withMessageContaining("await() outside a coroutine"));
            yieldNow();
        });
        assertThat(lock).hasToString("Lock[locked]");
        assertThatIllegalStateException().isThrownBy(event::await).withMessageContaining("no running loop");
    }
}
