package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Loops as a Netty group: each runs by itself, and closing lets its coroutines end. */
class LoopGroupTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void eachLoopOfAGroupRunsTasks() throws Exception {
        try (LoopGroup group = new LoopGroup(3)) {
            Set<Loop> loops = new HashSet<>();
            Set<Loop> ran = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                Loop loop = Loop.of(group.next());
                loops.add(loop);
                ran.add(get(runCoroutineThreadsafe(
                        () -> {
                            sleep(Duration.ofMillis(1));
                            return Loop.current();
                        },
                        loop)));
            }
            assertThat(loops).hasSize(3).isEqualTo(ran).allMatch(Loop::isRunning);
        }
    }

    @Test
    void coroutinesOfDifferentLoopsTalkThroughThreadsafeCalls() throws Exception {
        try (LoopGroup group = new LoopGroup(2)) {
            Loop one = Loop.of(group.next());
            Loop two = Loop.of(group.next());
            String result = get(runCoroutineThreadsafe(
                    () -> "one got " + Asyncio.await(runCoroutineThreadsafe(() -> "two's", two)), one));
            assertThat(result).isEqualTo("one got two's");
        }
    }

    @Test
    void aLoopOfAGroupCannotBeRunOrStoppedByHand() {
        try (LoopGroup group = new LoopGroup(1)) {
            Loop loop = Loop.of(group.next());
            assertThatThrownBy(() -> loop.runUntilComplete(() -> 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("cannot run a loop of a group, which runs by itself: use runCoroutineThreadsafe");
            assertThatThrownBy(loop::runForever).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(loop::stop)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("stop() of a loop of a group: shut the group down instead");
        }
    }

    @Test
    void ofRefusesALoopThatIsNotOurs() throws InterruptedException {
        EventLoop plain = new DefaultEventLoop();
        assertThatThrownBy(() -> Loop.of(plain))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a Skein loop: ")
                .hasMessageEndingWith(": give the bootstrap a LoopGroup");
        assertThat(plain.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void aGroupNeedsALoop() {
        assertThatThrownBy(() -> new LoopGroup(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("loops < 1: 0");
    }

    @Test
    void shutdownGracefullyRunsTheFinallyBlocksOfParkedCoroutines() throws Exception {
        LoopGroup group = new LoopGroup(2);
        CountDownLatch parked = new CountDownLatch(2);
        List<CompletableFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Loop loop = Loop.of(group.next());
            futures.add(runCoroutineThreadsafe(
                    () -> {
                        try {
                            parked.countDown();
                            return loop.createFuture().await();
                        } finally {
                            sleep(Duration.ofMillis(1));
                            yieldNow();
                            trail.add("cleaned up");
                        }
                    },
                    loop));
        }
        assertThat(parked.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(group.shutdownGracefully(0, Await.LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(trail.entries()).containsExactly("cleaned up", "cleaned up");
        assertThat(futures).allMatch(CompletableFuture::isCancelled);
        assertThat(group.isTerminated()).isTrue();
    }

    @Test
    void closeWaitsUntilAllLoopsAreClosed() throws Exception {
        LoopGroup group = new LoopGroup(2);
        Loop used = Loop.of(group.next());
        Loop unused = Loop.of(group.next());
        CompletableFuture<?> sleeper = runCoroutineThreadsafe(
                () -> {
                    createTask(() -> {
                        try {
                            sleep(LONG);
                        } finally {
                            trail.add("task");
                        }
                    });
                    sleep(LONG);
                    return 0;
                },
                used);
        get(runCoroutineThreadsafe(
                () -> {
                    yieldNow();
                    yieldNow();
                    return 0;
                },
                used));
        group.close();
        assertThat(group.isTerminated()).isTrue();
        assertThat(used.isClosed()).isTrue();
        assertThat(unused.isClosed()).isTrue();
        assertThat(sleeper).isCancelled();
        assertThat(trail.entries()).containsExactly("task");
        assertThatThrownBy(() -> runCoroutineThreadsafe(() -> 1, used)).hasMessage("loop is closed");
    }

    /** A group with a task that ends, when it is cancelled, as soon as {@code may} has come. */
    private LoopGroup groupThatEndsAfter(CompletableFuture<?> may) throws Exception {
        LoopGroup group = new LoopGroup(1);
        CompletableFuture<Object> begun = new CompletableFuture<>();
        CompletableFuture<?> unused = runCoroutineThreadsafe(
                () -> {
                    try {
                        begun.complete("begun");
                        sleep(LONG);
                    } finally {
                        Asyncio.await(may);
                        trail.add("task has ended");
                    }
                },
                Loop.of(group.next()));
        get(begun);
        assertThat(unused).isNotDone();
        return group;
    }

    @Test
    void closeInACoroutineSuspends() throws Exception {
        CompletableFuture<Object> may = new CompletableFuture<>();
        LoopGroup group = groupThatEndsAfter(may);
        run(() -> {
            Task<?> closer = createTask(group::close);
            yieldNow();
            assertThat(TaskStacks.activityOf(closer)).startsWith("waiting on");
            may.complete("now");
            closer.await();
            assertThat(group.isTerminated()).isTrue();
        });
        assertThat(trail.entries()).containsExactly("task has ended");
    }

    @Test
    void closeOfASingleLoopInACoroutineOfAnotherSuspendsToo() {
        Loop other = newEventLoop();
        CompletableFuture<Object> may = new CompletableFuture<>();
        other.runUntilComplete(() -> {
            createTask(() -> {
                try {
                    sleep(LONG);
                } finally {
                    Asyncio.await(may);
                }
            });
            yieldNow();
        });
        run(() -> {
            Task<?> closer = createTask(other::close);
            yieldNow();
            assertThat(TaskStacks.activityOf(closer)).startsWith("waiting on");
            may.complete("now");
            closer.await();
            assertThat(other.isClosed()).isTrue();
        });
    }

    @Test
    void aCloseThatIsCancelledGoesOnWithoutItsCaller() throws Exception {
        CompletableFuture<Object> may = new CompletableFuture<>();
        LoopGroup group = groupThatEndsAfter(may);
        run(() -> {
            Task<?> closer = createTask(group::close);
            yieldNow();
            closer.cancel();
            assertThatThrownBy(closer::await).isInstanceOf(CancelledError.class);
            assertThat(group.isTerminated()).isFalse();
        });
        may.complete("now");
        assertThat(group.awaitTermination(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void closeInALoopOfTheGroupItselfIsRefused() throws Exception {
        LoopGroup group = new LoopGroup(2);
        Loop own = Loop.of(group.next());
        CompletableFuture<?> inACoroutine = runCoroutineThreadsafe(group::close, own);
        CompletableFuture<Object> inACallback = new CompletableFuture<>();
        own.callSoonThreadsafe(() -> {
            try {
                group.close();
            } catch (IllegalStateException refused) {
                inACallback.completeExceptionally(refused);
            }
        });
        for (CompletableFuture<?> refused : List.of(inACoroutine, inACallback)) {
            assertThatThrownBy(() -> get(refused))
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("close() of a group in one of its own loops");
        }
        assertThat(group.isShuttingDown()).isFalse();
        group.close();
    }

    @Test
    void oneThatWillNotEndIsReportedAndLeftWhenTheTimeoutIsOver() throws Exception {
        LoopGroup group = new LoopGroup(1);
        Loop loop = Loop.of(group.next());
        CompletableFuture<?> stubborn = runCoroutineThreadsafe(
                () -> {
                    CurrentTask.thisTask().setName("stubborn");
                    loop.setExceptionHandler((of, context) -> trail.add(context.message()));
                    while (true) {
                        try {
                            sleep(LONG);
                        } catch (CancelledError refused) {
                            trail.add("refused");
                        }
                    }
                },
                loop);
        get(runCoroutineThreadsafe(
                () -> {
                    yieldNow();
                    return 0;
                },
                loop));
        assertThat(group.shutdownGracefully(0, 20, TimeUnit.MILLISECONDS)
                        .await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(trail.entries()).hasSize(2).startsWith("refused");
        assertThat(trail.entries().getLast())
                .contains("closed before these cancelled tasks had ended")
                .contains("stubborn");
        assertThatThrownBy(() -> get(stubborn)).hasRootCauseMessage("loop is closed");
    }

    @Test
    void aStrangerWhoShutsDownASingleLoopGetsTheSame() throws Exception {
        Loop loop = newEventLoop();
        loop.runUntilComplete(() -> {
            createTask(() -> {
                try {
                    sleep(LONG);
                } finally {
                    yieldNow();
                    trail.add("cleaned up");
                }
            });
            yieldNow();
        });
        assertThat(loop.eventLoop()
                        .shutdownGracefully(0, Await.LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(loop.isClosed()).isTrue();
        loop.close();
        assertThat(trail.entries()).containsExactly("cleaned up");
    }
}
