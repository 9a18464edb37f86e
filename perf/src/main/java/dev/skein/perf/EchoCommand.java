package dev.skein.perf;

import dev.skein.loop.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The scenario {@code echo}: the coroutine echo server against a Netty handler that does the same. */
@Command(
        name = "echo",
        description = "Measures the coroutine echo server against a raw Netty handler, each in a JVM of its own on one core,"
                + " with a load generator on another.")
final class EchoCommand implements Callable<Integer> {
    /** How far from 1 the ratio of a server to its own copy may be. */
    private static final double SELF_CHECK_TOLERANCE = 0.03;

    private static final String HEAP = "1g";

    @Option(
            names = "--transport",
            paramLabel = "<transport>",
            description = "Of both servers: nio, epoll or io_uring. Default: epoll where it is available.")
    private @Nullable Transport transport;

    @Option(
            names = "--connections",
            defaultValue = "50",
            description = "Connections, each with one request in flight. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--payload",
            split = ",",
            paramLabel = "<bytes>",
            defaultValue = "64,1024,16384",
            description = "Sizes of a request, each measured in turn. Default: ${DEFAULT-VALUE}.")
    private List<Integer> payloads = new ArrayList<>();

    @Option(
            names = "--pairs",
            defaultValue = "8",
            description = "Pairs of rounds for each size. Default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Option(names = "--seconds", defaultValue = "3", description = "Length of a round. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "6",
            description = "Seconds of load on each server before its first round. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--self-check",
            description = "Measures the raw handler against a second copy of itself; fails unless the ratios are 1.00 +- 0.03.")
    private boolean selfCheck;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        validate();
        Optional<Cores> cores = Cores.find();
        PrintWriter out = spec.commandLine().getOut();
        printHead(out, cores);
        List<String> flags = new ArrayList<>(Jvm.flags(Gc.PARALLEL, HEAP));
        flags.add("-Dskein.transport=" + word(transport()));
        try (Contender raw = server("raw", Peer.RAW_ECHO, flags, cores);
                Contender other = selfCheck
                        ? server("raw again", Peer.RAW_ECHO, flags, cores)
                        : server("coroutine", Peer.COROUTINE_ECHO, flags, cores);
                Child load = Child.start("load", onCore(cores.map(Cores::load), Jvm.command(flags, List.of("load"))))) {
            return play(new Duel(raw, other, load), new Report(out), out);
        }
    }

    private int play(Duel duel, Report report, PrintWriter out) throws IOException, InterruptedException {
        boolean passed = true;
        for (int payload : payloads) {
            Comparison comparison = duel.run(
                    new Schedule(connections, payload, pairs, Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds)),
                    report);
            passed &= nearOne(comparison.throughput()) && nearOne(comparison.cpuPerRequest());
        }
        if (!selfCheck) {
            return 0;
        }
        out.println(passed ? "self-check: passed" : "self-check: FAILED, the ratios of this machine are not to be trusted");
        return passed ? 0 : 1;
    }

    private static boolean nearOne(Spread ratio) {
        return Math.abs(ratio.median() - 1) <= SELF_CHECK_TOLERANCE;
    }

    private static Contender server(String name, Peer peer, List<String> flags, Optional<Cores> cores)
            throws IOException, InterruptedException {
        return Contender.start(
                name, onCore(cores.map(Cores::server), Jvm.command(flags, List.of("serve", peer.toString()))));
    }

    private static List<String> onCore(Optional<Integer> core, List<String> command) {
        List<String> words = new ArrayList<>(core.map(Cores::pinnedTo).orElse(List.of()));
        words.addAll(command);
        return words;
    }

    private void validate() {
        require("--connections", connections, 10_000);
        for (int payload : payloads) {
            require("--payload", payload, 1 << 24);
        }
        require("--pairs", pairs, 1_000);
        require("--seconds", seconds, 600);
        require("--warm-up", warmUp, 600);
        transport().unavailabilityCause().ifPresent(cause -> {
            throw new ParameterException(
                    spec.commandLine(), "--transport: " + word(transport()) + " is not available here: " + cause.getMessage());
        });
    }

    private void require(String option, int value, int max) {
        if (value < 1 || value > max) {
            throw new ParameterException(
                    spec.commandLine(), "%s: %d is not between 1 and %d".formatted(option, value, max));
        }
    }

    private Transport transport() {
        return transport == null ? Transport.preferred() : transport;
    }

    private static String word(Transport transport) {
        return transport.name().toLowerCase(Locale.ROOT);
    }

    private void printHead(PrintWriter out, Optional<Cores> cores) {
        out.printf(
                "perf echo: %s, %d pairs of rounds of %d s, %d s of warm-up, Java %s, flags %s%n",
                word(transport()), pairs, seconds, warmUp, Runtime.version(), Jvm.flags(Gc.PARALLEL, HEAP));
        out.println(cores.map(two -> "servers pinned to core " + two.server() + ", load generator to core " + two.load())
                .orElse("! NOT pinned (no taskset, or one core only): servers and load generator compete for the cores"));
        out.flush();
    }
}
