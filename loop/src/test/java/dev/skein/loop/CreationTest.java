package dev.skein.loop;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.shield;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.Asyncio;
import dev.skein.loop.testing.TestLoop;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In debug mode futures and tasks know the very line that made them. */
class CreationTest {
    private static StackTraceElement here() {
        return new Throwable().getStackTrace()[1];
    }

    private static void assertMadeAt(StackTraceElement place, Future<?> made) {
        List<StackTraceElement> creation = made.loop().debug().creationOf(made);
        assertThat(creation).isNotEmpty();
        assertThat(creation.getFirst().getFileName()).isEqualTo(place.getFileName());
        assertThat(creation.getFirst().getMethodName()).isEqualTo(place.getMethodName());
        assertThat(creation.getFirst().getLineNumber()).isEqualTo(place.getLineNumber() + 1);
    }

    @Test
    @Asyncio("test_tasks.task_source_traceback")
    @Asyncio("test_futures.future_source_traceback")
    void theFirstFrameIsTheLineThatMadeIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().setDebug(true);
                StackTraceElement place = here();
                Task<?> task = createTask(() -> "x");
                assertMadeAt(place, task);

                place = here();
                Future<String> future = loop.loop().createFuture();
                assertMadeAt(place, future);
            });
        }
    }

    @Test
    void whatIsMadeForSeveralIsMadeWhereTheyAreAwaited() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().setDebug(true);
                Awaitable<String> body = () -> "x";
                StackTraceElement place = here();
                Future<?> gathered = gather(body, body);
                assertMadeAt(place, gathered);

                place = here();
                Future<?> shielded = shield(body);
                assertMadeAt(place, shielded);

                place = here();
                var completed = asCompleted(body);
                assertMadeAt(place, completed.iterator().next());
            });
        }
    }
}
