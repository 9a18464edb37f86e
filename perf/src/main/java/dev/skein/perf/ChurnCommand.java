package dev.skein.perf;

import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The scenario {@code churn}: a connection for each request. */
@Command(
        name = "churn",
        description =
                "Connections that are made for one request and closed: Skein against other servers, each in a process of its"
                        + " own on one core, with a load generator on another. --connections is how many there are at once.")
final class ChurnCommand implements Callable<Integer> {
    private static final int SIZE = 64;
    private static final int LARGEST = 1 << 14;

    @Mixin
    private DuelOptions options = new DuelOptions();

    @Mixin
    private RequestOptions requests = new RequestOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        int clients = options.connections(Load.CONNECTIONS);
        List<Load> loads = requests.loads(LARGEST, List.of(SIZE), size -> Load.churn(clients, size));
        return new ServerScenario("churn", Service.ECHO, Peer.SKEIN, options, spec).run(loads, Peer.RAW);
    }
}
