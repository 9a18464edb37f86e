package dev.skein.loop;

import static dev.skein.loop.Asyncio.waitUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.testsupport.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Where a future comes from: the loop that runs the caller, or somebody else's whose state it takes. */
class FutureFromTest {
    @Test
    @PortOf("test_futures.constructor_use_running_loop")
    void aFutureBelongsToTheLoopThatRunsTheCaller() {
        try (TestLoop loop = new TestLoop()) {
            Future<String> future = loop.run(() -> Loop.current().createFuture());
            assertThat(future.loop()).isSameAs(loop.loop());
        }
    }

    @Test
    @PortOf("test_futures.constructor_without_loop")
    @PortOf("test_futures.wrap_future_without_loop")
    void whereNoLoopRunsThereIsNone() {
        assertThatThrownBy(() -> Loop.current().createFuture())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running loop");
        assertThatThrownBy(() -> Future.from(CompletableFuture.completedFuture("oi")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running loop");
    }

    @Test
    @PortOf("test_futures.wrap_future_use_running_loop")
    void aStageOfAnExecutorBecomesAFutureOfTheCallersLoop() {
        try (ExecutorService executor = Executors.newSingleThreadExecutor();
                TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Thread> future = Future.from(CompletableFuture.supplyAsync(Thread::currentThread, executor));
                assertThat(future.loop()).isSameAs(loop.loop());
                assertThat(future.await()).isNotSameAs(Thread.currentThread());
            });
        }
    }

    @Test
    @PortOf("test_futures.copy_state")
    void aFutureFromADoneStageIsDoneInTheSameWay() {
        IOException failure = new IOException("gone");
        int frames = failure.getStackTrace().length;
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThat(Future.from(CompletableFuture.completedFuture(10)).result())
                        .isEqualTo(10);

                Future<String> failed = Future.from(CompletableFuture.failedFuture(failure));
                assertThat(failed.isDone()).isTrue();
                assertThat(failed.exception()).isSameAs(failure);
                assertThat(Objects.requireNonNull(failed.exception()).getStackTrace())
                        .hasSize(frames);

                CompletableFuture<String> cancelled = new CompletableFuture<>();
                cancelled.cancel(false);
                assertThat(Future.from(cancelled).isCancelled()).isTrue();
            });
        }
    }

    @Test
    void aFutureFromADoneStageCannotBeCancelled() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> done = Future.from(CompletableFuture.completedFuture("done"));
                assertThat(done.cancel()).isFalse();
                assertThat(done.result()).isEqualTo("done");
            });
        }
    }

    @Test
    void removeDoneCallbackTellsHowManyItRemoved() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Consumer<Future<String>> callback = done -> {};
                Future<String> future = Future.from(new CompletableFuture<>());
                future.addDoneCallback(callback);
                future.addDoneCallback(callback);
                assertThat(future.removeDoneCallback(callback)).isEqualTo(2);
            });
        }
    }

    /** A stage that takes no listener. */
    private static CompletableFuture<String> deaf() {
        return new CompletableFuture<>() {
            @Override
            public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> listener) {
                throw new UnsupportedOperationException("deaf");
            }
        };
    }

    @Test
    void aLoopInVirtualTimeDoesNotWaitForWhatHasEndedOrWasRefused() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CompletableFuture<String> stage = new CompletableFuture<>();
                Future<String> ended = Future.from(stage);
                stage.complete("ended");
                assertThat(ended.await()).isEqualTo("ended");

                Future<String> cancelled = Future.from(new CompletableFuture<>());
                cancelled.cancel();

                assertThatThrownBy(() -> Future.from(deaf())).hasMessage("deaf");
                assertThat(Loop.current().relays().size()).isLessThanOrEqualTo(1);

                Executor full = job -> {
                    throw new RejectedExecutionException("full");
                };
                assertThatThrownBy(() -> Loop.current().runInExecutor(full, () -> "never"))
                        .hasMessage("full");
            });
            assertThatThrownBy(
                            () -> loop.run(() -> Loop.current().createFuture().await()))
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
        }
    }

    @Test
    void aLoopInVirtualTimeWaitsForWhatIsAwaitedAgainAfterItWasLeft() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CompletableFuture<String> stage = new CompletableFuture<>();
                Future<String> mine = Future.from(stage);
                waitUntil(List.of(mine), ReturnWhen.ALL_COMPLETED, Duration.ofMillis(1));
                Task<?> me = CurrentTask.thisTask();
                Thread.ofPlatform().start(() -> {
                    Await.until("it awaits", () -> TaskStacks.isSuspended(me));
                    long steps = loop.loop().watch().steps();
                    Await.until(
                            "the loop has looked round",
                            () -> loop.loop().watch().steps() > steps + 10);
                    stage.complete("from outside");
                });
                assertThat(mine.await()).isEqualTo("from outside");
            });
        }
    }
}
