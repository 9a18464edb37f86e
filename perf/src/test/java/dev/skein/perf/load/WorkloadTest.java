package dev.skein.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkloadTest {
    private final Workload steady = Workload.echo(50, 64).belowSaturation();

    @Test
    void aRateThatFollowsTheMachineIsAPartOfWhatIsAnsweredAtMost() {
        Workload now = steady.withSaturation(100_000);

        assertThat(steady.followsSaturation()).isTrue();
        assertThat(now).isEqualTo(Workload.echo(50, 64).withRate(70_000));
        assertThat(now.followsSaturation()).isFalse();
    }

    @Test
    void aSteadyLoadIsAnOpenLoopAlsoBeforeItsRateIsFound() {
        assertThat(steady.isOpenLoop()).isTrue();
        assertThat(steady.inClosedLoop()).isEqualTo(Workload.echo(50, 64));
    }

    /** Reports of two runs are compared by it. */
    @Test
    void aWorkloadsNameIsTheSameInEachRun() {
        assertThat(steady).hasToString("64 B, 50 connections, 70 % of saturation");
        assertThat(steady.scenario()).isEqualTo("latency");
    }
}
