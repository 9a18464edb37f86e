package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a loop does with what is left, in which order, and what it says. */
class ShutdownTest {
    private static final Duration LONG = Duration.ofDays(1);

    private final Trail trail = new Trail();

    /** Fails when it is cancelled. */
    private static void failAtTheEnd(String message) {
        try {
            sleep(LONG);
        } finally {
            fail(message);
        }
    }

    private static void fail(String message) {
        throw new IllegalStateException(message);
    }

    private static String describe(ErrorContext error) {
        return error.message() + ": "
                + error.exception().map(Throwable::getMessage).orElse("");
    }

    @Test
    void eachFailureDuringShutdownIsReportedOnceInTheOrderOfTheTasks() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            createTask(() -> failAtTheEnd("one"), "first");
            createTask(() -> sleep(LONG), "quiet");
            createTask(() -> failAtTheEnd("two"), "second");
            yieldNow();
        });
        assertThat(loop.errors()).isEmpty();
        loop.close();
        assertThat(loop.errors())
                .extracting(ShutdownTest::describe)
                .containsExactly(
                        "exception of Task 'first' during shutdown: one",
                        "exception of Task 'second' during shutdown: two");
        assertThat(loop.errors()).allMatch(error -> error.task().isPresent());
    }

    @Test
    void aTaskAndTheOneThatAwaitsItAreBothReportedAsInAsyncio() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Task<?> inner = createTask(() -> failAtTheEnd("both"), "inner");
            createTask(inner, "outer");
            yieldNow();
            yieldNow();
        });
        assertThat(loop.errors()).isEmpty();
        loop.close();
        assertThat(loop.errors())
                .extracting(ShutdownTest::describe)
                .containsExactly(
                        "exception of Task 'inner' during shutdown: both",
                        "exception of Task 'outer' during shutdown: both");
    }

    @Test
    void openGeneratorsAreClosedAfterTheTasksHaveEnded() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Loop.current().openGenerators().add(() -> {
                sleep(Duration.ofSeconds(1));
                trail.add("one is closed");
            });
            Loop.current().openGenerators().add(() -> fail("will not close"));
            AutoCloseable closed = () -> trail.add("never");
            Loop.current().openGenerators().add(closed);
            Loop.current().openGenerators().remove(closed);
            createTask(() -> {
                try {
                    sleep(LONG);
                } finally {
                    sleep(Duration.ofSeconds(1));
                    trail.add("task has ended");
                }
            });
            yieldNow();
        });
        assertThat(loop.errors()).isEmpty();
        loop.close();
        assertThat(trail.entries()).containsExactly("task has ended", "one is closed");
        assertThat(loop.errors())
                .singleElement()
                .satisfies(error -> assertThat(describe(error)).endsWith("during shutdown: will not close"));
    }
}
