package dev.skein.perf;

import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The scenario {@code http}: a greeting for each request, on connections that stay. */
@Command(
        name = "http",
        description =
                "A greeting for each request, as HTTP/1.1: Skein against other servers, each in a process of its own on one"
                        + " core, with a load generator on another.")
final class HttpCommand implements Callable<Integer> {
    @Mixin
    private DuelOptions options = new DuelOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        return new ServerScenario(Service.HTTP, Peer.SKEIN, options, spec)
                .run(List.of(Load.http(options.connections(Load.CONNECTIONS))), Peer.RAW);
    }
}
