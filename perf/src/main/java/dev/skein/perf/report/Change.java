package dev.skein.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

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
    /** Not about what was measured. */
    private static final Set<Metric> ABOUT_THE_MACHINE = Set.of(Metric.SERVER_BUSY, Metric.LOAD_BUSY, Metric.DISTURBED);

    /** A ratio of 1.03 between two copies of the same server is still noise. */
    private static final double NOISE = 1.03;

    /** Two runs apart in time differ by what the machine gives; neighbouring rounds do not. */
    private static final double NOISE_OVER_TIME = 1.10;

    /**
     * What changed from one run to a later one. Of servers the ratios to Skein are compared, since both were measured in
     * the same minutes; of others the figures themselves. What was disturbed in one of the runs is not compared.
     */
    public static List<Change> between(Results before, Results after) {
        List<Change> changes = new ArrayList<>();
        forEachPair(before, after, (then, row) -> {
            if (then.isDisturbed() || row.isDisturbed()) {
                return;
            }
            if (row.ratios().isEmpty()) {
                compare(row, "", then.figures(), row.figures(), NOISE_OVER_TIME, changes);
            } else {
                compare(row, "Skein / " + row.label() + ", ", then.ratios(), row.ratios(), NOISE, changes);
            }
        });
        return changes;
    }

    /** What is in both runs but is not compared, because other programs took the cores in one of them. */
    public static List<String> disturbed(Results before, Results after) {
        List<String> names = new ArrayList<>();
        forEachPair(before, after, (then, row) -> {
            if (then.isDisturbed() || row.isDisturbed()) {
                names.add(row.table() + ", " + row.label());
            }
        });
        return names;
    }

    private static void forEachPair(Results before, Results after, BiConsumer<Row, Row> action) {
        for (Row row : after.rows()) {
            before.rows().stream().filter(row::isOfTheSame).findFirst().ifPresent(then -> action.accept(then, row));
        }
    }

    private static void compare(
            Row row,
            String prefix,
            Map<Metric, Figure> before,
            Map<Metric, Figure> after,
            double noise,
            List<Change> changes) {
        after.forEach((metric, now) -> {
            if (ABOUT_THE_MACHINE.contains(metric)) {
                return;
            }
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
