package dev.skein.loop;

import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import org.junit.jupiter.api.Test;

/** One task that starts inside {@code createTask}, or does not, by its own option. */
class EagerOptionTest {
    private final Trail trail = new Trail();

    private void create(boolean eager) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = loop.loop()
                        .createTask(
                                () -> trail.add(CurrentTask.thisTask().name()),
                                options -> options.withName("example").withEagerStart(eager));
                trail.add("done: " + task.isDone());
                task.await();
                yieldNow();
            });
        }
    }

    @Test
    @PortOf("test_tasks.eager_start_true")
    void oneThatStartsEagerlyIsDoneWhenItIsCreated() {
        create(true);
        assertThat(trail.entries()).containsExactly("example", "done: true");
    }

    @Test
    @PortOf("test_tasks.eager_start_false")
    void oneThatDoesNotStartsInTheNextRound() {
        create(false);
        assertThat(trail.entries()).containsExactly("done: false", "example");
    }
}
