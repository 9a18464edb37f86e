package dev.skein.perf.scenario;

import dev.skein.perf.load.LoadProcess;
import dev.skein.perf.load.Round;
import dev.skein.perf.load.Workload;
import dev.skein.perf.micro.Micro;
import dev.skein.perf.peer.CoroutineRuntime;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.peer.ServerProcess;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.process.ChildProcess;
import dev.skein.perf.process.ProcessCpu;
import dev.skein.perf.report.Figure;
import dev.skein.perf.report.Metric;
import dev.skein.perf.report.Row;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What one operation costs at 1, 10 and 100 times a size: tasks, timers, connections, members of a room. Where something
 * hidden goes through all of them, the cost of one grows with their number.
 *
 * <p>It is CPU time of the process, so that a restless machine matters little. Caches make everything dearer among many;
 * therefore another library is measured in the same way.
 */
public final class Growth {
    private static final List<Integer> FACTORS = List.of(1, 10, 100);

    /** What is more is worth a word. */
    private static final double SUSPICIOUS = 2;

    private static final int CONNECTIONS = 10;
    private static final int PAYLOAD = 64;
    private static final int LINES_ON_THEIR_WAY = 4;

    private final TestBed bed;
    private final RunBudget budget;
    private final ResultCollector collector;
    private final PrintWriter out;

    public Growth(TestBed bed, RunBudget budget, ResultCollector collector, PrintWriter out) {
        this.bed = bed;
        this.budget = budget;
        this.collector = collector;
        this.out = out;
    }

    /** About how many rows the report will have. */
    static int steps(RunBudget budget) {
        return (budget.isQuick() ? 3 : 8) * FACTORS.size();
    }

    /** Measures all; a failure is reported, and the rest runs. */
    public void run() throws InterruptedException {
        for (CoroutineRuntime runtime : withOther(CoroutineRuntime.SKEIN, CoroutineRuntime.VIRTUAL_THREADS)) {
            attempt("tasks and timers, " + runtime.label(), () -> programs(runtime));
        }
        for (Peer peer : withOther(Peer.SKEIN, Peer.RAW)) {
            attempt("connections, " + peer.label(), () -> connections(peer));
            if (!budget.isQuick()) {
                attempt("members of a room, " + peer.label(), () -> rooms(peer));
            }
        }
    }

    /** A quick run has no time for the other. */
    private <T> List<T> withOther(T ours, T other) {
        return budget.isQuick() ? List.of(ours) : List.of(ours, other);
    }

    /** A part of it. */
    private interface Part {
        void run() throws IOException, InterruptedException;
    }

    /** What one operation costs at a size, in nanoseconds of CPU time. */
    private interface Cost {
        double each(int size) throws IOException, InterruptedException;
    }

    private void attempt(String what, Part part) throws InterruptedException {
        try {
            part.run();
        } catch (IOException failure) {
            collector.fail("growth of " + what, failure);
            out.println("growth of " + what + ": FAILED, " + failure.getMessage());
        }
    }

    private void programs(CoroutineRuntime runtime) throws IOException, InterruptedException {
        List<String> heap = MicroScenario.heap(budget.divisor());
        try (ChildProcess child = bed.withFlags(heap).start(runtime)) {
            measure(
                    "tasks",
                    runtime.toString(),
                    runtime.label(),
                    base(Micro.TASKS),
                    size -> cost(child, Micro.TASKS, size));
            measure(
                    "timers",
                    runtime.toString(),
                    runtime.label(),
                    base(Micro.CANCEL),
                    size -> cost(child, Micro.CANCEL, size));
        }
    }

    private int base(Micro program) {
        return Math.max(Micro.WAVE, program.count() / FACTORS.getLast() / budget.divisor());
    }

    private static double cost(ChildProcess child, Micro program, int size) throws IOException, InterruptedException {
        ProcessCpu cpu = new ProcessCpu(child.pid());
        cpu.mark();
        MicroScenario.play(child, program, size);
        return (double) cpu.nanosSinceMark() / size;
    }

    private void connections(Peer peer) throws IOException, InterruptedException {
        servers("connections", peer, Service.ECHO, size -> Workload.echo(size, PAYLOAD));
    }

    private void rooms(Peer peer) throws IOException, InterruptedException {
        servers("members of a room", peer, Service.CHAT, size -> Workload.chat(size, PAYLOAD, LINES_ON_THEIR_WAY));
    }

    private void servers(String what, Peer peer, Service service, IntFunction<Workload> loads)
            throws IOException, InterruptedException {
        try (LoadProcess generator = bed.load();
                ServerProcess server = bed.start(peer, service)) {
            measure(what, peer.toString(), peer.label(), CONNECTIONS, size -> {
                Round round = budget.plan(loads.apply(size), 1, RetryBudget.unlimited())
                        .measure(server);
                return generator.play(round).serverCpuPerRequest() * 1e3;
            });
        }
    }

    /** The sizes take turns, so that the growth of a round compares neighbours in time. */
    private void measure(String what, String peer, String label, int base, Cost cost)
            throws IOException, InterruptedException {
        List<double[]> rounds = new ArrayList<>();
        warmUp(base, cost);
        for (int round = 0; round < budget.growthRounds(); round++) {
            double[] costs = new double[FACTORS.size()];
            for (int i = 0; i < costs.length; i++) {
                costs[i] = cost.each(base * FACTORS.get(i));
            }
            rounds.add(costs);
        }
        for (int i = 0; i < FACTORS.size(); i++) {
            int column = i;
            Figure each = Figure.of(
                    rounds.stream().mapToDouble(costs -> costs[column]).toArray());
            Figure growth = Figure.of(rounds.stream()
                    .mapToDouble(costs -> costs[column] / costs[0])
                    .toArray());
            report(what, peer, label, base * FACTORS.get(i), each, growth);
        }
    }

    private void warmUp(int base, Cost cost) throws IOException, InterruptedException {
        for (int factor : FACTORS) {
            long end = System.nanoTime() + warmUpOfEach().toNanos();
            do {
                cost.each(base * factor);
            } while (System.nanoTime() < end);
        }
    }

    private Duration warmUpOfEach() {
        return budget.warmUp().dividedBy(2L * FACTORS.size());
    }

    private void report(String what, String peer, String label, int size, Figure each, Figure growth) {
        String count = "%,d".formatted(size);
        Map<Metric, Figure> figures = Map.of(Metric.CPU_EACH, each, Metric.GROWTH, growth);
        collector.add(new Row("growth of " + what, "", peer + " " + count, label + ", " + count, figures, Map.of()));
        out.printf(
                Locale.ROOT, "%-18s %-26s %-28s ns of CPU each, growth %s%n", what, label + ", " + count, each, growth);
        out.flush();
        if (peer.equals(Row.OURS) && growth.low() > SUSPICIOUS) {
            collector.doubt("growth of %s: among %s one costs %s times as much; %s"
                    .formatted(
                            what,
                            count,
                            Figure.rounded(growth.median()),
                            budget.isQuick()
                                    ? "'growth' measures another library beside it"
                                    : "compare the other library's growth"));
        }
    }
}
