package dev.skein.perf.scenario;

import dev.skein.perf.load.RoundResult;
import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.report.Figure;
import dev.skein.perf.report.Metric;
import dev.skein.perf.report.Results;
import dev.skein.perf.report.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Gathers what the scenarios of one run find, until it becomes {@link Results}. */
public final class ResultCollector {
    private static final double MEGABYTE = 1 << 20;

    private final String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    private final Map<String, String> machine = Machine.describe();
    private final List<Row> rows = new ArrayList<>();
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final Set<String> skipped = new LinkedHashSet<>();
    private final Set<String> failed = new LinkedHashSet<>();
    private final Set<String> doubts = new LinkedHashSet<>();
    private final Set<String> disturbed = new LinkedHashSet<>();
    private final Set<String> cold = new LinkedHashSet<>();
    private Consumer<String> onRow = row -> {};

    /** What a comparison told of the rival; and, in its first comparison, of Skein. */
    void add(Workload load, Peer rival, Peer ours, ComparisonResult comparison) {
        String scenario = load.scenario();
        if (rows.stream()
                .noneMatch(row -> row.scenario().equals(scenario)
                        && row.load().equals(load.toString())
                        && row.peer().equals(ours.toString()))) {
            rows.add(new Row(
                    scenario,
                    load.toString(),
                    ours.toString(),
                    ours.label(),
                    figures(comparison.resultsOfSecond(), comparison.disturbedShare()),
                    Map.of()));
        }
        add(new Row(
                scenario,
                load.toString(),
                rival.toString(),
                rival.label(),
                figures(comparison.resultsOfFirst(), comparison.disturbedShare()),
                ratios(comparison)));
        String name = scenario + ", " + load + ", " + rival.label();
        if (comparison.countsDisturbed()) {
            disturbed.add("%s (%.0f %%)".formatted(name, comparison.disturbedShare() * 100));
        }
        comparison.moreDoubts().forEach(doubt -> doubts.add(name + ": " + doubt));
    }

    /** What a comparison told of two servers neither of which is Skein, for a scenario of its own: each with a word and a label. */
    void add(String scenario, Workload load, List<String> words, ComparisonResult comparison) {
        List<List<RoundResult>> rounds = List.of(comparison.resultsOfFirst(), comparison.resultsOfSecond());
        List<String> labels = List.of(comparison.first(), comparison.second());
        for (int i = 0; i < words.size(); i++) {
            Map<Metric, Figure> figures = figures(rounds.get(i), comparison.disturbedShare());
            add(new Row(scenario, load.toString(), words.get(i), labels.get(i), figures, Map.of()));
        }
    }

    /** That other programs ran is reported once, for all rounds that they disturbed. */
    private List<String> allDoubts() {
        List<String> all = new ArrayList<>(doubts);
        if (!disturbed.isEmpty()) {
            all.addFirst(
                    "In these pairs of rounds other programs took the cores, and neither the server nor the load generator had"
                            + " one to itself. Their figures are not reliable; measure again on a quiet machine: "
                            + String.join("; ", disturbed) + ".");
        }
        if (!cold.isEmpty()) {
            all.add("Still getting faster at the end of their warm-up; longer runs may show them faster: "
                    + String.join("; ", cold) + ".");
        }
        return List.copyOf(all);
    }

    void add(Row row) {
        rows.add(row);
        onRow.accept(row.scenario());
    }

    /** Has the scenario of each row told that is added from now on. */
    public void onRow(Consumer<String> listener) {
        onRow = listener;
    }

    void skip(String what, String why) {
        skipped.add(what + ": " + why);
    }

    /** Tells that something could not be measured although everything for it is there. */
    void fail(String what, Exception failure) {
        failed.add(what + ": " + (failure instanceof IOException ? failure.getMessage() : failure.toString()));
    }

    public boolean hasFailures() {
        return !failed.isEmpty();
    }

    /** In most of its rounds a program on this runtime had no core of its own. */
    void disturbed(String what, double share) {
        disturbed.add("%s (%.0f %%)".formatted(what, share * 100));
    }

    /** The warm-up of a program on this runtime ended before it was warm. */
    void cold(String what) {
        cold.add(what);
    }

    /** What a reader must know of it. */
    public void doubt(String doubt) {
        doubts.add(doubt);
    }

    /** Tells how servers and load generator are run. */
    public void bed(TestBed bed) {
        machine.put("run with", String.join("; ", bed.toString().lines().toList()));
    }

    void version(String label, String version) {
        versions.putIfAbsent(label, version);
    }

    public Results results(String commands) {
        return new Results(
                date, commands, machine, versions, rows, List.copyOf(skipped), List.copyOf(failed), allDoubts());
    }

    private static Map<Metric, Figure> figures(List<RoundResult> rounds, double disturbed) {
        Map<Metric, Figure> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.DISTURBED, Figure.single(disturbed * 100));
        for (Metric metric : List.of(
                Metric.THROUGHPUT,
                Metric.CPU,
                Metric.P50,
                Metric.P99,
                Metric.ALLOCATED,
                Metric.COLLECTING,
                Metric.RESIDENT,
                Metric.SERVER_BUSY,
                Metric.LOAD_BUSY)) {
            double[] values =
                    rounds.stream().mapToDouble(round -> value(metric, round)).toArray();
            Figure figure = Figure.of(values);
            if (figure.high() > 0) {
                figures.put(metric, figure);
            }
        }
        return figures;
    }

    private static Map<Metric, Figure> ratios(ComparisonResult comparison) {
        Map<Metric, Figure> ratios = new EnumMap<>(Metric.class);
        for (Metric metric : List.of(Metric.THROUGHPUT, Metric.CPU, Metric.P50, Metric.P99)) {
            ratios.put(metric, Figure.of(comparison.ratios(round -> value(metric, round))));
        }
        return ratios;
    }

    private static double value(Metric metric, RoundResult round) {
        return switch (metric) {
            case THROUGHPUT -> round.requestsPerSecond();
            case CPU -> round.serverCpuPerRequest();
            case P50 -> round.latency(50);
            case P99 -> round.latency(99);
            case ALLOCATED -> round.server().allocated();
            case COLLECTING -> round.server().collecting();
            case RESIDENT -> round.server().resident() / MEGABYTE;
            case SERVER_BUSY -> round.serverBusy() * 100;
            case LOAD_BUSY -> round.loadBusy() * 100;
            case HELD, HEAP_EACH, TIME, WALL, CPU_EACH, GROWTH, DISTURBED ->
                throw new IllegalArgumentException("not measured in a round: " + metric);
        };
    }

    /** The machine this runs on, as far as Linux tells. */
    private static final class Machine {
        private static final Path CPUS = Path.of("/proc/cpuinfo");
        private static final Path SYSTEM = Path.of("/etc/os-release");

        private Machine() {}

        static Map<String, String> describe() {
            Map<String, String> machine = new LinkedHashMap<>();
            machine.put("processor", value(CPUS, "model name", ":"));
            machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
            machine.put("system", value(SYSTEM, "PRETTY_NAME", "="));
            machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
            machine.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
            return machine;
        }

        private static String value(Path file, String name, String separator) {
            try {
                return Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith(name))
                        .findFirst()
                        .map(line -> line.substring(line.indexOf(separator) + 1)
                                .replace("\"", "")
                                .strip())
                        .orElse("unknown");
            } catch (IOException notLinux) {
                return "unknown";
            }
        }
    }
}
