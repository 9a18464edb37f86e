package dev.skein.loop;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * The clock of one loop, which all its time comes from: the system's, or a virtual one that stands still until the loop
 * has nothing to do and then jumps to the next deadline. Read by any thread, moved by the loop's.
 */
final class LoopClock implements Ticker {
    private final boolean virtual;
    private volatile long virtualNow;

    LoopClock(boolean virtual) {
        this.virtual = virtual;
    }

    boolean isVirtual() {
        return virtual;
    }

    @Override
    public long initialNanoTime() {
        return virtual ? 0 : Ticker.systemTicker().initialNanoTime();
    }

    @Override
    public long nanoTime() {
        return virtual ? virtualNow : Ticker.systemTicker().nanoTime();
    }

    /** The time that this clock shows when the system's shows {@code systemNanos}: saves a second reading. */
    long at(long systemNanos) {
        return virtual ? virtualNow : systemNanos - Ticker.systemTicker().initialNanoTime();
    }

    void advanceTo(long moment) {
        virtualNow = Math.max(virtualNow, moment);
    }

    /**
     * Lets a moment of real time pass, for what comes from outside a loop in virtual time.
     *
     * @return how long it took
     */
    long rest() {
        long start = System.nanoTime();
        try {
            sleep(50, TimeUnit.MICROSECONDS);
        } catch (InterruptedException e) {
            // A stranger's: a thread that waits for the loop is interrupted elsewhere.
        }
        return System.nanoTime() - start;
    }

    @Override
    public void sleep(long delay, TimeUnit unit) throws InterruptedException {
        unit.sleep(delay);
    }
}
