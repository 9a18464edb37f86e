package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a loop, whoever asks for it: each coroutine's {@code finally} runs to its end. */
class ClosingTest {
    private final Trail trail = new Trail();

    /** Waits for ever, and when it is cancelled awaits once more. */
    private Awaitable<String> patient(CountDownLatch parked) {
        return () -> {
            try {
                parked.countDown();
                Future<String> never = Loop.current().createFuture();
                return never.await();
            } finally {
                trail.add("cleans up");
                sleep(Duration.ofMillis(5));
                yieldNow();
                trail.add("is clean");
            }
        };
    }

    private Awaitable<String> patient() {
        return patient(new CountDownLatch(1));
    }

    private static void awaitEnd(EventLoopGroup group) {
        assertThat(group.terminationFuture().awaitUninterruptibly(Await.LIMIT.toMillis()))
                .as("terminated within " + Await.LIMIT)
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aGroupThatAStrangerShutsDownEndsItsCoroutinesFirst(Time time) throws Exception {
        LoopGroup group = new LoopGroup(2, time.options());
        CountDownLatch parked = new CountDownLatch(4);
        for (EventExecutor executor : group) {
            Loop loop = Loop.of((EventLoop) executor);
            for (int i = 0; i < 2; i++) {
                runCoroutineThreadsafe(patient(parked), loop);
            }
        }
        Await.latch(parked);
        group.shutdownGracefully(0, Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        awaitEnd(group);

        assertThat(trail.entries()).hasSize(8);
        assertThat(trail.entries()).filteredOn("is clean"::equals).hasSize(4);
    }

    @Test
    void nettysQuietPeriodIsNotWaitedFor() throws Exception {
        LoopGroup group = new LoopGroup(1);
        CountDownLatch parked = new CountDownLatch(1);
        runCoroutineThreadsafe(patient(parked), Loop.of(group.next()));
        Await.latch(parked);
        group.shutdownGracefully(1, 1, TimeUnit.DAYS);
        awaitEnd(group);

        assertThat(trail.entries()).containsExactly("cleans up", "is clean");
    }

    @Test
    @SuppressWarnings("deprecation") // a stranger may still call it
    void nettysShutdownAtOnceEndsCoroutinesFirstToo() throws Exception {
        LoopGroup group = new LoopGroup(1);
        CountDownLatch parked = new CountDownLatch(1);
        runCoroutineThreadsafe(patient(parked), Loop.of(group.next()));
        Await.latch(parked);
        group.shutdown();
        awaitEnd(group);

        assertThat(trail.entries()).containsExactly("cleans up", "is clean");
    }

    @Test
    void aLoopThatAStrangerShutsDownEndsItsMainAsCancelled() throws Exception {
        Loop loop = newEventLoop();
        CountDownLatch parked = new CountDownLatch(1);
        Thread stranger = Thread.ofPlatform().start(() -> {
            try {
                Await.latch(parked);
                loop.eventLoop().shutdownGracefully(0, Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });

        assertThatThrownBy(() -> loop.runUntilComplete(patient(parked))).isInstanceOf(CancelledError.class);
        assertThat(trail.entries()).containsExactly("cleans up", "is clean");
        Await.join(stranger);
        loop.close();
        assertThat(loop.isClosed()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsTheTasksThatTheLastRunHasLeft(Time time) {
        try (Loop loop = newEventLoop(time.options())) {
            loop.runUntilComplete(() -> {
                createTask(patient());
                yieldNow();
            });
            trail.add("main has ended");
        }
        assertThat(trail.entries()).containsExactly("main has ended", "cleans up", "is clean");
    }

    @Test
    void aCoroutineThatIsAlwaysReadyIsCancelledInItsTurn() {
        try (Loop loop = newEventLoop()) {
            loop.runUntilComplete(() -> {
                createTask(this::takesTurnsForEver);
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("CancelledError: its loop is closing");
    }

    private void takesTurnsForEver() {
        try {
            while (true) {
                yieldNow();
            }
        } catch (CancelledError end) {
            trail.add("CancelledError: " + end.getMessage());
            throw end;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTaskCreatedInAFinallyIsCancelledAfterTheOthersHaveEnded(Time time) {
        try (Loop loop = newEventLoop(time.options())) {
            loop.runUntilComplete(() -> {
                createTask(() -> {
                    try {
                        sleep(Duration.ofDays(1));
                    } finally {
                        createTask(patient());
                        sleep(Duration.ofMillis(5));
                        trail.add("first has ended");
                    }
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("first has ended", "cleans up", "is clean");
    }

    @Test
    void aTaskCreatedInAFinallyMayEndBeforeTheOthersHave() {
        try (Loop loop = newEventLoop()) {
            loop.runUntilComplete(() -> {
                createTask(() -> {
                    try {
                        sleep(Duration.ofDays(1));
                    } finally {
                        Task<String> helper = createTask(() -> {
                            sleep(Duration.ofMillis(1));
                            return "helped";
                        });
                        trail.add(helper.await());
                    }
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("helped");
    }

    @Test
    void aCoroutineThatIsBlockedInTheJdkIsInterruptedAtTheEnd() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        LoopGroup group = new LoopGroup(1);
        CountDownLatch asleep = new CountDownLatch(1);
        Awaitable<String> sleeper = () -> {
            try {
                asleep.countDown();
                Thread.sleep(60_000);
                return "slept";
            } finally {
                sleep(Duration.ofMillis(1));
                trail.add("is clean");
            }
        };
        runCoroutineThreadsafe(sleeper, Loop.of(group.next()));
        Await.latch(asleep);
        group.shutdownGracefully(0, Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        awaitEnd(group);

        assertThat(trail.entries()).containsExactly("is clean");
    }

    @Test
    void loopsThatNeverRanFreeTheirDescriptors() {
        LeakTest.assumeDescriptorsAreSeen();
        newEventLoop().close();
        int before = LeakTest.descriptors();
        for (int i = 0; i < 100; i++) {
            newEventLoop().close();
        }
        Await.until("their descriptors are free", () -> LeakTest.descriptors() < before + 50);
    }

    @Test
    void aGroupThatNeverRanFreesItsDescriptors() {
        LeakTest.assumeDescriptorsAreSeen();
        int before = LeakTest.descriptors();
        try (LoopGroup group = new LoopGroup(50)) {
            assertThat(group.executorCount()).isEqualTo(50);
        }
        // Those of other tests, which run meanwhile, count as well, and go.
        Await.until("its descriptors are free", () -> LeakTest.descriptors() < before + 25);
    }

    @Test
    void closingTwiceAndFromManyThreadsIsClosingOnce() throws Exception {
        Loop loop = newEventLoop();
        loop.runUntilComplete(() -> {
            createTask(patient());
            yieldNow();
        });
        Thread[] closers = new Thread[4];
        for (int i = 0; i < closers.length; i++) {
            closers[i] = Thread.ofPlatform().start(loop::close);
        }
        for (Thread closer : closers) {
            Await.join(closer);
        }
        loop.close();

        assertThat(trail.entries()).containsExactly("cleans up", "is clean");
    }

    @Test
    void aCancelThatThrowsAtTheEndIsReportedAndAllAreCancelled() {
        IllegalStateException refusal = new IllegalStateException("not me");
        List<ErrorContext> errors = new ArrayList<>();
        CompletableFuture<String> refusing = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                throw refusal;
            }
        };
        try (Loop loop = newEventLoop()) {
            loop.runUntilComplete(() -> {
                loop.setExceptionHandler((of, context) -> errors.add(context));
                createTask(() -> {
                    await(refusing);
                });
                createTask(patient());
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("cleans up", "is clean");
        assertThat(errors).singleElement().satisfies(error -> {
            assertThat(error.message()).isEqualTo("cannot cancel a task as its loop closes");
            assertThat(error.exception()).containsSame(refusal);
        });
    }

    /** A channel of the loop's own, which closes with it. */
    private static Channel channelOf(Loop loop, ChannelHandler handler) {
        return await(new Bootstrap()
                .group(loop.eventLoop())
                .channel(loop.transport().datagramChannel())
                .handler(handler)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    @Test
    void whatAnErrorHandlerPutsOffAsTheLoopGivesUpIsDoneBeforeItsChannelsClose() {
        try (Loop loop = newEventLoop(options -> options.withCloseTimeout(Duration.ZERO))) {
            loop.runUntilComplete(() -> {
                Channel channel = channelOf(loop, new ChannelInboundHandlerAdapter());
                loop.setExceptionHandler(
                        (of, context) -> loop.callAtPassEnd(() -> trail.add("channel is open: " + channel.isOpen())));
                createTask(() -> {
                    while (!loop.isClosed()) {
                        try {
                            sleep(Duration.ofDays(1));
                        } catch (CancelledError refused) {
                            trail.add("refuses");
                        }
                    }
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("refuses", "channel is open: true");
    }

    @Test
    void whatACallbackOfAChannelThatClosesWithTheLoopPutsOffIsDone() {
        try (Loop loop = newEventLoop()) {
            loop.runUntilComplete(() -> {
                channelOf(loop, new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelInactive(ChannelHandlerContext context) {
                        trail.add("inactive");
                        loop.callSoon(() -> {
                            trail.add("callback");
                            loop.callAtPassEnd(() -> trail.add("end of the pass"));
                        });
                    }
                });
            });
        }
        assertThat(trail.entries()).containsExactly("inactive", "callback", "end of the pass");
    }
}
