package dev.skein.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class RoundResultTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void figuresAreInTheUnitsOfTheReport() {
        RoundResult result = new RoundResult(
                100_000, 2 * SECOND, SECOND, SECOND / 2, Pacing.NONE, 100_000, ServerSide.UNKNOWN, new Histogram(3));

        assertThat(result.requestsPerSecond()).isEqualTo(50_000);
        assertThat(result.serverCpuPerRequest()).isEqualTo(10.0);
        assertThat(result.serverBusy()).isEqualTo(0.5);
        assertThat(result.loadBusy()).isEqualTo(0.25);
    }

    @Test
    void percentilesAreReadInMicroseconds() {
        RoundResult result = withLatencies(1, 1_000);

        assertThat(result.latency(50)).isCloseTo(500, within(1.0));
        assertThat(result.latency(99)).isCloseTo(990, within(1.0));
        assertThat(result.latency(99.9)).isCloseTo(999, within(1.0));
    }

    @Test
    void aResultIsTheSameAfterItsWayThroughALine() {
        RoundResult result = withLatencies(1, 100_000);

        RoundResult read = RoundResult.parse(result.toLine());

        assertThat(read).isEqualTo(result);
        assertThat(result.toLine()).doesNotContain("\n");
    }

    @Test
    void aLineOfAnythingElseIsRefusedWithItsText() {
        assertThatThrownBy(() -> RoundResult.parse("Killed")).hasMessage("malformed result: 'Killed'");
    }

    @Test
    void twoRoundsTakenAsOneHaveTheLatenciesOfBoth() {
        RoundResult both = withLatencies(1, 100).plus(withLatencies(101, 200));

        assertThat(both.requests()).isEqualTo(200);
        assertThat(both.requestsPerSecond()).isEqualTo(100);
        assertThat(both.latencies().getTotalCount()).isEqualTo(200);
        assertThat(both.latency(50)).isCloseTo(100, within(0.1));
        assertThat(both.latency(100)).isCloseTo(200, within(0.2));
    }

    /** One request for each whole microsecond from first to last, all in a second. */
    private static RoundResult withLatencies(int first, int last) {
        Histogram latencies = new Histogram(3);
        for (int micros = first; micros <= last; micros++) {
            latencies.recordValue(micros * 1_000L);
        }
        return new RoundResult(
                last - first + 1,
                SECOND,
                1,
                1,
                new Pacing(0, 5_000_000),
                last - first + 1,
                ServerSide.UNKNOWN,
                latencies);
    }

    @Test
    void aRoundOfAnOpenLoopIsDisturbedWhereTheServerDidNotKeepUp() {
        assertThat(openLoop(970, 0.999, 100_000).isDisturbed()).isTrue();
        assertThat(openLoop(990, 0.999, 100_000).isDisturbed()).isFalse();
    }

    @Test
    void aRoundOfAnOpenLoopIsDisturbedWhereTheLoadGeneratorWasStopped() {
        RoundResult stopped = openLoop(990, 0.999, 1_100_000);

        assertThat(stopped.isDisturbed()).isTrue();
        assertThat(stopped.plus(openLoop(990, 0.999, 100_000)).isDisturbed()).isTrue();
    }

    @Test
    void anOpenLoopRoundWithManySmallCoreLossesIsDisturbed() {
        assertThat(openLoop(990, 0.99, 100_000).isDisturbed()).isTrue();
    }

    /** A second in which 1,000 requests were due. */
    private static RoundResult openLoop(long answered, double loadBusy, long longestStop) {
        Pacing pacing = new Pacing(1_000, longestStop);
        return new RoundResult(
                answered,
                SECOND,
                1,
                (long) (loadBusy * SECOND),
                pacing,
                answered,
                ServerSide.UNKNOWN,
                new Histogram(3));
    }
}
