package dev.skein.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.perf.load.Workload;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RoundPlanTest {
    private final RetryBudget retries = new RetryBudget(Duration.ofSeconds(2));
    private final RoundPlan plan =
            new RoundPlan(Workload.echo(2, 64), 3, 6, retries, Duration.ofSeconds(1), Duration.ofSeconds(1));

    @Test
    void allPlannedPairsAreMeasuredWhateverTheyGive() {
        assertThat(plan.goesOn(2, 0)).isTrue();
        assertThat(plan.goesOn(3, 3)).isFalse();
    }

    @Test
    void pairsAreMeasuredAgainUntilEnoughAreGoodOrThereWereTooMany() {
        assertThat(plan.goesOn(4, 2)).isTrue();
        assertThat(plan.goesOn(4, 3)).isFalse();
        assertThat(plan.goesOn(6, 2)).isFalse();
    }

    @Test
    void nothingIsMeasuredAgainWhenTheSpareTimeOfTheRunIsUsedUp() {
        retries.use(Duration.ofSeconds(2).toNanos());

        assertThat(plan.goesOn(4, 2)).isFalse();
        assertThat(plan.goesOn(2, 2)).isTrue();
    }
}
