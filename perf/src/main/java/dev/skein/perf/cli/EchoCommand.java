package dev.skein.perf.cli;

import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.LoadProgram;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The scenario {@code echo}: one request in flight on each connection. */
@Command(
        name = "echo",
        description =
                "Bytes that come back: Skein against other servers, each in a process of its own on one core, with a"
                        + " load generator on another.")
final class EchoCommand implements Callable<Integer> {
    private static final List<Integer> SIZES = List.of(64, 1_024, 16_384);
    private static final int LARGEST = 1 << 24;

    @Mixin
    private PairedOptions options = new PairedOptions();

    @Mixin
    private RequestOptions requests = new RequestOptions();

    @Option(names = "--bytes", description = "The coroutine copies what it reads into an array, as most programs do.")
    private boolean bytes;

    @Option(
            names = "--load",
            paramLabel = "<language>",
            defaultValue = "java",
            description =
                    "The load generator: java, or c, which costs less and is built with cc. Default: ${DEFAULT-VALUE}.")
    private LoadProgram load = LoadProgram.JAVA;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        int connections = options.connections(Workload.CONNECTIONS);
        List<Workload> loads = requests.loads(spec, LARGEST, SIZES, size -> Workload.echo(connections, size));
        Peer ours = bytes ? Peer.SKEIN_BYTES : Peer.SKEIN;
        return new ServerScenario(Service.ECHO, ours, options, spec)
                .withLoad(load)
                .run(loads, Peer.RAW);
    }
}
