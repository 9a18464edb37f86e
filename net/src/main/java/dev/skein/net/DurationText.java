package dev.skein.net;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as people say them, for failures: {@code 20 s}, {@code 1.5 s}, {@code 50 ms}. */
final class DurationText {
    private static final int NANO_DIGITS = 9;
    private static final int MILLI_DIGITS = 3;

    private DurationText() {}

    static String of(Duration duration) {
        BigDecimal seconds =
                BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), NANO_DIGITS));
        boolean isShort = seconds.signum() != 0 && seconds.abs().compareTo(BigDecimal.ONE) < 0;
        return isShort ? plain(seconds.movePointRight(MILLI_DIGITS)) + " ms" : plain(seconds) + " s";
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
