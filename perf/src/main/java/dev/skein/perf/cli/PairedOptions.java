package dev.skein.perf.cli;

import dev.skein.perf.load.Workload;
import dev.skein.perf.scenario.RetryBudget;
import dev.skein.perf.scenario.RoundPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every scenario that measures two servers against each other. */
final class PairedOptions {
    private static final int MOST_PAIRS = 3;

    @Mixin
    private ServerOptions servers = new ServerOptions();

    @Option(names = "--connections", description = "Connections. Default: 50; of chat 1,000.")
    private @Nullable Integer connections;

    @Option(
            names = "--pairs",
            defaultValue = "24",
            description =
                    "Pairs of rounds for each size; a pair that other programs disturbed is measured again, up to three"
                            + " times as many in all. Default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Option(names = "--seconds", defaultValue = "1", description = "Length of a round. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            description =
                    "Seconds of load on each server before its first round at most; it ends when the server gets no"
                            + " faster. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--self-check",
            description =
                    "Measures each rival against a second copy of itself; fails unless the ratios are 1.00 +- 0.03.")
    private boolean selfCheck;

    @Option(
            names = "--profile",
            paramLabel = "<directory>",
            description =
                    "Records the servers that run in a JVM, and writes flame graphs of their time and of what they"
                            + " allocate there. The figures of such a run are those of servers that are recorded.")
    private @Nullable Path profile;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /**
     * Checks the numbers, and that the transport can be had here.
     *
     * @throws picocli.CommandLine.ParameterException if not, with the option and its value
     */
    void validate() {
        Range.require(command, "--connections", connections(1), 10_000);
        Range.require(command, "--pairs", pairs, 1_000);
        Range.require(command, "--seconds", seconds, 0.1, 600);
        Range.require(command, "--warm-up", warmUp, 600);
        servers.validate();
    }

    boolean selfCheck() {
        return selfCheck;
    }

    ServerOptions servers() {
        return servers;
    }

    /** Where profiles go, if they are asked for. */
    @Nullable
    Path profile() {
        return profile;
    }

    JsonOption json() {
        return json;
    }

    int connections(int byDefault) {
        return connections == null ? byDefault : connections;
    }

    RoundPlan plan(Workload load) {
        Duration round = Duration.ofMillis((long) (seconds * 1_000));
        return new RoundPlan(
                load, pairs, MOST_PAIRS * pairs, RetryBudget.unlimited(), Duration.ofSeconds(warmUp), round);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, %d pairs of rounds of %.1f s, up to %d s of warm-up",
                servers,
                pairs,
                seconds,
                warmUp);
    }
}
