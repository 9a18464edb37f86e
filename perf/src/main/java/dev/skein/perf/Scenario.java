package dev.skein.perf;

import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Skein against other servers that do the same, one after the other, from the start of their processes to the last line of the
 * report; or, as a self-check, a server against a second copy of itself.
 */
final class Scenario {
    /** How far from 1 the ratio of a server to its own copy may be. */
    private static final double TOLERANCE = 0.03;

    private static final String HEAP = "1g";

    private final Service service;
    private final Peer ours;
    private final DuelOptions options;
    private final PrintWriter out;

    private final Optional<Cores> cores = Cores.find();
    private final List<String> flags = new ArrayList<>(Jvm.flags(Gc.PARALLEL, HEAP));

    Scenario(Service service, Peer ours, DuelOptions options, PrintWriter out) {
        this.service = service;
        this.ours = ours;
        this.options = options;
        this.out = out;
        flags.add("-Dskein.transport=" + options.transportWord());
    }

    /** Measures each rival in turn under each load; gives the exit status, which is 1 for a self-check that failed. */
    int run(List<Peer> rivals, List<Load> loads) throws IOException, InterruptedException {
        printHead();
        boolean equal = true;
        try (Child load = Child.start("load", onCore(cores.map(Cores::load), Jvm.command(flags, List.of("load"))));
                Contender skein = start(ours.label(), ours)) {
            for (Peer rival : rivals) {
                Optional<String> missing = rival.program().missing();
                if (missing.isPresent()) {
                    out.println("\n" + rival.label() + ": skipped, " + missing.get());
                } else {
                    equal &= run(rival, skein, loads, load);
                }
            }
        }
        return options.selfCheck() ? judge(equal) : 0;
    }

    private boolean run(Peer rival, Contender skein, List<Load> loads, Child generator)
            throws IOException, InterruptedException {
        try (Contender first = start(rival.label(), rival)) {
            if (!options.selfCheck()) {
                return run(new Duel(first, skein, generator), loads);
            }
            try (Contender copy = start(rival.label() + ", again", rival)) {
                return run(new Duel(first, copy, generator), loads);
            }
        }
    }

    private boolean run(Duel duel, List<Load> loads) throws IOException, InterruptedException {
        boolean equal = true;
        for (Load load : loads) {
            equal &= areEqual(duel.run(options.schedule(load), new Report(out)));
        }
        return equal;
    }

    private Contender start(String label, Peer peer) throws IOException, InterruptedException {
        List<String> command = peer.program().command(flags, service.toString());
        return Contender.start(
                label, onCore(cores.map(Cores::server), command), peer.program().isJvm());
    }

    private static List<String> onCore(Optional<Integer> core, List<String> program) {
        List<String> command = new ArrayList<>(core.map(Cores::pinnedTo).orElse(List.of()));
        command.addAll(program);
        return command;
    }

    private static boolean areEqual(Comparison comparison) {
        return nearOne(comparison.throughput()) && nearOne(comparison.cpuPerRequest());
    }

    private static boolean nearOne(Spread ratio) {
        return Math.abs(ratio.median() - 1) <= TOLERANCE;
    }

    private int judge(boolean equal) {
        out.println(
                equal
                        ? "self-check: passed"
                        : "self-check: FAILED, ratios measured here and now are not to be trusted");
        out.flush();
        return equal ? 0 : 1;
    }

    private void printHead() {
        out.println("perf " + service + ", " + options);
        out.println("Java " + Runtime.version() + ", " + String.join(" ", flags));
        out.println(cores.map(
                        two -> "servers pinned to core " + two.server() + ", load generator to core " + two.load())
                .orElse("! NOT pinned (no taskset, or one core only): servers and load generator share the cores"));
        out.flush();
    }
}
