package dev.skein.perf.scenario;

import dev.skein.perf.load.RoundResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Two servers' results, pair by pair of adjacent rounds: the ratios are second / first.
 *
 * <p>Pairs with a round that was disturbed are left out where enough others remain; else all count, since the median of
 * many restless pairs is better than that of a few quiet ones.
 */
final class ComparisonResult {
    /** From this share of a core on, a process that does nothing but its work has no room left. */
    private static final double FULL = 0.95;

    /** How many undisturbed pairs are enough to leave the others out. */
    private static final int ENOUGH = 5;

    private final String first;
    private final String second;
    private final List<Pair> good = new ArrayList<>();
    private final List<Pair> disturbed = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    private record Pair(RoundResult first, RoundResult second) {}

    ComparisonResult(String first, String second) {
        this.first = first;
        this.second = second;
    }

    void add(RoundResult firstResult, RoundResult secondResult) {
        boolean either = firstResult.isDisturbed() || secondResult.isDisturbed();
        (either ? disturbed : good).add(new Pair(firstResult, secondResult));
    }

    /** A pair gave nothing. */
    void failed(IOException failure) {
        failures.add(String.valueOf(failure.getMessage()));
    }

    /**
     * Checks that there is something to compare.
     *
     * @throws IOException if each pair failed, with the last reason
     */
    void requireAny() throws IOException {
        if (good.isEmpty() && disturbed.isEmpty()) {
            throw new IOException(
                    "all " + failures.size() + " pairs of rounds failed, the last with: " + failures.getLast());
        }
    }

    String first() {
        return first;
    }

    String second() {
        return second;
    }

    /** How many pairs were not disturbed. */
    int goodPairs() {
        return good.size();
    }

    /** How many pairs were disturbed. */
    int disturbedPairs() {
        return disturbed.size();
    }

    /** Whether disturbed pairs count, because there are too few others. */
    boolean countsDisturbed() {
        return !disturbed.isEmpty() && good.size() < ENOUGH;
    }

    /** All rounds of the first server that count, as one. */
    RoundResult totalOfFirst() {
        return total(Pair::first);
    }

    /** All rounds of the second server that count, as one. */
    RoundResult totalOfSecond() {
        return total(Pair::second);
    }

    /** Above 1: the second server answers more requests. */
    Spread throughput() {
        return Spread.of(ratios(RoundResult::requestsPerSecond));
    }

    /** Above 1: the second server uses more CPU for a request. */
    Spread cpuPerRequest() {
        return Spread.of(ratios(RoundResult::serverCpuPerRequest));
    }

    /** Whether both servers seem to be the same, but for this tolerance. */
    boolean isEven(double tolerance) {
        return Math.abs(throughput().median() - 1) <= tolerance
                && Math.abs(cpuPerRequest().median() - 1) <= tolerance;
    }

    /** Above 1: the second server's latency at this percentile is longer. */
    Spread latency(double percentile) {
        return Spread.of(ratios(result -> result.latency(percentile)));
    }

    /** The disturbed part of the pairs that count. */
    double disturbedShare() {
        return countsDisturbed() ? (double) disturbed.size() / (disturbed.size() + good.size()) : 0;
    }

    /** What a reader must know before believing the ratios: a sentence for each doubt. */
    List<String> doubts() {
        List<String> doubts = new ArrayList<>();
        if (countsDisturbed()) {
            doubts.add(
                    ("In %d of %d pairs neither a server nor the load generator used its core fully: other programs ran"
                                    + " there, nothing was pinned, or the connections are too few. Measure again on a quiet machine.")
                            .formatted(disturbed.size(), disturbed.size() + good.size()));
        }
        doubts.addAll(moreDoubts());
        return doubts;
    }

    /** Those that have nothing to do with other programs. */
    List<String> moreDoubts() {
        List<String> doubts = new ArrayList<>();
        if (!failures.isEmpty()) {
            doubts.add("%d pairs of rounds failed, the last with: %s".formatted(failures.size(), failures.getLast()));
        }
        doubtLoad(first, totalOfFirst(), doubts);
        doubtLoad(second, totalOfSecond(), doubts);
        return doubts;
    }

    private static void doubtLoad(String server, RoundResult total, List<String> doubts) {
        if (!total.isOpenLoop() && total.loadBusy() >= FULL && total.serverBusy() < FULL) {
            doubts.add(("The load generator used its core fully (%.0f %%), the server %s did not (%.0f %%): its"
                            + " throughput is the load generator's limit; compare the CPU per request.")
                    .formatted(total.loadBusy() * 100, server, total.serverBusy() * 100));
        }
    }

    private List<Pair> counted() {
        List<Pair> counted = new ArrayList<>(good);
        if (countsDisturbed()) {
            counted.addAll(disturbed);
        }
        return counted;
    }

    /** The rounds of the first server that count. */
    List<RoundResult> resultsOfFirst() {
        return counted().stream().map(Pair::first).toList();
    }

    /** The rounds of the second server that count. */
    List<RoundResult> resultsOfSecond() {
        return counted().stream().map(Pair::second).toList();
    }

    /** Of each pair that counts the second server's figure divided by the first's. */
    double[] ratios(ToDoubleFunction<RoundResult> figure) {
        return counted().stream()
                .mapToDouble(pair -> figure.applyAsDouble(pair.second()) / figure.applyAsDouble(pair.first()))
                .toArray();
    }

    private RoundResult total(Function<Pair, RoundResult> side) {
        return counted().stream().map(side).reduce(RoundResult::plus).orElseThrow();
    }
}
