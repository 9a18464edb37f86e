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

/** The scenario {@code tls}: one request in flight on each connection, in TLS. */
@Command(
        name = "tls",
        description =
                "Bytes that come back in TLS: Skein against other servers, each in a process of its own on one core, with a"
                        + " load generator on another.")
final class TlsCommand implements Callable<Integer> {
    private static final int LARGEST = 1 << 24;

    @Mixin
    private DuelOptions options = new DuelOptions();

    @Option(
            names = "--payload",
            split = ",",
            paramLabel = "<bytes>",
            defaultValue = "64,1024",
            description = "Sizes of a request, each measured in turn. Default: ${DEFAULT-VALUE}.")
    private List<Integer> payloads = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        for (int payload : payloads) {
            Range.require(spec, "--payload", payload, LARGEST);
        }
        List<Load> loads = payloads.stream()
                .map(payload -> Load.tls(options.connections(Load.CONNECTIONS), payload))
                .toList();
        return new ServerScenario(Service.TLS, Peer.SKEIN, options, spec).run(loads, Peer.RAW);
    }
}
