package dev.skein.perf.scenario;

import dev.skein.perf.load.RoundResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/** The printed form of a {@link PairedComparison}: a line for each round as it ends, the totals, the ratios, the doubts. */
final class Report {
    private static final String HEAD = "%6s  %-17s %11s %8s %8s %9s %12s %7s %6s%n";

    @SuppressWarnings("InlineFormatString") // beside the head, column by column
    private static final String ROW = "%6s  %-17s %,11.0f %8.0f %8.0f %9.0f %12.2f %6.0f%% %5.0f%%%n";

    private final PrintWriter out;
    private int rounds;

    Report(PrintWriter out) {
        this.out = out;
    }

    void start(RoundPlan plan) {
        rounds = 0;
        out.printf(Locale.ROOT, "%n%s%n", plan.load());
        out.printf(Locale.ROOT, HEAD, "", "", "requests", "p50", "p99", "p99.9", "server CPU", "server", "load");
        out.printf(Locale.ROOT, HEAD, "round", "server", "per second", "us", "us", "us", "us/request", "busy", "busy");
    }

    void round(String server, RoundResult result) {
        rounds++;
        row(rounds + (result.isDisturbed() ? "~" : " "), server, result);
    }

    /** Of a round that gave nothing. */
    void failed(IOException failure) {
        rounds++;
        out.printf("%5d!  failed: %s%n", rounds, failure.getMessage());
        out.flush();
    }

    void end(ComparisonResult comparison) {
        row("all ", comparison.first(), comparison.totalOfFirst());
        row("all ", comparison.second(), comparison.totalOfSecond());
        printPairs(comparison);
        out.printf(Locale.ROOT, "  throughput       %s%n", comparison.throughput());
        out.printf(Locale.ROOT, "  CPU per request  %s%n", comparison.cpuPerRequest());
        out.printf(Locale.ROOT, "  p50 latency      %s%n", comparison.latency(50));
        out.printf(Locale.ROOT, "  p99 latency      %s%n", comparison.latency(99));
        for (String doubt : comparison.doubts()) {
            out.printf(Locale.ROOT, "! %s%n", doubt);
        }
        out.flush();
    }

    private void printPairs(ComparisonResult comparison) {
        String ratio = comparison.second() + " / " + comparison.first();
        int good = comparison.goodPairs();
        int disturbed = comparison.disturbedPairs();
        if (disturbed == 0) {
            out.printf("%s, median (min..max) of %d pairs of neighbouring rounds:%n", ratio, good);
        } else if (comparison.countsDisturbed()) {
            out.printf(
                    "%s, median (min..max) of %d pairs, %d of them disturbed (~):%n",
                    ratio, good + disturbed, disturbed);
        } else {
            out.printf("%s, median (min..max) of %d pairs, without %d disturbed (~):%n", ratio, good, disturbed);
        }
    }

    private void row(String round, String server, RoundResult result) {
        out.printf(
                Locale.ROOT,
                ROW,
                round,
                server,
                result.requestsPerSecond(),
                result.latency(50),
                result.latency(99),
                result.latency(99.9),
                result.serverCpuPerRequest(),
                result.serverBusy() * 100,
                result.loadBusy() * 100);
        out.flush();
    }
}
