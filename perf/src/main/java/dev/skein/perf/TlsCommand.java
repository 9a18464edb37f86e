package dev.skein.perf;

import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The scenario {@code tls}: one request in flight on each connection, in TLS. */
@Command(
        name = "tls",
        description =
                "Bytes that come back in TLS: Skein against other servers, each in a process of its own on one core, with a"
                        + " load generator on another.")
final class TlsCommand implements Callable<Integer> {
    private static final List<Integer> SIZES = List.of(64, 1_024);
    private static final int LARGEST = 1 << 24;

    @Mixin
    private DuelOptions options = new DuelOptions();

    @Mixin
    private RequestOptions requests = new RequestOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        int connections = options.connections(Load.CONNECTIONS);
        List<Load> loads = requests.loads(LARGEST, SIZES, size -> Load.tls(connections, size));
        return new ServerScenario(Service.TLS, Peer.SKEIN, options, spec).run(loads, Peer.RAW);
    }
}
