package dev.skein.loop;

import java.math.BigDecimal;
import java.time.Duration;

/** Lengths of time in the loop's nanoseconds; a length that is too long to count never ends. */
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

    /** As a message says it: 1.5 s, 50 ms, 20 us, 7 ns; the largest unit of which it has one. */
    static String text(Duration length) {
        long nanos = toNanos(length);
        long size = Math.abs(nanos);
        if (size >= 1_000_000_000 || size <= 0) {
            return number(length.getSeconds(), length.getNano(), 1_000_000_000) + " s";
        }
        long unit = size >= 1_000_000 ? 1_000_000 : size >= 1_000 ? 1_000 : 1;
        return number(Math.floorDiv(nanos, unit), Math.floorMod(nanos, unit), unit)
                + (unit == 1_000_000 ? " ms" : unit == 1_000 ? " us" : " ns");
    }

    private static String number(long whole, long rest, long unit) {
        return BigDecimal.valueOf(rest)
                .divide(BigDecimal.valueOf(unit))
                .add(BigDecimal.valueOf(whole))
                .stripTrailingZeros()
                .toPlainString();
    }
}
