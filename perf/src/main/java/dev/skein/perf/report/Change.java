package dev.skein.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A figure that differs from an earlier run's by more than noise.
 *
 * @param row of the later run
 * @param what its name
 * @param before the earlier run's
 * @param after the later run's
 * @param better whether that is for the better
 */
public record Change(Row row, String what, Figure before, Figure after, boolean better) {
    /** A ratio of 1.03 between two copies of the same server is still noise. */
    private static final double NOISE = 1.03;

    /** Two runs apart in time differ by what the machine gives; neighbouring rounds do not. */
    private static final double NOISE_OVER_TIME = 1.10;

    /**
     * What changed from one run to a later one. Of servers the ratios to Skein are compared, since both were measured in
     * the same minutes; of others the figures themselves.
     */
    public static List<Change> between(Results before, Results after) {
        List<Change> changes = new ArrayList<>();
        for (Row row : after.rows()) {
            Optional<Row> earlier =
                    before.rows().stream().filter(row::isOfTheSame).findFirst();
            earlier.ifPresent(then -> {
                if (row.ratios().isEmpty()) {
                    compare(row, "", then.figures(), row.figures(), NOISE_OVER_TIME, changes);
                } else {
                    compare(row, "Skein / " + row.label() + ", ", then.ratios(), row.ratios(), NOISE, changes);
                }
            });
        }
        return changes;
    }

    private static void compare(
            Row row,
            String prefix,
            Map<Metric, Figure> before,
            Map<Metric, Figure> after,
            double noise,
            List<Change> changes) {
        after.forEach((metric, now) -> {
            Figure then = before.get(metric);
            if (then != null && differ(then, now, noise)) {
                boolean more = now.median() > then.median();
                changes.add(new Change(row, prefix + metric.label(), then, now, more == metric.moreIsBetter()));
            }
        });
    }

    /** Beyond what neither interval covers, and by more than a machine's mood. */
    private static boolean differ(Figure before, Figure after, double noise) {
        boolean apart = after.low() > before.high() || after.high() < before.low();
        double factor = after.median() / before.median();
        return apart && (factor > noise || factor < 1 / noise);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s %s, %s: %s -> %s, %+.1f %%",
                better ? "better" : "WORSE ",
                row.table(),
                what.startsWith("Skein") ? what : row.label() + ", " + what,
                before,
                after,
                (after.median() / before.median() - 1) * 100);
    }
}
