package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.sleepUntil;

import dev.skein.loop.Loop;
import java.time.Duration;

/** A job at fixed moments. */
final class Periodic {
    private Periodic() {}

    // region every
    /** Runs {@code job} every {@code period}, however long it takes, until the task is cancelled or the job throws. */
    static void every(Duration period, Runnable job) {
        long next = Loop.current().time();
        while (true) {
            job.run();
            next = Math.max(next + period.toNanos(), Loop.current().time()); // what was missed is left out
            sleepUntil(next);
        }
    }
    // endregion
}
