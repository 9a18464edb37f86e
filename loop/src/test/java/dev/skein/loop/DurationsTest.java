package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Durations as messages say them. */
class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT1S, 1 s",
        "PT1.5S, 1.5 s",
        "PT2M, 120 s",
        "PT0.05S, 50 ms",
        "PT0.0015S, 1.5 ms",
        "PT0.00002S, 20 us",
        "PT0.000000007S, 7 ns",
        "PT-0.05S, -50 ms",
        "PT-1.5S, -1.5 s"
    })
    void aDurationIsSaidInTheLargestUnitOfWhichItHasOne(Duration length, String text) {
        assertThat(Durations.text(length)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775807, 9223372036854775807 s", "-9223372036854775808, -9223372036854775808 s"})
    void durationsTooLongToCountHaveATextToo(long seconds, String text) {
        assertThat(Durations.text(Duration.ofSeconds(seconds))).isEqualTo(text);
    }
}
