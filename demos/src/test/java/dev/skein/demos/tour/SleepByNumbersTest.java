package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.newEventLoop;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The lines that CPython 3.13 prints for {@code sleep_by_numbers.py} and {@code tasks_before_the_run.py}, in its order. They
 * are in the {@code .out} beside each; after a change of an original, print them again:
 * {@code python3.13 sleep_by_numbers.py > sleep_by_numbers.out}.
 */
class SleepByNumbersTest {
    private final Printed printed = new Printed();

    @Test
    void printsWhatPythonPrintsInVirtualTime() throws IOException {
        try (TestLoop loop = new TestLoop()) {
            loop.run(new SleepByNumbers(printed.out(), Duration.ofSeconds(1))::inTwoTasks);

            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(15));
        }
        assertThat(printed.lines()).isEqualTo(python());
    }

    @Test
    void printsWhatPythonPrintsInRealTime() throws IOException {
        Asyncio.run(new SleepByNumbers(printed.out(), Duration.ofMillis(40))::inTwoTasks);

        assertThat(printed.lines()).isEqualTo(python());
    }

    @Test
    void inTheOldStyleTooPrintsWhatPythonPrintsInVirtualTime() throws IOException {
        Loop loop = newEventLoop(options -> options.withVirtualTime());

        TasksBeforeTheRun.show(loop, printed.out(), Duration.ofSeconds(1));

        assertThat(Duration.ofNanos(loop.time()).toMillis()).isEqualTo(15_000);
        assertThat(printed.lines()).isEqualTo(python("tasks_before_the_run.out"));
    }

    @Test
    void inTheOldStyleTooPrintsWhatPythonPrintsInRealTime() throws IOException {
        TasksBeforeTheRun.show(newEventLoop(), printed.out(), Duration.ofMillis(40));

        assertThat(printed.lines()).isEqualTo(python("tasks_before_the_run.out"));
    }

    private static List<String> python() throws IOException {
        return python("sleep_by_numbers.out");
    }

    private static List<String> python(String file) throws IOException {
        try (InputStream recorded = requireNonNull(SleepByNumbersTest.class.getResourceAsStream(file))) {
            return new String(recorded.readAllBytes(), UTF_8).lines().toList();
        }
    }
}
