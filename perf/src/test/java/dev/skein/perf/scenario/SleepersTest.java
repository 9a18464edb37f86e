package dev.skein.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SleepersTest {
    /** Three fell asleep at 0, 10 and 20, the last not later than 30. */
    private static final long[] ASLEEP_AT = {0, 10, 20, 30};

    @Test
    void wakingByDeadlineIsInOrder() {
        long[] length = {300, 200, 100};

        assertThat(Sleepers.outOfOrder(new int[] {2, 1, 0}, length, ASLEEP_AT)).isZero();
    }

    @Test
    void wakingBeforeOneWithAnEarlierDeadlineIsCounted() {
        long[] length = {300, 200, 100};

        assertThat(Sleepers.outOfOrder(new int[] {0, 1, 2}, length, ASLEEP_AT)).isEqualTo(2);
    }

    @Test
    void deadlinesThatCannotBeToldApartAreNotCounted() {
        long[] length = {15, 0, 0};

        assertThat(Sleepers.outOfOrder(new int[] {0, 1, 2}, length, ASLEEP_AT)).isZero();
    }
}
