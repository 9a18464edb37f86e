package dev.skein.perf.cli;

import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The scenario {@code latency}: how long requests take that come at a steady rate. */
@Command(
        name = "latency",
        description =
                "How long bytes take to come back that are sent at a steady rate, whatever the server does (an open loop):"
                        + " Skein against other servers.")
final class LatencyCommand implements Callable<Integer> {
    private static final int SIZE = 64;
    private static final int LARGEST = 1 << 14;
    private static final int FASTEST = 10_000_000;

    @Mixin
    private PairedOptions options = new PairedOptions();

    @Option(
            names = "--rate",
            paramLabel = "<requests>",
            description = "A second, over all connections. Default: " + Workload.PERCENT_OF_SATURATION
                    + " %% of what the other server answers in a closed loop,"
                    + " found anew before each pair of rounds.")
    private @Nullable Integer rate;

    @Mixin
    private RequestOptions requests = new RequestOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        if (rate != null) {
            Range.require(spec, "--rate", rate, FASTEST);
        }
        int connections = options.connections(Workload.CONNECTIONS);
        List<Workload> loads =
                requests.loads(spec, LARGEST, List.of(SIZE), size -> steady(Workload.echo(connections, size)));
        return new ServerScenario("latency", Service.ECHO, Peer.SKEIN, options, spec).run(loads, Peer.RAW);
    }

    private Workload steady(Workload echo) {
        return rate == null ? echo.belowSaturation() : echo.withRate(rate);
    }
}
