package dev.skein.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Two servers' results, pair by pair of adjacent rounds: the ratios are second / first. */
final class Comparison {
    /** From this share of a core on, a process that does nothing but its work has no room left. */
    private static final double FULL = 0.95;

    /** Below this share, something else took the core, or nothing was pinned. */
    private static final double IDLE = 0.85;

    private final String first;
    private final String second;
    private final List<RoundResult> ofFirst = new ArrayList<>();
    private final List<RoundResult> ofSecond = new ArrayList<>();

    Comparison(String first, String second) {
        this.first = first;
        this.second = second;
    }

    void add(RoundResult firstResult, RoundResult secondResult) {
        ofFirst.add(firstResult);
        ofSecond.add(secondResult);
    }

    String first() {
        return first;
    }

    String second() {
        return second;
    }

    int pairs() {
        return ofFirst.size();
    }

    /** All rounds of the first server as one. */
    RoundResult totalOfFirst() {
        return total(ofFirst);
    }

    /** All rounds of the second server as one. */
    RoundResult totalOfSecond() {
        return total(ofSecond);
    }

    /** Above 1: the second server answers more requests. */
    Spread throughput() {
        return ratios(RoundResult::requestsPerSecond);
    }

    /** Above 1: the second server uses more CPU for a request. */
    Spread cpuPerRequest() {
        return ratios(RoundResult::serverCpuPerRequest);
    }

    /** Above 1: the second server's latency at this percentile is longer. */
    Spread latency(double percentile) {
        return ratios(result -> result.latency(percentile));
    }

    /** What a reader must know before believing the ratios: a sentence for each doubt. */
    List<String> doubts() {
        List<String> doubts = new ArrayList<>();
        doubt(first, totalOfFirst(), doubts);
        doubt(second, totalOfSecond(), doubts);
        return doubts;
    }

    private static void doubt(String server, RoundResult total, List<String> doubts) {
        double busy = total.serverBusy();
        double load = total.loadBusy();
        if (load >= FULL && busy < FULL) {
            doubts.add(("The load generator used its core fully (%.0f %%), the server %s did not (%.0f %%): its"
                            + " throughput is the load generator's limit; compare the CPU per request.")
                    .formatted(load * 100, server, busy * 100));
        } else if (load < IDLE && busy < IDLE) {
            doubts.add(("Neither the server %s nor the load generator used its core fully (%.0f %%, %.0f %%): other"
                            + " programs ran there, or nothing was pinned. Measure again on a quiet machine.")
                    .formatted(server, busy * 100, load * 100));
        }
    }

    private Spread ratios(ToDoubleFunction<RoundResult> figure) {
        double[] ratios = new double[pairs()];
        for (int pair = 0; pair < ratios.length; pair++) {
            ratios[pair] = figure.applyAsDouble(ofSecond.get(pair)) / figure.applyAsDouble(ofFirst.get(pair));
        }
        return Spread.of(ratios);
    }

    private static RoundResult total(List<RoundResult> results) {
        return results.stream().reduce(RoundResult::plus).orElseThrow();
    }
}
