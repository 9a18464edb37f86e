package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Durations as errors say them. */
class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT1S, 1 s",
        "PT1.5S, 1.5 s",
        "PT5M, 300 s",
        "PT0.05S, 50 ms",
        "PT0.00002S, 0.02 ms",
        "PT-0.001S, -1 ms",
        "PT-10S, -10 s",
        "PT2562047788015215H30M7S, 9223372036854775807 s"
    })
    void aDurationIsSaidInSecondsAndBelowOneInMilliseconds(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }
}
