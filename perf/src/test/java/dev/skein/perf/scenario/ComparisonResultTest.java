package dev.skein.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.skein.perf.load.Pacing;
import dev.skein.perf.load.RoundResult;
import dev.skein.perf.load.ServerSide;
import java.io.IOException;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ComparisonResultTest {
    private static final long SECOND = 1_000_000_000;
    private final ComparisonResult comparison = new ComparisonResult("raw", "coroutine");

    @Test
    void ratiosAreOfAdjacentRoundsAndNotOfTotals() {
        comparison.add(round(100, 0.99, 0.5), round(90, 0.99, 0.5));
        comparison.add(round(1_000, 0.99, 0.5), round(1_000, 0.99, 0.5));
        comparison.add(round(10, 0.99, 0.5), round(11, 0.99, 0.5));

        assertThat(comparison.throughput()).isEqualTo(new Spread(1.0, 0.9, 1.1));
    }

    @Test
    void aServerThatUsesMoreCpuForARequestHasARatioAboveOne() {
        comparison.add(round(100, 0.50, 0.5), round(100, 0.55, 0.5));

        assertThat(comparison.cpuPerRequest().median()).isCloseTo(1.1, within(1e-9));
    }

    @Test
    void nothingIsDoubtedWhereTheServersAreTheBottleneck() {
        comparison.add(round(100, 0.99, 0.92), round(100, 0.98, 0.96));

        assertThat(comparison.doubts()).isEmpty();
    }

    @Test
    void aLoadGeneratorWithoutRoomIsNamedAsTheBottleneck() {
        comparison.add(round(100, 0.99, 0.92), round(100, 0.80, 0.99));

        assertThat(comparison.doubts())
                .containsExactly(
                        "The load generator used its core fully (99 %), the server coroutine did not (80 %): its"
                                + " throughput is the load generator's limit; compare the CPU per request.");
    }

    @Test
    void aLoadGeneratorThatNeverRestsIsNoBottleneck() {
        RoundResult steady = new RoundResult(
                1_000,
                SECOND,
                SECOND / 2,
                SECOND,
                new Pacing(1_000, 0),
                1_000,
                new ServerSide(0, 0, 0),
                new Histogram(3));
        comparison.add(steady, steady);

        assertThat(comparison.doubts()).isEmpty();
    }

    @Test
    void aPairWithADisturbedRoundIsLeftOutWhereFiveOthersRemain() {
        for (int pair = 0; pair < 5; pair++) {
            comparison.add(round(100, 0.99, 0.9), round(90, 0.99, 0.9));
        }
        comparison.add(round(100, 0.99, 0.9), round(1, 0.40, 0.35));
        comparison.add(round(1, 0.84, 0.84), round(100, 0.99, 0.9));

        assertThat(comparison.goodPairs()).isEqualTo(5);
        assertThat(comparison.disturbedPairs()).isEqualTo(2);
        assertThat(comparison.throughput()).isEqualTo(new Spread(0.9, 0.9, 0.9));
        assertThat(comparison.totalOfFirst().requests()).isEqualTo(500);
        assertThat(comparison.doubts()).isEmpty();
    }

    @Test
    void whereFewPairsAreUndisturbedAllCountAndItIsSaid() {
        comparison.add(round(100, 0.99, 0.9), round(100, 0.99, 0.9));
        comparison.add(round(100, 0.40, 0.35), round(50, 0.20, 0.2));

        assertThat(comparison.throughput()).isEqualTo(new Spread(0.75, 0.5, 1.0));
        assertThat(comparison.doubts())
                .containsExactly(
                        "In 1 of 2 pairs neither a server nor the load generator used its core fully: other programs"
                                + " ran there, nothing was pinned, or the connections are too few. Measure again on a quiet machine.");
    }

    @Test
    void twoServersAreEvenWhereBothRatiosAreNearOne() {
        comparison.add(round(100, 0.99, 0.9), round(102, 0.99, 0.9));

        assertThat(comparison.isEven(0.03)).isTrue();
        assertThat(comparison.isEven(0.01)).isFalse();
    }

    @Test
    void aPairThatFailedIsToldAndTheOthersCount() throws IOException {
        comparison.failed(new IOException("no answer for 30 s"));
        comparison.add(round(100, 0.99, 0.9), round(100, 0.99, 0.9));

        comparison.requireAny();

        assertThat(comparison.throughput().median()).isEqualTo(1.0);
        assertThat(comparison.doubts()).containsExactly("1 pairs of rounds failed, the last with: no answer for 30 s");
    }

    @Test
    void whereEachPairFailedThereIsNothingToCompare() {
        comparison.failed(new IOException("Connection refused"));

        assertThatThrownBy(comparison::requireAny)
                .isInstanceOf(IOException.class)
                .hasMessage("all 1 pairs of rounds failed, the last with: Connection refused");
    }

    private static RoundResult round(long requests, double serverBusy, double loadBusy) {
        return new RoundResult(
                requests,
                SECOND,
                (long) (serverBusy * SECOND),
                (long) (loadBusy * SECOND),
                Pacing.NONE,
                requests,
                new ServerSide(0, 0, 0),
                new Histogram(3));
    }
}
