package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where several can be awaited together, a future stands for itself and anything else becomes a task. */
class EnsureFutureTest {
    /** What a call that waits for several makes of one: asyncio's {@code ensure_future}. */
    private static <T> Future<T> ensureFuture(Awaitable<T> awaitable) {
        return dev.skein.loop.Asyncio.<T>asCompleted(awaitable).iterator().next();
    }

    @Test
    @PortOf("test_tasks.ensure_future_coroutine")
    void aLambdaBecomesATaskOfTheLoopThatRunsTheCaller() {
        Awaitable<String> lambda = () -> "ok";
        assertThatThrownBy(() -> ensureFuture(lambda)).hasMessageStartingWith("no running loop");
        try (TestLoop loop = new TestLoop()) {
            Future<String> task = loop.run(() -> ensureFuture(lambda));
            assertThat(task).isInstanceOf(Task.class);
            assertThat(task.loop()).isSameAs(loop.loop());
            assertThat(loop.<String>run(task)).isEqualTo("ok");
        }
    }

    @Test
    @PortOf("test_tasks.ensure_future_future")
    @PortOf("test_tasks.ensure_future_task")
    void aFutureOrTaskStandsForItself() {
        try (TestLoop loop = new TestLoop();
                TestLoop other = new TestLoop()) {
            List<Future<String>> originals = new ArrayList<>();
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                future.setResult("ko");
                Task<String> task = createTask(() -> "ok");
                originals.addAll(List.of(future, task));
                assertThat((Object) ensureFuture(future)).isSameAs(future);
                assertThat((Object) ensureFuture(task)).isSameAs(task);
                assertThat(future.result() + task.result()).isEqualTo("kook");
            });
            other.run(() -> originals.forEach(original -> assertThatThrownBy(() -> ensureFuture(original))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("belongs to another loop")));
        }
    }

    @Test
    @PortOf("test_tasks.ensure_future_awaitable")
    @PortOf("test_tasks.ensure_future_task_awaitable")
    void anyOtherAwaitableBecomesATaskToo() {
        record Aw(Awaitable<String> inner) implements Awaitable<String> {
            @Override
            public String await() throws Exception {
                yieldNow();
                return inner.await();
            }
        }
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> task = ensureFuture(new Aw(() -> "ok"));
                assertThat(task).isInstanceOf(Task.class);
                assertThat(task.await()).isEqualTo("ok");
                assertThat(shield(new Aw(() -> "shielded")).await()).isEqualTo("shielded");
            });
        }
    }

    @Test
    @PortOf("test_tasks.task_class")
    @PortOf("test_tasks.future_subclass")
    void aTaskIsAFutureOfTheLoopThatItWasMadeIn() {
        for (int i = 0; i < 2; i++) {
            try (Loop loop = newEventLoop()) {
                Future<String> task = loop.runUntilComplete(() -> {
                    Future<String> made = loop.createTask(() -> "ok");
                    made.await();
                    return made;
                });
                assertThat(task.loop()).isSameAs(loop);
                assertThat(loop.<Boolean>runUntilComplete(task::isDone)).isTrue();
                assertThat(loop.<String>runUntilComplete(task::result)).isEqualTo("ok");
            }
        }
    }

    @Test
    @PortOf("test_tasks.current_task_with_implicit_loop")
    void betweenRunsThereIsNoCurrentTask() {
        try (Loop loop = newEventLoop()) {
            List<Object> seen = new ArrayList<>();
            Task<?> task = loop.runUntilComplete(() -> {
                Task<?> made = loop.createTask(() -> seen.add(String.valueOf(currentTask())));
                made.await();
                seen.add(made.name());
                return made;
            });
            assertThat(seen).hasSize(2);
            assertThat(seen.getFirst().toString()).contains(task.name());
            assertThatThrownBy(dev.skein.loop.Asyncio::currentTask).hasMessageStartingWith("no running loop");
        }
    }
}
