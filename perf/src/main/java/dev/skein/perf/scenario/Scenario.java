package dev.skein.perf.scenario;

import dev.skein.perf.load.LoadProcess;
import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.peer.ServerProcess;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Skein against other servers that do the same, one after the other, from the start of their processes to the last line of the
 * report.
 */
public final class Scenario {
    /** How far from 1 the ratio of a server to its own copy may be. */
    private static final double TOLERANCE = 0.03;

    private final String name;
    private final Service service;
    private final TestBed bed;
    private final ResultCollector collector;
    private final PrintWriter out;

    /** Reports to {@code out} and to the collector, under this name. */
    public Scenario(String name, Service service, TestBed bed, ResultCollector collector, PrintWriter out) {
        this.name = name;
        this.service = service;
        this.bed = bed;
        this.collector = collector;
        this.out = out;
    }

    /** How a rival is measured under a load. */
    public interface Planner {
        RoundPlan plan(Peer rival, Workload load);
    }

    /** Measures each rival in turn under the loads for it. One that is missing is skipped, a failure is reported. */
    public void run(Peer ours, List<Peer> rivals, Function<Peer, List<Workload>> loads, Planner planner)
            throws IOException, InterruptedException {
        try (LoadProcess generator = bed.load();
                ServerProcess skein = bed.start(ours, service)) {
            collector.version(ours.label(), ours.program().version());
            for (Peer rival : rivals) {
                Optional<String> missing = rival.program().missing();
                if (missing.isPresent()) {
                    skip(rival, missing.get());
                    continue;
                }
                try {
                    compare(ours, skein, rival, generator, loads.apply(rival), planner);
                } catch (IOException failure) {
                    fail(rival, failure);
                }
            }
        }
    }

    private void fail(Peer rival, IOException failure) {
        collector.fail(name + ", " + rival.label(), failure);
        out.println();
        out.println(rival.label() + ": FAILED, " + failure.getMessage());
        out.flush();
    }

    private void skip(Peer rival, String why) {
        collector.skip(name + ", " + rival.label(), why);
        out.println();
        out.println(rival.label() + ": skipped, " + why);
        out.flush();
    }

    private void compare(
            Peer ours, ServerProcess skein, Peer rival, LoadProcess generator, List<Workload> loads, Planner planner)
            throws IOException, InterruptedException {
        try (ServerProcess other = bed.start(rival, service)) {
            collector.version(rival.label(), rival.program().version());
            for (Workload load : loads) {
                RoundPlan plan = planner.plan(rival, load);
                ComparisonResult comparison = new PairedComparison(other, skein, generator).run(plan, new Report(out));
                collector.add(load, rival, ours, comparison);
            }
        }
    }

    /** Measures each server against a second copy of itself; gives whether all ratios were 1, but for a tolerance. */
    public boolean selfCheck(List<Peer> servers, List<Workload> loads, Planner planner)
            throws IOException, InterruptedException {
        boolean equal = true;
        try (LoadProcess generator = bed.load()) {
            for (Peer server : servers) {
                try (ServerProcess one = bed.start(server, service);
                        ServerProcess copy = bed.start(server, service, server.label() + ", again")) {
                    for (Workload load : loads) {
                        PairedComparison comparison = new PairedComparison(one, copy, generator);
                        equal &= comparison
                                .run(planner.plan(server, load), new Report(out))
                                .isEven(TOLERANCE);
                    }
                }
            }
        }
        out.println(equal ? "self-check: passed" : "self-check: FAILED, the ratios of this run are not reliable");
        out.flush();
        return equal;
    }
}
