package dev.skein.perf.scenario;

import java.util.ArrayList;
import java.util.List;

/**
 * Says when a server or a runtime is warm: when its last rounds were no faster than those before them.
 *
 * <p>Only gains count, so that a restless machine does not prolong it.
 */
final class WarmUp {
    /** How many rounds are compared with as many before them. */
    private static final int WINDOW = 3;

    private static final double GAIN = 1.02;

    /** More than the noise of a round or two. */
    private static final double CLEAR_GAIN = 1.1;

    private final List<Double> rates = new ArrayList<>();

    /** What was done in a second of one more round: of the clock, or of CPU time. */
    void add(double rate) {
        rates.add(rate);
    }

    boolean isStable() {
        int size = rates.size();
        return size >= 2 * WINDOW
                && best(rates.subList(size - WINDOW, size)) <= GAIN * best(rates.subList(0, size - WINDOW));
    }

    /** Whether it ended too early: the last rounds, at most half of all, were still faster than those before them. */
    boolean stillGains() {
        int last = Math.min(WINDOW, rates.size() / 2);
        int before = rates.size() - last;
        return last > 0 && best(rates.subList(before, rates.size())) > CLEAR_GAIN * best(rates.subList(0, before));
    }

    private static double best(List<Double> some) {
        return some.stream().mapToDouble(rate -> rate).max().orElseThrow();
    }
}
