package dev.skein.perf;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A coroutine server against the raw server that does the same, from the start of their processes to the last line of the
 * report; or, as a self-check, the raw server against a second copy of itself.
 */
final class Scenario {
    /** How far from 1 the ratio of a server to its own copy may be. */
    private static final double TOLERANCE = 0.03;

    private static final String HEAP = "1g";

    private final String name;
    private final Peer raw;
    private final Peer coroutine;
    private final DuelOptions options;
    private final PrintWriter out;

    private final Optional<Cores> cores = Cores.find();
    private final List<String> flags = new ArrayList<>(Jvm.flags(Gc.PARALLEL, HEAP));

    Scenario(String name, Peer raw, Peer coroutine, DuelOptions options, PrintWriter out) {
        this.name = name;
        this.raw = raw;
        this.coroutine = coroutine;
        this.options = options;
        this.out = out;
        flags.add("-Dskein.transport=" + options.transportWord());
    }

    /** Measures with each size of payload in turn; gives the exit status, which is 1 for a self-check that failed. */
    int run(List<Integer> payloads) throws IOException, InterruptedException {
        printHead();
        try (Contender first = server("raw", raw);
                Contender second = options.selfCheck() ? server("raw again", raw) : server("coroutine", coroutine);
                Child load = Child.start("load", onCore(cores.map(Cores::load), "load"))) {
            Duel duel = new Duel(first, second, load);
            boolean equal = true;
            for (int payload : payloads) {
                equal &= areEqual(duel.run(options.schedule(payload), new Report(out)));
            }
            return options.selfCheck() ? judge(equal) : 0;
        }
    }

    private Contender server(String label, Peer peer) throws IOException, InterruptedException {
        return Contender.start(label, onCore(cores.map(Cores::server), "serve", peer.toString()));
    }

    private List<String> onCore(Optional<Integer> core, String... args) {
        List<String> command = new ArrayList<>(core.map(Cores::pinnedTo).orElse(List.of()));
        command.addAll(Jvm.command(flags, List.of(args)));
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
        out.println("perf " + name + ": " + (options.selfCheck() ? raw : coroutine) + " / " + raw + ", " + options);
        out.println("Java " + Runtime.version() + ", " + String.join(" ", flags));
        out.println(cores.map(
                        two -> "servers pinned to core " + two.server() + ", load generator to core " + two.load())
                .orElse("! NOT pinned (no taskset, or one core only): servers and load generator share the cores"));
        out.flush();
    }
}
