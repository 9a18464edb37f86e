package dev.skein.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What Skein means to reach, and whether it does.
 *
 * @param text what is compared
 * @param bound the value to reach
 * @param atLeast whether more is better
 * @param measured the median; empty where it was not measured here
 * @param disturbed whether other programs took the cores in most of the rounds
 */
public record Bar(String text, double bound, boolean atLeast, Optional<Figure> measured, boolean disturbed) {
    private static final String ECHO = "echo";
    private static final String LINES = "lines";
    private static final String LINE = "32 B, 50 connections";
    private static final String[] ECHO_SIZES = {"64 B, 50 connections", "1,024 B, 50 connections"};

    /** Every bar, with what was measured for it. */
    public static List<Bar> of(Results results) {
        List<Bar> bars = new ArrayList<>();
        for (String size : ECHO_SIZES) {
            throughput(bars, results, ECHO, size, "raw", 0.97);
            atMost(bars, results, ECHO, size, "raw", Metric.CPU, 1.04);
            throughput(bars, results, ECHO, size, "reactor-netty", 1.0);
            throughput(bars, results, ECHO, size, "vertx-await", 1.35);
            throughput(bars, results, ECHO, size, "uvloop", 1.2);
            throughput(bars, results, ECHO, size, "asyncio", 1.5);
            throughput(bars, results, ECHO, size, "virtual-threads", 1.15);
            throughput(bars, results, ECHO, size, "tokio", 0.95);
        }
        throughput(bars, results, LINES, LINE, "raw-pipeline", 1.5);
        throughput(bars, results, LINES, LINE, "raw", 0.95);
        throughput(bars, results, LINES, LINE, "uvloop", 3);
        throughput(bars, results, LINES, LINE, "asyncio", 15);
        throughput(bars, results, LINES, LINE, "vertx-await", 2);
        throughput(bars, results, LINES, LINE, "tokio", 0.7);
        throughput(bars, results, "tls", ECHO_SIZES[0], "raw", 0.93);
        atMost(bars, results, "latency", "", "raw", Metric.P99, 1.1);
        bars.add(idle(results));
        atMost(bars, results, "switch", "", "tokio", Metric.TIME, 1.2);
        atMost(bars, results, "switch", "", "uvloop", Metric.TIME, 0.25);
        atMost(bars, results, "spawn", "", "go", Metric.TIME, 0.4);
        atMost(bars, results, "spawn", "", "tokio", Metric.TIME, 1.8);
        atMost(bars, results, "queue", "", "tokio", Metric.TIME, 2);
        atMost(bars, results, "sleepers", "100,000", "tokio", Metric.WALL, 1.5);
        bars.add(parked(results));
        return bars;
    }

    private static void throughput(
            List<Bar> bars, Results results, String scenario, String load, String peer, double bound) {
        add(bars, results, scenario, load, peer, Metric.THROUGHPUT, bound, true);
    }

    private static void atMost(
            List<Bar> bars, Results results, String scenario, String load, String peer, Metric metric, double bound) {
        add(bars, results, scenario, load, peer, metric, bound, false);
    }

    private static void add(
            List<Bar> bars,
            Results results,
            String scenario,
            String load,
            String peer,
            Metric metric,
            double bound,
            boolean atLeast) {
        Optional<Row> row = results.find(scenario, load, peer);
        Optional<Figure> ratio = row.flatMap(found -> found.ratio(metric));
        boolean disturbed = row.filter(Row::isDisturbed).isPresent();
        String where = load.isEmpty() ? scenario : scenario + " " + load;
        bars.add(new Bar(where + ": Skein / " + peer + ", " + metric.label(), bound, atLeast, ratio, disturbed));
    }

    /** A difference, not a ratio. */
    private static Bar idle(Results results) {
        Optional<Figure> more = results.find("idle", "", Row.OURS)
                .flatMap(row -> row.figure(Metric.HELD))
                .flatMap(ours -> results.find("idle", "", "raw")
                        .flatMap(row -> row.figure(Metric.HELD))
                        .map(raw -> Figure.single(ours.median() - raw.median())));
        return new Bar("idle: Skein - raw, bytes per connection", 1_536, false, more, false);
    }

    /** A figure of its own, not a comparison. */
    private static Bar parked(Results results) {
        Optional<Figure> each = results.find("parked", "", Row.OURS).flatMap(row -> row.figure(Metric.HEAP_EACH));
        return new Bar("parked: bytes of heap for each coroutine that waits", 1_024, false, each, false);
    }

    /** Whether it is reached; empty where it was not measured. */
    public Optional<Boolean> isHeld() {
        return measured.map(figure -> atLeast ? figure.median() >= bound : figure.median() <= bound);
    }

    /** Its verdict in a word. */
    String verdict() {
        return isHeld().map(held -> (held ? "held" : "MISSED") + (disturbed ? ", disturbed" : ""))
                .orElse("not measured");
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-17s %s: %s %s",
                verdict(),
                text,
                measured.map(Figure::toString).orElse(""),
                boundText());
    }

    String boundText() {
        return String.format(Locale.ROOT, "%s %s", atLeast ? ">=" : "<=", Figure.rounded(bound));
    }
}
