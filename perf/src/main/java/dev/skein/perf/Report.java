package dev.skein.perf;

import java.io.PrintWriter;
import java.util.Locale;

/** The printed form of a {@link Duel}: a line for each round as it ends, the totals, the ratios, the doubts. */
final class Report {
    private static final String HEAD = "%6s  %-10s %11s %8s %8s %9s %12s %7s %6s%n";
    private static final String ROW = "%6s  %-10s %,11.0f %8.0f %8.0f %9.0f %12.2f %6.0f%% %5.0f%%%n";

    private final PrintWriter out;
    private int rounds;

    Report(PrintWriter out) {
        this.out = out;
    }

    void start(Schedule schedule) {
        rounds = 0;
        print("%n%,d B, %d connections%n", schedule.payload(), schedule.connections());
        print(HEAD, "", "", "requests", "p50", "p99", "p99.9", "server CPU", "server", "load");
        print(HEAD, "round", "server", "per second", "us", "us", "us", "us/request", "busy", "busy");
    }

    void round(String server, RoundResult result) {
        rounds++;
        row(Integer.toString(rounds), server, result);
    }

    void end(Comparison comparison) {
        row("all", comparison.first(), comparison.totalOfFirst());
        row("all", comparison.second(), comparison.totalOfSecond());
        print("%s / %s, median (min..max) of %d adjacent pairs:%n", comparison.second(), comparison.first(), comparison.pairs());
        print("  throughput       %s%n", comparison.throughput());
        print("  CPU per request  %s%n", comparison.cpuPerRequest());
        print("  p50 latency      %s%n", comparison.latency(50));
        print("  p99 latency      %s%n", comparison.latency(99));
        for (String doubt : comparison.doubts()) {
            print("! %s%n", doubt);
        }
    }

    private void row(String round, String server, RoundResult result) {
        print(
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
    }

    private void print(String format, Object... values) {
        out.printf(Locale.ROOT, format, values);
        out.flush();
    }
}
