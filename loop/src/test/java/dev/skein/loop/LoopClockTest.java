package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.Test;

/** A loop's clock as Netty sees it. */
class LoopClockTest {
    private final LoopClock virtual = new LoopClock(true);
    private final LoopClock real = new LoopClock(false);

    @Test
    void aVirtualClockBeginsAtZeroAndARealOneWhereNettysDoes() {
        assertThat(virtual.initialNanoTime()).isZero();
        assertThat(virtual.nanoTime()).isZero();
        assertThat(real.initialNanoTime()).isEqualTo(Ticker.systemTicker().initialNanoTime());
    }

    @Test
    void theTimeOfAMomentOfTheSystemsIsThatOfTheClock() {
        long before = real.nanoTime();
        long at = real.at(System.nanoTime());
        assertThat(at).isBetween(before, real.nanoTime());

        virtual.advanceTo(5);
        assertThat(virtual.at(System.nanoTime())).isEqualTo(5);
    }

    @Test
    void aVirtualClockNeverGoesBack() {
        virtual.advanceTo(5);
        virtual.advanceTo(3);
        assertThat(virtual.nanoTime()).isEqualTo(5);
    }
}
