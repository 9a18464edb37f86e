package dev.skein.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.perf.load.Workload;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private final SpareTime spare = new SpareTime(Duration.ofSeconds(2));
    private final Schedule schedule =
            new Schedule(Workload.echo(2, 64), 3, 6, spare, Duration.ofSeconds(1), Duration.ofSeconds(1));

    @Test
    void allPlannedPairsAreMeasuredWhateverTheyGive() {
        assertThat(schedule.goesOn(2, 0)).isTrue();
        assertThat(schedule.goesOn(3, 3)).isFalse();
    }

    @Test
    void pairsAreMeasuredAgainUntilEnoughAreGoodOrThereWereTooMany() {
        assertThat(schedule.goesOn(4, 2)).isTrue();
        assertThat(schedule.goesOn(4, 3)).isFalse();
        assertThat(schedule.goesOn(6, 2)).isFalse();
    }

    @Test
    void nothingIsMeasuredAgainWhenTheSpareTimeOfTheRunIsUsedUp() {
        spare.use(Duration.ofSeconds(2).toNanos());

        assertThat(schedule.goesOn(4, 2)).isFalse();
        assertThat(schedule.goesOn(2, 2)).isTrue();
    }
}
