package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.Asyncio;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A task whose first step runs inside {@code createTask}. */
class EagerStartTest {
    private final TestLoop loop = new TestLoop(LoopOptions::withEagerStart);
    private final Trail trail = new Trail();

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    @Asyncio("test_eager_task_factory.eager_completion")
    void aBodyThatDoesNotAwaitIsDoneWhenCreateTaskReturns() {
        String result = loop.run(() -> {
            Task<String> task = createTask(() -> "hello");
            assertThat(task.isDone()).isTrue();
            return task.await();
        });

        assertThat(result).isEqualTo("hello");
    }

    @Test
    @Asyncio("test_eager_task_factory.block_after_eager_step")
    void aBodyThatAwaitsGoesOnInItsTurn() {
        loop.run(() -> {
            Task<String> task = createTask(() -> {
                trail.add("first");
                sleep(Duration.ofMillis(100));
                return "after blocking";
            });
            trail.add("creator");
            assertThat(task.isDone()).isFalse();
            assertThat(task.await()).isEqualTo("after blocking");
        });

        assertThat(trail.entries()).containsExactly("first", "creator");
        assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void nobodyElseHasATurnBetweenTheFirstStepAndTheCreator() {
        loop.run(() -> {
            loop.loop().callSoon(() -> trail.add("callback"));
            createTask(() -> {
                trail.add("child");
                createTask(() -> {
                    trail.add("grandchild");
                    yieldNow();
                    trail.add("grandchild again");
                });
                trail.add("child on");
                yieldNow();
                trail.add("child again");
            });
            trail.add("creator");
            yieldNow();
        });

        assertThat(trail.entries())
                .containsExactly(
                        "child", "grandchild", "child on", "creator", "callback", "grandchild again", "child again");
    }
}
