package dev.skein.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmUpTest {
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

    @Test
    void aRunThatStillGetsFasterAtTheEndStillGains() {
        add(100, 120);

        assertThat(warmUp.stillGains()).isTrue();
    }

    @Test
    void aRunThatIsNoFasterThanBeforeGainsNothing() {
        add(100, 600, 610, 590);

        assertThat(warmUp.stillGains()).isFalse();
    }

    @Test
    void oneRoundAloneGainsNothing() {
        add(100);

        assertThat(warmUp.stillGains()).isFalse();
    }

    private void add(int... rates) {
        for (int rate : rates) {
            warmUp.add(rate);
        }
    }
}
