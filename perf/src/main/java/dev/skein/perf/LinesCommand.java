package dev.skein.perf;

import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The scenario {@code lines}: several short lines in flight on each connection, read and written one by one. */
@Command(
        name = "lines",
        description =
                "Lines that come back, many in flight: Skein against other servers, each in a process of its own on one core, with a"
                        + " load generator on another.")
final class LinesCommand implements Callable<Integer> {
    private static final int LONGEST = 1 << 15;
    private static final int DEEPEST = 10_000;

    @Mixin
    private DuelOptions options = new DuelOptions();

    @Option(
            names = "--payload",
            paramLabel = "<bytes>",
            defaultValue = "32",
            description = "Length of a line with its end. Default: ${DEFAULT-VALUE}.")
    private int payload;

    @Option(
            names = "--depth",
            defaultValue = "16",
            description = "Lines in flight on each connection. Default: ${DEFAULT-VALUE}.")
    private int depth;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        Range.require(spec, "--payload", payload, LONGEST);
        Range.require(spec, "--depth", depth, DEEPEST);
        Load load = Load.lines(options.connections(Load.CONNECTIONS), payload, depth);
        return new ServerScenario(Service.LINES, Peer.SKEIN, options, spec)
                .run(List.of(load), Peer.RAW_PIPELINE, Peer.RAW);
    }
}
