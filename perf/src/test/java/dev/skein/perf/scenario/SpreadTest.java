package dev.skein.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Spread.of(3, 1, 100)).isEqualTo(new Spread(3, 1, 100));
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(Spread.of(4, 1, 100, 2)).isEqualTo(new Spread(3, 1, 100));
    }

    @Test
    void theSpreadOfOneValueIsThatValue() {
        assertThat(Spread.of(1.25)).hasToString("1.250 (1.250..1.250)");
    }

    @Test
    void theSpreadOfNothingIsAMistake() {
        assertThatThrownBy(Spread::of).hasMessage("no values for a spread");
    }

    @Test
    void theValuesOfTheCallerAreNotSorted() {
        double[] values = {2, 1};
        Spread.of(values);
        assertThat(values).containsExactly(2, 1);
    }
}
