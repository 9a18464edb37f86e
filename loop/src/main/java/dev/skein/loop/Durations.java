package dev.skein.loop;

import java.time.Duration;

/** Lengths of time in the loop's nanoseconds; what is too long to count is for ever. */
final class Durations {
    private Durations() {}

    static long toNanos(Duration length) {
        try {
            return length.toNanos();
        } catch (ArithmeticException tooLong) {
            return length.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** The moment {@code length} after {@code now}, which is before it if the length is negative. */
    static long later(long now, Duration length) {
        long nanos = toNanos(length);
        return nanos > 0 && nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
    }
}
