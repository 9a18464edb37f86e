package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A coroutine that stops inside the JDK, not at an await, while the others of its loop go on. */
@Execution(ExecutionMode.CONCURRENT)
class BlockedCoroutineTest {
    private static final int ITEMS = 10_000;
    private static final int ROUNDS = RuntimeMode.isMounted() ? 10_000 : 1_000;

    private final Trail trail = new Trail();

    /** Takes turns until {@code blocked} is done. If blocking held the loop, one turn would be all. */
    private static int turnsUntilDone(Task<?> blocked) {
        int turns = 0;
        while (!blocked.isDone()) {
            turns++;
            yieldNow();
        }
        return turns;
    }

    @Test
    void aThreadSleepStopsItsCoroutineAndNoOther() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        int turns = run(() -> turnsUntilDone(createTask(() -> Thread.sleep(20))));

        assertThat(turns).isGreaterThan(1);
    }

    @Test
    void withoutTheFlagAThreadSleepHoldsTheLoop() {
        assumeFalse(RuntimeMode.isMounted(), "with the flag it stops one coroutine");
        int turns = run(() -> turnsUntilDone(createTask(() -> Thread.sleep(20))));

        assertThat(turns).isEqualTo(1);
    }

    @Test
    void aHundredThreadSleepsPassTogether() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        Action[] sleepers = new Action[100];
        Arrays.fill(sleepers, (Action) () -> {
            trail.add("sleeps");
            Thread.sleep(1);
            trail.add("has slept");
        });
        run(() -> {
            await(gather(sleepers));
        });

        // Whoever wakes is ready behind all that were ready before.
        assertThat(trail.entries().subList(0, 100)).containsOnly("sleeps");
        assertThat(trail.entries().subList(100, 200)).containsOnly("has slept");
    }

    @Test
    void aSocketReadStopsItsCoroutineAndNoOther() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            run(() -> {
                Task<@Nullable Void> reader = createTask(() -> readOneByte(listener));
                try (Socket peer = listener.accept()) {
                    while (trail.entries().isEmpty()) {
                        yieldNow();
                    }
                    trail.add("writes");
                    peer.getOutputStream().write(42);
                    await(reader);
                }
            });
        }
        assertThat(trail.entries()).containsExactly("reads", "writes", "has read 42");
    }

    private void readOneByte(ServerSocket listener) throws Exception {
        try (Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            trail.add("reads");
            trail.add("has read " + socket.getInputStream().read());
        }
    }

    @Test
    void anObjectWaitStopsItsCoroutineUntilAnotherOneNotifies() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        Object monitor = new Object();
        boolean[] told = new boolean[1];
        run(() -> {
            Task<@Nullable Void> waiter = createTask(() -> {
                synchronized (monitor) {
                    while (!told[0]) {
                        trail.add("waits");
                        monitor.wait();
                    }
                    trail.add("was told");
                }
            });
            yieldNow();
            synchronized (monitor) {
                trail.add("tells");
                told[0] = true;
                monitor.notifyAll();
            }
            await(waiter);
        });

        assertThat(trail.entries()).containsExactly("waits", "tells", "was told");
    }

    @Test
    void anObjectWaitEndsWithItsTimeout() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        int turns = run(() -> turnsUntilDone(createTask(BlockedCoroutineTest::waitTwentyMillis)));

        assertThat(turns).isGreaterThan(1);
    }

    @SuppressWarnings("WaitNotInLoop") // the timeout is what is waited for
    private static void waitTwentyMillis() throws InterruptedException {
        Object monitor = new Object();
        synchronized (monitor) {
            monitor.wait(20);
        }
    }

    @Test
    void everyItemOfAQueueThatAPlainThreadFeedsArrivesInOrder() throws Exception {
        assertThat(itemsInOrder(new LinkedBlockingQueue<>(7))).isEqualTo(ITEMS);
    }

    @Test
    void everyItemThatAPlainThreadHandsOverArrivesInOrder() throws Exception {
        assertThat(itemsInOrder(new SynchronousQueue<>())).isEqualTo(ITEMS);
    }

    /** One coroutine takes what a plain thread puts, beside another that takes turns; gives how many came in order. */
    private static int itemsInOrder(BlockingQueue<Integer> queue) throws InterruptedException {
        Thread feeder = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < ITEMS; i++) {
                put(queue, i);
            }
        });
        int inOrder = run(() -> {
            Task<Integer> taker = createTask(() -> {
                int right = 0;
                for (int i = 0; i < ITEMS; i++) {
                    right += queue.take() == i ? 1 : 0;
                }
                return right;
            });
            assertThat(turnsUntilDone(taker)).isPositive();
            return taker.result();
        });
        Await.join(feeder);
        return inOrder;
    }

    private static void put(BlockingQueue<Integer> queue, int item) {
        try {
            queue.put(item);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void coroutinesHandItemsToEachOtherThroughABlockingQueue() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        SynchronousQueue<Integer> queue = new SynchronousQueue<>();
        run(() -> {
            Task<@Nullable Void> taker = createTask(() -> {
                for (int i = 0; i < 3; i++) {
                    trail.add("took " + queue.take());
                }
            });
            for (int i = 0; i < 3; i++) {
                queue.put(i);
            }
            await(taker);
        });

        assertThat(trail.entries()).containsExactly("took 0", "took 1", "took 2");
    }

    @Test
    void aPermitThatACoroutineGaveItselfIsStillThereAfterItsAwaits() {
        RuntimeMode.assume("an await uses up the thread's park permit");
        run(() -> {
            LockSupport.unpark(Thread.currentThread());
            yieldNow();
            await(createTask(() -> yieldNow()));
            LockSupport.park();
            trail.add("goes on");
        });

        assertThat(trail.entries()).containsExactly("goes on");
    }

    @Test
    void aParkedCoroutineGoesOnWhenAnotherUnparksIt() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        run(() -> {
            Thread[] parked = new Thread[1];
            Task<@Nullable Void> task = createTask(() -> {
                parked[0] = Thread.currentThread();
                trail.add("parks");
                LockSupport.park();
                trail.add("goes on");
            });
            yieldNow();
            trail.add("unparks");
            LockSupport.unpark(parked[0]);
            await(task);
        });

        assertThat(trail.entries()).containsExactly("parks", "unparks", "goes on");
    }

    @Test
    void aThreadYieldGivesEveryOtherCoroutineOneTurn() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        run(() -> {
            await(gather(() -> yieldThreeTimes("a"), () -> yieldThreeTimes("b"), () -> yieldThreeTimes("c")));
        });

        assertThat(trail.entries()).containsExactly("a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2");
    }

    @SuppressWarnings("ThreadPriorityCheck") // the JDK's yield is what is tested
    private void yieldThreeTimes(String name) {
        for (int i = 0; i < 3; i++) {
            trail.add(name + i);
            Thread.yield();
        }
    }

    @Test
    void aStormOfUnparksDisturbsNoAwait() throws Exception {
        assertThat(Ring.disturbedBy(LockSupport::unpark, 10, ROUNDS)).isPositive();
    }

    @Test
    void interruptsByAStrangerDisturbNoAwait() throws Exception {
        assertThat(Ring.disturbedBy(Thread::interrupt, 10, ROUNDS)).isPositive();
    }

    @Test
    void anInterruptByAStrangerIsSeenAfterTheAwaitThatItMet() {
        boolean seen = run(() -> {
            Thread[] thread = new Thread[1];
            Future<String> future = Loop.current().createFuture();
            Task<Boolean> task = createTask(() -> {
                thread[0] = Thread.currentThread();
                await(future);
                return Thread.interrupted();
            });
            yieldNow();
            thread[0].interrupt();
            yieldNow();
            future.setResult("done");
            return await(task);
        });
        assertThat(seen).isTrue();
    }

    @Test
    void aCoroutineThatIsUnparkedBetweenRunsGoesOnInTheNext() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        try (Loop loop = newEventLoop()) {
            Thread[] parked = new Thread[1];
            Task<String> task = loop.runUntilComplete(() -> {
                Task<String> parks = createTask(() -> {
                    parked[0] = Thread.currentThread();
                    LockSupport.park();
                    trail.add("goes on");
                    return "done";
                });
                yieldNow();
                return parks;
            });
            LockSupport.unpark(parked[0]);
            trail.add("between");

            String result = loop.runUntilComplete(task);
            assertThat(result).isEqualTo("done");
        }
        assertThat(trail.entries()).containsExactly("between", "goes on");
    }
}
