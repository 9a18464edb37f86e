package dev.skein.perf;

import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The scenario {@code lines}: several short lines in flight on each connection, read and written one by one. */
@Command(
        name = "lines",
        description =
                "Lines that come back, many in flight: Skein against other servers, each in a process of its own on one core, with a"
                        + " load generator on another.")
final class LinesCommand implements Callable<Integer> {
    private static final int LENGTH = 32;
    private static final int LONGEST = 1 << 15;
    private static final int DEPTH = 16;
    private static final int DEEPEST = 10_000;

    @Mixin
    private DuelOptions options = new DuelOptions();

    @Mixin
    private LineOptions lines = new LineOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        int connections = options.connections(Load.CONNECTIONS);
        int depth = lines.depth(DEEPEST, DEPTH);
        List<Load> loads = lines.loads(LONGEST, LENGTH, length -> Load.lines(connections, length, depth));
        return new ServerScenario(Service.LINES, Peer.SKEIN, options, spec).run(loads, Peer.RAW_PIPELINE, Peer.RAW);
    }
}
