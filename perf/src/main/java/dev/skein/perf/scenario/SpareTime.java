package dev.skein.perf.scenario;

import java.time.Duration;

/** How much longer than planned a run may take, because pairs of rounds were disturbed or failed. */
public final class SpareTime {
    private long leftNanos;

    SpareTime(Duration length) {
        leftNanos = length.toNanos();
    }

    /** For a run that takes as long as it takes. */
    public static SpareTime unlimited() {
        return new SpareTime(Duration.ofNanos(Long.MAX_VALUE));
    }

    boolean isLeft() {
        return leftNanos > 0;
    }

    void use(long nanos) {
        leftNanos -= nanos;
    }

    @Override
    public String toString() {
        return "SpareTime[" + Duration.ofNanos(leftNanos) + "]";
    }
}
