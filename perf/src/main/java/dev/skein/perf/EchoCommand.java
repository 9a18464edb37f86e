package dev.skein.perf;

import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.ArrayList;
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
    private static final int LARGEST = 1 << 24;

    @Mixin
    private DuelOptions options = new DuelOptions();

    @Option(
            names = "--payload",
            split = ",",
            paramLabel = "<bytes>",
            defaultValue = "64,1024,16384",
            description = "Sizes of a request, each measured in turn. Default: ${DEFAULT-VALUE}.")
    private List<Integer> payloads = new ArrayList<>();

    @Option(names = "--bytes", description = "The coroutine copies what it reads into an array, as most programs do.")
    private boolean bytes;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        for (int payload : payloads) {
            Range.require(spec, "--payload", payload, LARGEST);
        }
        List<Load> loads = payloads.stream()
                .map(payload -> Load.echo(options.connections(Load.CONNECTIONS), payload))
                .toList();
        Peer ours = bytes ? Peer.SKEIN_BYTES : Peer.SKEIN;
        return new ServerScenario(Service.ECHO, ours, options, spec).run(loads, Peer.RAW);
    }
}
