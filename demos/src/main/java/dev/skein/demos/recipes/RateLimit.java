package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.sleepUntil;

import dev.skein.loop.Loop;
import java.time.Duration;

/** Lets callers through at a steady rate, in the order in which they came. */
// region limit
final class RateLimit {
    private final long gap;
    private long next;

    /** One caller each {@code gap}. */
    RateLimit(Duration gap) {
        this.gap = gap.toNanos();
        this.next = Loop.current().time();
    }

    /** Suspends until it is the caller's turn. */
    void await() {
        // Nothing between these two lines suspends, so no lock is needed.
        long mine = Math.max(next, Loop.current().time());
        next = mine + gap;
        sleepUntil(mine);
    }
}
// endregion
