package dev.skein.perf.cli;

import dev.skein.perf.peer.Peer;
import dev.skein.perf.peer.ServerProcess;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.scenario.Idle;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The scenario {@code idle}: what a connection weighs. */
@Command(name = "idle", description = "How much memory an idle connection takes: Skein and other servers.")
final class IdleCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions servers = new ServerOptions();

    @Option(names = "--connections", defaultValue = "10000", description = "How many. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        servers.validate();
        Range.require(spec, "--connections", connections, 25_000);
        PrintWriter out = spec.commandLine().getOut();
        TestBed bed = servers.bed(spec).withFlags(Idle.EXACT);
        out.printf(Locale.ROOT, "perf idle: %,d connections to an echo server, %s%n", connections, servers);
        out.println(bed);
        out.printf(Locale.ROOT, "%nbytes of each, after one exchange of 64 B%n");
        out.printf(Locale.ROOT, "%-17s %10s %10s %10s %12s%n", "server", "heap", "direct", "both", "resident");
        Idle.Result ours = row(out, Peer.SKEIN, bed);
        for (Peer peer : servers.rivals(Service.ECHO, Peer.RAW)) {
            Optional<String> missing = peer.program().missing();
            if (missing.isPresent()) {
                out.printf("%-17s skipped, %s%n", peer.label(), missing.get());
                continue;
            }
            Idle.Result theirs = row(out, peer, bed);
            if (peer == Peer.RAW) {
                double more = ours.heap() + ours.direct() - theirs.heap() - theirs.direct();
                out.printf(Locale.ROOT, "Skein - raw Netty, heap and direct: %,.0f B each%n", more);
            }
        }
        out.flush();
        return 0;
    }

    private Idle.Result row(PrintWriter out, Peer peer, TestBed bed) throws IOException, InterruptedException {
        try (ServerProcess server = bed.start(peer, Service.ECHO)) {
            Idle.Result each = Idle.measure(server, connections, Idle.LOAD);
            out.printf(
                    Locale.ROOT,
                    "%-17s %,10.0f %,10.0f %,10.0f %,12.0f%n",
                    peer.label(),
                    each.heap(),
                    each.direct(),
                    each.heap() + each.direct(),
                    each.resident());
            out.flush();
            return each;
        }
    }
}
