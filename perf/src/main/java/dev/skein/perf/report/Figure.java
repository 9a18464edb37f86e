package dev.skein.perf.report;

import java.util.Arrays;
import java.util.Locale;

/**
 * A median, and between what it lies with a confidence of 95 %: beyond that, two medians differ by more than noise.
 *
 * @param median the middle one of several measurements
 * @param low the lower end
 * @param high the upper end
 * @param count how many measurements there were
 */
public record Figure(double median, double low, double high, int count) {
    private static final double NORMAL_95 = 1.96;

    /**
     * The figure of these values. The ends are measurements too, chosen by rank, so that nothing is supposed of their
     * distribution; of fewer than six they are the least and the greatest.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Figure of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values for a figure");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        double median = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
        int reach = (int) Math.ceil(NORMAL_95 * Math.sqrt(n) / 2);
        int low = Math.max(0, n / 2 - reach);
        int high = Math.min(n - 1, n - 1 - n / 2 + reach);
        return new Figure(median, sorted[low], sorted[high], n);
    }

    /** One measurement. */
    public static Figure single(double value) {
        return new Figure(value, value, value, 1);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s (%s..%s)", rounded(median), rounded(low), rounded(high));
    }

    /** With three digits that count, and no more than a report has room for. */
    public static String rounded(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
