package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.Asyncio;
import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Where a future comes from: the loop that runs the caller, or somebody else's whose state it takes. */
class FutureFromTest {
    @Test
    @Asyncio("test_futures.constructor_use_running_loop")
    void aFutureBelongsToTheLoopThatRunsTheCaller() {
        try (TestLoop loop = new TestLoop()) {
            Future<String> future = loop.run(() -> Loop.current().createFuture());
            assertThat(future.loop()).isSameAs(loop.loop());
        }
    }

    @Test
    @Asyncio("test_futures.constructor_without_loop")
    @Asyncio("test_futures.wrap_future_without_loop")
    void whereNoLoopRunsThereIsNone() {
        assertThatThrownBy(() -> Loop.current().createFuture())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running loop");
        assertThatThrownBy(() -> Future.from(CompletableFuture.completedFuture("oi")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running loop");
    }

    @Test
    @Asyncio("test_futures.wrap_future_use_running_loop")
    void whatAnExecutorRunsIsAwaitedInTheLoopThatRunsTheCaller() {
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
    @Asyncio("test_futures.copy_state")
    void itTakesTheStateOfWhatIsDone() {
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
}
