package dev.skein.perf;

import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every scenario that sends lines, of which several are on their way. */
final class LineOptions {
    @Mixin
    private RequestOptions requests = new RequestOptions();

    @Option(
            names = "--depth",
            description = "Lines in flight: of chat in all, else on each connection. Default: 16; of chat 4.")
    private @Nullable Integer depth;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /**
     * How many lines are in flight.
     *
     * @throws picocli.CommandLine.ParameterException if it is not between 1 and {@code deepest}
     */
    int depth(int deepest, int byDefault) {
        int lines = depth == null ? byDefault : depth;
        Range.require(command, "--depth", lines, deepest);
        return lines;
    }

    /** As {@link RequestOptions#loads}, for one size by default. */
    List<Load> loads(int longest, int byDefault, IntFunction<Load> ofSize) {
        return requests.loads(longest, List.of(byDefault), ofSize);
    }
}
