package dev.skein.perf.scenario;

import java.time.Duration;

/** How much longer than planned a run may take, because pairs of rounds were disturbed or failed. */
public final class RetryBudget {
    private long leftNanos;

    RetryBudget(Duration length) {
        leftNanos = length.toNanos();
    }

    /** For a run that takes as long as it takes. */
    public static RetryBudget unlimited() {
        return new RetryBudget(Duration.ofNanos(Long.MAX_VALUE));
    }

    boolean isLeft() {
        return leftNanos > 0;
    }

    void use(long nanos) {
        leftNanos -= nanos;
    }

    @Override
    public String toString() {
        return "RetryBudget[" + Duration.ofNanos(leftNanos) + "]";
    }
}
