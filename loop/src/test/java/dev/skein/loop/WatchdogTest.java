package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.skein.testsupport.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A loop that is held is reported while it is, with the stack of what holds it; one that waits or works is not. */
class WatchdogTest {
    private static final Duration SOON = Duration.ofMillis(20);

    @Test
    void aStepThatHoldsTheLoopIsReportedWithTheTasksNameAndItsStack() {
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        createTask(() -> crunchUntil(() -> log.text().contains("WatchdogTest.crunchUntil")), "cruncher")
                                .await();
                    },
                    options -> options.withWatchdog(SOON));
            assertThat(log.text())
                    .containsPattern("event loop blocked for \\d+ ms by task 'cruncher'")
                    .contains("to toThread")
                    .contains("WatchdogTest.crunchUntil")
                    .doesNotContain("jdk.internal.vm.Continuation", "Coroutine.runToEnd", "--add-opens");
        }
    }

    /** Holds its loop in each way that a coroutine can until the report of it has come, and prints which has the flag at its end. */
    static final class HeldInEachWay {
        private static final String CURE =
                "\nor start the JVM with --add-opens java.base/java.lang=ALL-UNNAMED: then a coroutine that blocks"
                        + " in the JDK does not stop its loop\n";

        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        public static void main(String[] none) throws InterruptedException {
            new HeldInEachWay().hold("waiting", CURE, me -> me.released.await());
            new HeldInEachWay().hold("waiting for a minute", CURE, me -> me.released.await(1, TimeUnit.MINUTES));
            new HeldInEachWay().hold("at a monitor", CURE, me -> {
                synchronized (me) {
                    me.released.await();
                }
            });
            new HeldInEachWay().hold("computing", "by task", me -> {
                while (me.released.getCount() > 0) {
                    Thread.onSpinWait();
                }
            });
        }

        private interface Way {
            void hold(HeldInEachWay me) throws InterruptedException;
        }

        private void hold(String how, String report, Way way) throws InterruptedException {
            try (Log log = Log.capture()) {
                Thread releaser = Thread.ofPlatform().start(() -> releaseOn(report, log));
                Await.latch(held);
                run(() -> way.hold(this), options -> options.withWatchdog(SOON));
                Await.join(releaser);
                System.out.println(how + ": " + log.text().contains(CURE));
            }
        }

        private synchronized void releaseOn(String report, Log log) {
            held.countDown();
            try {
                Await.until(report, () -> log.text().contains(report));
            } finally {
                released.countDown();
            }
        }
    }

    @Test
    void withoutTheFlagAReportOfACoroutineThatBlocksEndsWithTheFlag() {
        ChildJvm.Ended end = ChildJvm.of(HeldInEachWay.class).withoutFlag().run();

        assertThat(end.out())
                .as(end.toString())
                .containsExactly(
                        "waiting: true", "waiting for a minute: true", "at a monitor: true", "computing: false");
    }

    @Test
    void aCallbackThatHoldsTheLoopIsReported() {
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        Loop.current().callSoon(() -> crunchUntilReported(log));
                        yieldNow();
                    },
                    options -> options.withWatchdog(SOON));
            assertThat(log.text()).containsPattern("blocked for \\d+ ms by a callback or handler on skein-loop-\\d+");
        }
    }

    @Test
    void aTaskOfNettysThatHoldsTheLoopIsReported() {
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        Future<Object> over = Loop.current().createFuture();
                        Loop.current().eventLoop().execute(() -> {
                            crunchUntilReported(log);
                            over.setResult("over");
                        });
                        over.await();
                    },
                    options -> options.withWatchdog(SOON));
            assertThat(log.text()).contains("by a callback or handler on skein-loop-");
        }
    }

    @Test
    void aLoopThatCannotBeLookedAtIsToldAndTheOthersAreWatchedAllTheSame() {
        Loop broken = mock(Loop.class);
        when(broken.watch()).thenReturn(new LoopWatch(broken, SOON.toNanos()));
        try (Log log = Log.capture()) {
            Watchdog.watch(broken);
            try {
                Await.until("it is told", () -> log.text().contains("the watchdog cannot inspect a loop"));
                run(
                        () -> {
                            Loop.current().callSoon(() -> crunchUntilReported(log));
                            yieldNow();
                        },
                        options -> options.withWatchdog(SOON));
            } finally {
                Watchdog.forget(broken);
            }
            assertThat(log.text()).containsPattern("blocked for \\d+ ms by a callback or handler on skein-loop-\\d+");
        }
    }

    /** Waits, where Netty calls it inside the poll, until it is reported. */
    private static final class Blocking extends ChannelInboundHandlerAdapter {
        private final Log log;
        private final Future<Object> over;

        Blocking(Log log, Future<Object> over) {
            this.log = log;
            this.over = over;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object packet) throws InterruptedException {
            ReferenceCountUtil.release(packet);
            CountDownLatch never = new CountDownLatch(1);
            long start = System.nanoTime();
            while (!log.text().contains("WatchdogTest$Blocking.channelRead")
                    && !never.await(1, TimeUnit.MILLISECONDS)) {
                assertThat(System.nanoTime() - start).isLessThan(Await.LIMIT.toNanos());
            }
            over.setResult("over");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aHandlerThatBlocksInsideThePollIsReportedWithItsFrame(Transport transport) {
        TransportTest.assumeAvailable(transport);
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        Loop loop = Loop.current();
                        Future<Object> over = loop.createFuture();
                        Channel receiver = await(new Bootstrap()
                                .group(loop.eventLoop())
                                .channel(transport.datagramChannel())
                                .handler(new Blocking(log, over))
                                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
                        try (DatagramSocket sender = new DatagramSocket()) {
                            sender.send(new DatagramPacket(new byte[1], 1, receiver.localAddress()));
                        }
                        assertThat(over.await()).isEqualTo("over");
                        await(receiver.close());
                    },
                    options -> options.withTransport(transport).withWatchdog(SOON));
            assertThat(log.text())
                    .containsPattern("blocked for \\d+ ms by a callback or handler on skein-loop-\\d+")
                    .contains("WatchdogTest$Blocking.channelRead");
        }
    }

    @Test
    void aTaskIsReportedAgainAfterItHeldTheLoopTwiceAsLong() {
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        String me = "by task '"
                                + Objects.requireNonNull(currentTask()).name() + "'";
                        crunchUntil(() -> log.text().split(me).length > 2);
                    },
                    options -> options.withWatchdog(SOON));
        }
    }

    /** Loops of other tests are reported in the same log, so it is this one's thread that counts. */
    private static void crunchUntilReported(Log log) {
        String report = "by a callback or handler on " + Thread.currentThread().getName() + ",";
        crunchUntil(() -> log.text().contains(report));
    }

    /** Computes and gives nobody a turn: a wait in the JDK would stop the coroutine, not the loop. */
    private static void crunchUntil(BooleanSupplier reported) {
        long start = System.nanoTime();
        while (!reported.getAsBoolean()) {
            assertThat(System.nanoTime() - start).isLessThan(Await.LIMIT.toNanos());
        }
    }

    @Test
    void aLoopThatWaitsForIoIsNotReported() throws InterruptedException {
        Loop loop = newEventLoop(options -> options.withWatchdog(Duration.ZERO));
        Thread runner = Thread.ofPlatform().start(loop::runForever);
        LoopWatch watch = loop.watch();
        try (Log log = Log.capture()) {
            Await.until("the loop waits in its poll", () -> isInPoll(loop));
            lookAlone(loop);
            watch.setThreshold(SOON.toNanos());
            for (int look = 1; look < 100; look++) {
                watch.look(TimeUnit.SECONDS.toNanos(look), 0);
            }
            assertThat(log.text()).doesNotContain(loop.thread().own().getName());
        } finally {
            loop.stop();
            Await.join(runner);
            loop.close();
        }
    }

    /** The watchdog's own looks, at the real time, would come between those of the test. */
    private static void lookAlone(Loop loop) {
        Watchdog.forget(loop);
    }

    private static boolean isInPoll(Loop loop) {
        LoopThread.Blocker holder = loop.thread().blocker();
        return holder != null
                && !holder.stack().isEmpty()
                && (holder.stack().getFirst().isNativeMethod() || isSelecting(holder))
                && LoopWatch.isPolling(holder.stack());
    }

    /** With NIO it is the carrier that waits, and the loop's own thread has handed over to it. */
    private static boolean isSelecting(LoopThread.Blocker holder) {
        return holder.stack().stream().anyMatch(frame -> frame.getMethodName().equals("runOnCarrier"));
    }

    @Test
    void aProcessThatStoodStillAsAWholeBlamesNoLoop() {
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        CurrentTask.thisTask().setName("stands-still");
                        LoopWatch watch = new LoopWatch(Loop.current(), TimeUnit.SECONDS.toNanos(1));
                        watch.look(0, 0);
                        watch.look(TimeUnit.HOURS.toNanos(1), TimeUnit.HOURS.toNanos(1));
                        assertThat(log.text()).doesNotContain("stands-still");
                        watch.look(TimeUnit.HOURS.toNanos(1) + TimeUnit.SECONDS.toNanos(2), 0);
                        assertThat(log.text()).contains("blocked for 2000 ms by task 'stands-still'");
                    },
                    options -> options.withWatchdog(Duration.ZERO));
        }
    }

    @Test
    void aLoopThatGetsOnIsNotReported() {
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        CurrentTask.thisTask().setName("gets-on");
                        LoopWatch watch = Loop.current().watch();
                        lookAlone(Loop.current());
                        watch.setThreshold(1);
                        for (int look = 1; look < 100; look++) {
                            watch.look(TimeUnit.SECONDS.toNanos(look), 0);
                            yieldNow();
                        }
                        watch.setThreshold(0);
                    },
                    options -> options.withWatchdog(Duration.ZERO));
            assertThat(log.text()).doesNotContain("gets-on");
        }
    }

    @Test
    void aCallbackThatWantsASuspendedCoroutinesLockIsReported() {
        ReentrantLock lock = new ReentrantLock();
        try (Log log = Log.capture();
                Loop loop = newEventLoop(options -> options.withWatchdog(SOON))) {
            Thread freer = Thread.ofPlatform().start(() -> {
                Await.until("the report", () -> log.text().contains("ReentrantLock.lockInterruptibly"));
                Objects.requireNonNull(loop.thread().blocker()).thread().interrupt();
            });
            loop.runUntilComplete(() -> {
                Future<Object> never = Loop.current().createFuture();
                Task<?> owner = createTask(() -> holdOverAnAwait(lock, never), "owner");
                yieldNow();
                Future<Object> refused = Loop.current().createFuture();
                Loop.current().callSoon(() -> {
                    assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(InterruptedException.class);
                    refused.setResult("over");
                });
                refused.await();
                owner.cancel();
            });
            assertThat(freer.isInterrupted()).isFalse();
            assertThat(log.text())
                    .contains("it waits for java.util.concurrent.locks.ReentrantLock$")
                    .contains("its holder may be one of these", "\n  owner", "WatchdogTest.holdOverAnAwait")
                    .contains("ReentrantLock.lockInterruptibly");
        }
    }

    /** It may hold the loop until that coroutine gets on, as a wait of native code for what it does. */
    @Test
    void aBlockingCallbackIsReportedWithAWokenCoroutine() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        CountDownLatch event = new CountDownLatch(1);
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        Task<?> woken = createTask(() -> Await.latch(event), "woken");
                        Loop.current().callSoon(() -> {
                            event.countDown();
                            crunchUntil(() -> log.text().contains("cannot be mounted meanwhile"));
                        });
                        woken.await();
                    },
                    options -> options.withWatchdog(SOON));
            assertThat(log.text())
                    .contains("it may be waiting for one of these, which cannot be mounted meanwhile:")
                    .contains("\n  woken, which the JDK has made runnable and only this loop can mount", "Await.latch");
        }
    }

    private static void holdOverAnAwait(ReentrantLock lock, Future<Object> never) {
        lock.lock();
        try {
            never.await();
        } finally {
            lock.unlock();
        }
    }

    private static final ReentrantLock CONTENDED = new ReentrantLock();

    private static final class WantsALockInItsInitialiser {
        static final boolean REFUSED = catchThrowable(CONTENDED::lockInterruptibly) instanceof InterruptedException;
    }

    private static void underContendedLock(Runnable action) {
        CONTENDED.lock();
        try {
            action.run();
        } finally {
            CONTENDED.unlock();
        }
    }

    /** The loop's own thread is next in line behind it, and nowhere else than on that carrier can it go on. */
    @Test
    void anInitialiserThatWaitsBehindACallbackIsReported() throws InterruptedException {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch callbackWaits = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform()
                .start(() -> underContendedLock(() -> {
                    held.countDown();
                    Await.until("the callback waits", () -> CONTENDED.getQueueLength() == 1);
                    callbackWaits.countDown();
                    Await.until("the coroutine waits too", () -> CONTENDED.getQueueLength() == 2);
                }));
        Await.latch(held);
        boolean[] refused = new boolean[1];
        try (Log log = Log.capture();
                Loop loop = newEventLoop(options -> options.withWatchdog(SOON))) {
            Thread freer = Thread.ofPlatform().start(() -> {
                Await.until("the report", () -> log.text().contains("inside a class initialiser"));
                Objects.requireNonNull(loop.thread().mounted()).interrupt();
            });
            loop.runUntilComplete(() -> {
                Task<?> pinned = createTask(
                        () -> {
                            Await.latch(callbackWaits);
                            refused[0] = WantsALockInItsInitialiser.REFUSED;
                        },
                        "pinned");
                Loop.current().callSoon(() -> underContendedLock(() -> {}));
                pinned.await();
            });
            Await.join(freer);
            assertThat(refused).containsExactly(true);
            assertThat(log.text())
                    .contains("by task 'pinned'")
                    .contains("it waits for java.util.concurrent.locks.ReentrantLock$")
                    .contains("WantsALockInItsInitialiser.<clinit>");
        }
        Await.join(holder);
    }
}
