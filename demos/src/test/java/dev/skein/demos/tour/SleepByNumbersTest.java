package dev.skein.demos.tour;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Asyncio;
import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The lines that CPython 3.13 prints for {@code sleep_by_numbers.py}, in its order. They are in
 * {@code sleep_by_numbers.out}; after a change of the original, print them again:
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

    private static List<String> python() throws IOException {
        try (InputStream recorded =
                requireNonNull(SleepByNumbersTest.class.getResourceAsStream("sleep_by_numbers.out"))) {
            return new String(recorded.readAllBytes(), UTF_8).lines().toList();
        }
    }
}
