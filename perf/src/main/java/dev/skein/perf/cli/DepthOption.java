package dev.skein.perf.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The option of every scenario that sends lines, of which several are on their way. */
final class DepthOption {
    @Option(
            names = "--depth",
            description = "Lines in flight: of chat in all, else on each connection. Default: 16; of chat 4.")
    private @Nullable Integer depth;

    /**
     * How many lines are in flight.
     *
     * @throws picocli.CommandLine.ParameterException of {@code command}, if it is not between 1 and {@code deepest}
     */
    int depth(CommandSpec command, int deepest, int byDefault) {
        int lines = depth == null ? byDefault : depth;
        Range.require(command, "--depth", lines, deepest);
        return lines;
    }
}
