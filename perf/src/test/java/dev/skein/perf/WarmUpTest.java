package dev.skein.perf;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private static final long SECOND = 1_000_000_000;
    private final WarmUp warmUp = new WarmUp();

    @Test
    void aServerThatGetsFasterIsNotWarm() {
        add(100, 200, 300, 400, 500, 600);

        assertThat(warmUp.isStable()).isFalse();
    }

    @Test
    void aServerThatGainsNoMoreIsWarm() {
        add(100, 300, 600, 590, 605, 580);

        assertThat(warmUp.isStable()).isTrue();
    }

    @Test
    void roundsThatOtherProgramsDisturbedDoNotProlongIt() {
        add(500, 600, 600, 300, 590, 400);

        assertThat(warmUp.isStable()).isTrue();
    }

    @Test
    void fewRoundsTellNothing() {
        add(600, 600, 600, 600, 600);

        assertThat(warmUp.isStable()).isFalse();
    }

    private void add(int... rates) {
        for (int rate : rates) {
            warmUp.add(new RoundResult(rate, SECOND, 1, 1, 0, rate, ServerSide.UNKNOWN, new Histogram(3)));
        }
    }
}
