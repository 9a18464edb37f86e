package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thread has a lock; a coroutine stands in line for it, and behind that the code of the loop itself. When the thread lets
 * go it is the coroutine's turn, so that must have the loop, though a callback is half-way.
 */
@Execution(ExecutionMode.CONCURRENT)
@SuppressWarnings("LockNotBeforeTry") // a test that fails gives back nothing
class SharedLockTest {
    private final Trail trail = new Trail();

    // The threads that are about to take the lock.
    private final CompletableFuture<Thread> ofCoroutine = new CompletableFuture<>();
    private final CompletableFuture<Thread> ofLoop = new CompletableFuture<>();

    /** A coroutine that does {@code use}, and behind it a callback that does the same. */
    private CompletableFuture<Boolean> coroutineBeforeCallback(Loop loop, Runnable use) {
        return runCoroutineThreadsafe(
                () -> {
                    Task<?> first = createTask(() -> {
                        ofCoroutine.complete(Thread.currentThread());
                        use.run();
                        trail.add("coroutine");
                    });
                    yieldNow();
                    Loop.current().callSoon(() -> {
                        ofLoop.complete(Thread.currentThread());
                        use.run();
                        trail.add("callback");
                    });
                    yieldNow();
                    first.await();
                    yieldNow();
                    return true;
                },
                loop);
    }

    private void untilBothWait() throws Exception {
        Await.untilBlocked(Lost.unlessEnded(ofCoroutine));
        // Where a coroutine that blocks holds its loop, no callback comes as far as that.
        if (RuntimeMode.isMounted()) {
            Await.untilBlocked(Lost.unlessEnded(ofLoop));
        }
    }

    private void takeTurns(Transport transport, ReentrantLock lock) throws Exception {
        LoopGroup group = Lost.group(transport);
        lock.lock();
        CompletableFuture<?> over = coroutineBeforeCallback(Loop.of(group.next()), () -> {
            lock.lock();
            lock.unlock();
        });
        untilBothWait();
        lock.unlock();
        Lost.unlessEnded(over);
        assertThat(trail.entries()).containsExactly("coroutine", "callback");
        Lost.close(group);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aLockGoesToTheCoroutineAndThenToTheCallback(Transport transport) throws Exception {
        takeTurns(transport, new ReentrantLock());
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void soDoesAFairOne(Transport transport) throws Exception {
        takeTurns(transport, new ReentrantLock(true));
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void soDoesAMonitor(Transport transport) throws Exception {
        LoopGroup group = Lost.group(transport);
        Object monitor = new Object();
        CompletableFuture<?> over;
        synchronized (monitor) {
            over = coroutineBeforeCallback(Loop.of(group.next()), () -> {
                synchronized (monitor) {
                    Thread.onSpinWait();
                }
            });
            untilBothWait();
        }
        Lost.unlessEnded(over);
        assertThat(trail.entries()).containsExactlyInAnyOrder("coroutine", "callback");
        Lost.close(group);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aBlockedCoroutineReleasesALockThatACallbackWantsNext(Transport transport) throws Exception {
        LoopGroup group = Lost.group(transport);
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<?> over = coroutineBeforeCallback(Loop.of(group.next()), () -> {
            lock.lock();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                lock.unlock();
            }
        });
        untilBothWait();
        goOn.countDown();
        Lost.unlessEnded(over);
        assertThat(trail.entries()).containsExactly("coroutine", "callback");
        Lost.close(group);
    }

    /** The JDK wakes coroutines while a callback waits: these run up to their next await, and no other runs at all. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    void onlyWokenCoroutinesRunWhileACallbackWaits(Transport transport) throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        LoopGroup group = Lost.group(transport);
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        CompletableFuture<Thread> parked = new CompletableFuture<>();
        CompletableFuture<?> over = runCoroutineThreadsafe(
                () -> {
                    Loop loop = Loop.current();
                    Task<?> woken = createTask(() -> {
                        parked.complete(Thread.currentThread());
                        LockSupport.park();
                        trail.add("woken");
                        yieldNow();
                        trail.add("woken, after its await");
                    });
                    yieldNow();
                    loop.callSoon(() -> {
                        ofLoop.complete(Thread.currentThread());
                        trail.add("callback waits");
                        lock.lock();
                        lock.unlock();
                        trail.add("callback goes on");
                    });
                    createTask(() -> trail.add("another"));
                    woken.await();
                    return true;
                },
                Loop.of(group.next()));
        Await.untilBlocked(Lost.unlessEnded(ofLoop));
        LockSupport.unpark(Lost.unlessEnded(parked));
        Lost.until("the coroutine has come to its await", () -> trail.entries().contains("woken"));
        lock.unlock();
        Lost.unlessEnded(over);
        assertThat(trail.entries())
                .containsExactly("callback waits", "woken", "callback goes on", "another", "woken, after its await");
        Lost.close(group);
    }
}
