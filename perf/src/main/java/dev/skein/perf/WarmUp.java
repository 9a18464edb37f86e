package dev.skein.perf;

import java.util.ArrayList;
import java.util.List;

/**
 * Says when a server is warm: when its last rounds of load were no faster than those before them.
 *
 * <p>Only gains count, so that a restless machine does not prolong it.
 */
final class WarmUp {
    /** So many rounds are compared with as many before them. */
    private static final int WINDOW = 3;

    private static final double GAIN = 1.02;

    private final List<Double> rates = new ArrayList<>();

    void add(RoundResult round) {
        rates.add(round.requestsPerSecond());
    }

    boolean isStable() {
        int size = rates.size();
        return size >= 2 * WINDOW
                && best(rates.subList(size - WINDOW, size)) <= GAIN * best(rates.subList(0, size - WINDOW));
    }

    private static double best(List<Double> some) {
        return some.stream().mapToDouble(rate -> rate).max().orElseThrow();
    }
}
