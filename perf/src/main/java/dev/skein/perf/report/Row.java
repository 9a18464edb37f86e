package dev.skein.perf.report;

import java.util.Map;
import java.util.Optional;

/**
 * What was measured of one peer in one scenario.
 *
 * @param scenario its word
 * @param load what was done to it
 * @param peer the peer's word
 * @param label the peer's name
 * @param figures of this peer
 * @param ratios Skein's figure divided by this peer's, in neighbouring rounds; empty for Skein itself
 */
public record Row(
        String scenario,
        String load,
        String peer,
        String label,
        Map<Metric, Figure> figures,
        Map<Metric, Figure> ratios) {
    /** The peer's word that is Skein's. */
    public static final String OURS = "skein";

    /** Whether it tells of the same as another run's row. */
    boolean isOfTheSame(Row other) {
        return scenario.equals(other.scenario) && load.equals(other.load) && peer.equals(other.peer);
    }

    /** Whether other programs took the cores in most of its rounds. */
    boolean isDisturbed() {
        return figure(Metric.DISTURBED).filter(share -> share.median() > 50).isPresent();
    }

    /** Scenario and load: the rows of one table. */
    String table() {
        return load.isEmpty() ? scenario : scenario + ": " + load;
    }

    /** A figure of this peer. */
    public Optional<Figure> figure(Metric metric) {
        return Optional.ofNullable(figures.get(metric));
    }

    Optional<Figure> ratio(Metric metric) {
        return Optional.ofNullable(ratios.get(metric));
    }
}
