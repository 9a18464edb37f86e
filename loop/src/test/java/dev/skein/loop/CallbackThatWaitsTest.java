package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A callback that waits inside the JDK, behind a coroutine of its own loop: what goes on meanwhile, and what does not. Each
 * program has the same beginning: a plain thread holds a lock, a coroutine is next in line, and a callback comes after it.
 */
class CallbackThatWaitsTest {
    private final Trail trail = new Trail();

    @BeforeEach
    void mounted() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
    }

    /** A plain thread that holds a lock until so many others wait for it. */
    private static Thread holdUntilQueued(ReentrantLock lock, int waiters) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().start(() -> {
            lock.lock();
            try {
                held.countDown();
                Await.until(waiters + " wait", () -> lock.getQueueLength() == waiters);
            } finally {
                lock.unlock();
            }
        });
        Await.latch(held);
        return holder;
    }

    private void underLock(ReentrantLock lock, String who) {
        lock.lock();
        try {
            trail.add(who);
        } finally {
            lock.unlock();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theCoroutineThatIsNextInLineGoesOnAndThenTheCallback(boolean fair) throws Exception {
        ReentrantLock lock = new ReentrantLock(fair);
        Thread holder = holdUntilQueued(lock, 2);
        run(() -> {
            createTask(() -> underLock(lock, "coroutine"));
            Loop.current().callSoon(() -> underLock(lock, "callback"));
            yieldNow();
            trail.add("main");
        });
        Await.join(holder);
        assertThat(trail.entries()).containsExactly("coroutine", "callback", "main");
    }

    @Test
    void soItDoesBehindAMonitor() throws Exception {
        Object monitor = new Object();
        Thread[] waiting = new Thread[2];
        CountDownLatch held = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().start(() -> {
            synchronized (monitor) {
                held.countDown();
                Await.until("both wait", () -> isBlocked(waiting[0]) && isBlocked(waiting[1]));
            }
        });
        Await.latch(held);
        run(() -> {
            createTask(() -> inMonitor(monitor, waiting, 0));
            Loop.current().callSoon(() -> inMonitor(monitor, waiting, 1));
            yieldNow();
        });
        Await.join(holder);
        assertThat(trail.entries()).containsExactlyInAnyOrder("0", "1");
    }

    private void inMonitor(Object monitor, Thread[] waiting, int who) {
        waiting[who] = Thread.currentThread();
        synchronized (monitor) {
            trail.add(who);
        }
    }

    private static boolean isBlocked(@Nullable Thread thread) {
        return thread != null && thread.getState() == Thread.State.BLOCKED;
    }

    @ParameterizedTest
    @EnumSource
    void soItDoesOnEachTransport(Transport transport) throws Exception {
        assumeTrue(transport.isAvailable());
        ReentrantLock lock = new ReentrantLock();
        Thread holder = holdUntilQueued(lock, 2);
        try (Loop loop = newEventLoop(options -> options.withTransport(transport))) {
            loop.runUntilComplete(() -> {
                createTask(() -> underLock(lock, "coroutine"));
                Loop.current().callSoon(() -> underLock(lock, "callback"));
                yieldNow();
            });
        }
        Await.join(holder);
        assertThat(trail.entries()).containsExactly("coroutine", "callback");
    }

    @Test
    void soItDoesInVirtualTime() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Thread holder = holdUntilQueued(lock, 2);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                createTask(() -> underLock(lock, "coroutine"));
                Loop.current().callSoon(() -> underLock(lock, "callback"));
                yieldNow();
            });
        }
        Await.join(holder);
        assertThat(trail.entries()).containsExactly("coroutine", "callback");
    }

    @Test
    void soItDoesWhileTheLoopCloses() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Thread holder = holdUntilQueued(lock, 2);
        run(() -> {
            createTask(() -> underLock(lock, "coroutine"));
            createTask(() -> {
                try {
                    Loop.current().createFuture().await();
                } finally {
                    Loop.current().callSoon(() -> underLock(lock, "callback of a finally"));
                }
            });
            yieldNow();
        });
        Await.join(holder);
        assertThat(trail.entries()).containsExactly("coroutine", "callback of a finally");
    }

    @Test
    void soItDoesForATaskOfNettysInALoopOfAGroup() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Thread holder = holdUntilQueued(lock, 2);
        try (LoopGroup group = new LoopGroup(1)) {
            Loop loop = Loop.of(group.next());
            var coroutine = Asyncio.runCoroutineThreadsafe(() -> underLock(lock, "coroutine"), loop);
            Await.until("the coroutine waits", () -> lock.getQueueLength() == 1);
            var task = loop.eventLoop().submit(() -> underLock(lock, "Netty's task"));
            task.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
            coroutine.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        Await.join(holder);
        assertThat(trail.entries()).containsExactly("coroutine", "Netty's task");
    }

    @Test
    void theCoroutineGoesOnToItsNextAwaitAndNobodyElseHasATurn() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Thread holder = holdUntilQueued(lock, 2);
        run(() -> {
            createTask(() -> {
                underLock(lock, "coroutine");
                createTask(() -> trail.add("its child"));
                Loop.current().callSoon(() -> trail.add("its callback"));
                yieldNow();
                trail.add("coroutine after its await");
            });
            Loop.current().callSoon(() -> {
                underLock(lock, "callback");
                trail.add("callback ends");
            });
            Loop.current().callSoon(() -> trail.add("next callback"));
            createTask(() -> trail.add("another coroutine"));
            yieldNow();
            yieldNow();
        });
        Await.join(holder);
        assertThat(trail.entries())
                .containsExactly(
                        "coroutine",
                        "callback",
                        "callback ends",
                        "next callback",
                        "another coroutine",
                        "its child",
                        "its callback",
                        "coroutine after its await");
    }

    @Test
    void aConsumerAndItsGeneratorAreOneStepThereToo() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Thread holder = holdUntilQueued(lock, 2);
        run(() -> {
            createTask(() -> {
                underLock(lock, "coroutine");
                for (int each : Asyncio.<Integer>generator(out -> {
                    out.emit(1);
                    out.emit(2);
                })) {
                    trail.add(each);
                }
            });
            Loop.current().callSoon(() -> underLock(lock, "callback"));
            yieldNow();
        });
        Await.join(holder);
        assertThat(trail.entries()).startsWith("coroutine", "1", "2").endsWith("callback");
    }

    @Test
    void aCoroutineBesideAWaitingCallbackIsNotInNettysLoop() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Thread holder = holdUntilQueued(lock, 2);
        run(() -> {
            createTask(() -> {
                Loop loop = Loop.current();
                trail.add("before, in Netty's loop: " + loop.eventLoop().inEventLoop());
                underLock(lock, "coroutine");
                trail.add("meanwhile, in Netty's loop: " + loop.eventLoop().inEventLoop());
                loop.eventLoop().execute(() -> trail.add("what Netty has queued"));
                yieldNow();
                trail.add("afterwards, in Netty's loop: " + loop.eventLoop().inEventLoop());
            });
            Loop.current().callSoon(() -> underLock(lock, "callback"));
            yieldNow();
            yieldNow();
        });
        Await.join(holder);
        assertThat(trail.entries())
                .containsExactly(
                        "before, in Netty's loop: true",
                        "coroutine",
                        "meanwhile, in Netty's loop: false",
                        "callback",
                        "what Netty has queued",
                        "afterwards, in Netty's loop: true");
    }

    /** The JDK holds the loop's own thread while its stack is taken, which must not look like the end of a wait. */
    @Test
    void aStormOfStackDumpsOfTheLoopsOwnThreadLosesNoTurn() {
        try (Loop loop = newEventLoop()) {
            int turns = loop.<Integer>runUntilComplete(() -> {
                Thread own = loop.thread().own();
                boolean[] over = new boolean[1];
                Thread stranger = Thread.ofPlatform().start(() -> {
                    while (!over[0]) {
                        own.getStackTrace();
                        Thread.onSpinWait();
                    }
                });
                int[] callbacks = new int[1];
                for (int i = 0; i < 10_000; i++) {
                    loop.callSoon(() -> callbacks[0]++);
                    yieldNow();
                }
                over[0] = true;
                Asyncio.toThread(() -> stranger.join(Await.LIMIT));
                return callbacks[0];
            });
            assertThat(turns).isEqualTo(10_000);
        }
    }

    @Test
    void aCallbackThatSleepsLetsNoCoroutineRun() {
        run(() -> {
            Loop.current().callSoon(() -> {
                trail.add("sleeps");
                LockSupport.parkNanos(1_000_000);
                trail.add("woke");
            });
            createTask(() -> trail.add("coroutine"));
            yieldNow();
        });
        assertThat(trail.entries()).containsExactly("sleeps", "woke", "coroutine");
    }

    private static final class StartsATask {
        static final Task<?> TASK = createTask(() -> CALLED.add("task"), options -> options.withEagerStart(true));

        static void touch() {
            CALLED.add("initialiser");
        }
    }

    private static final Trail CALLED = new Trail();

    @Test
    void anEagerTaskOfAClassInitialiserStartsWhenTheCallbackHasEnded() {
        run(() -> {
            Loop.current().callSoon(() -> {
                StartsATask.touch();
                CALLED.add("callback ends");
            });
            yieldNow();
            yieldNow();
            assertThat(StartsATask.TASK.isDone()).isTrue();
        });
        assertThat(CALLED.entries()).containsExactly("initialiser", "callback ends", "task");
    }

    private static final ReentrantLock CONTENDED = new ReentrantLock();

    private static final Trail STUCK = new Trail();

    private static final class WantsALockInItsInitialiser {
        static {
            CONTENDED.lock();
            try {
                STUCK.add("initialiser");
            } finally {
                CONTENDED.unlock();
            }
        }

        static void touch() {
            STUCK.add("callback ends");
        }
    }

    /** There the loop's own thread cannot leave its carrier, so the coroutine goes on elsewhere while that is stopped. */
    @Test
    void theCoroutineGoesOnThoughTheCallbackWaitsInAClassInitialiser() throws Exception {
        Thread holder = holdUntilQueued(CONTENDED, 2);
        run(() -> {
            Task<?> next = createTask(() -> {
                underLock(CONTENDED, "coroutine");
                STUCK.add("coroutine in Netty's loop: "
                        + Loop.current().eventLoop().inEventLoop());
                yieldNow();
                STUCK.add("coroutine after its await");
            });
            Loop.current().callSoon(WantsALockInItsInitialiser::touch);
            next.await();
        });
        Await.join(holder);
        assertThat(STUCK.entries())
                .containsSubsequence(
                        "coroutine in Netty's loop: false",
                        "initialiser",
                        "callback ends",
                        "coroutine after its await");
    }
}
