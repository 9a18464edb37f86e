package dev.skein.loop;

import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A coroutine from another thread whose task cannot be made, or that is cancelled on the loop. */
class ThreadsafeFailureTest {
    @Test
    @PortOf("test_tasks.run_coroutine_threadsafe_task_factory_exception")
    void aTaskThatCannotBeMadeFailsTheResultAndIsReported() {
        IllegalStateException refused = new IllegalStateException("no more tasks");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().onTaskCreated(task -> {
                    throw refused;
                });
                toThread(() -> {
                    CompletableFuture<Integer> result = runCoroutineThreadsafe(() -> 1, loop.loop());
                    assertThatThrownBy(() -> result.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                            .hasCause(refused);
                    return 0;
                });
            });
            assertThat(loop.errors()).hasSize(1);
            assertThat(loop.errors().getFirst().exception()).containsSame(refused);
        }
    }

    @Test
    void aFutureOfAnotherLoopFailsTheResult() {
        try (TestLoop loop = new TestLoop();
                TestLoop other = new TestLoop()) {
            Future<String> foreign = other.run(() -> other.createFuture());
            loop.run(() -> toThread(() -> {
                CompletableFuture<String> result = runCoroutineThreadsafe(foreign, loop.loop());
                assertThatThrownBy(() -> result.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .hasCauseInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("belongs to another loop");
                return 0;
            }));
            assertThat(loop.errors()).hasSize(1);
        }
    }

    @Test
    @PortOf("test_tasks.run_coroutine_threadsafe_and_cancel")
    void cancellingTheResultOnTheLoopItselfCancelsTheTask() {
        List<Task<?>> made = new ArrayList<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().onTaskCreated(made::add);
                CompletableFuture<?> result = runCoroutineThreadsafe(() -> sleep(Duration.ofSeconds(10)), loop.loop());
                sleep(Duration.ofSeconds(1));
                result.cancel(false);
                assertThatThrownBy(made.getFirst()::await).isInstanceOf(CancelledError.class);
                assertThat(made.getFirst().isCancelled()).isTrue();
                assertThat(result.isCancelled()).isTrue();
            });
            assertThat(loop.elapsed()).hasSeconds(1);
        }
        assertThat(made).hasSize(1);
    }
}
