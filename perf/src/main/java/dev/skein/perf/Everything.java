package dev.skein.perf;

import dev.skein.perf.micro.Micro;
import dev.skein.perf.report.Figure;
import dev.skein.perf.report.Metric;
import dev.skein.perf.report.Row;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/** All scenarios one after the other. */
final class Everything {
    private static final int CONNECTIONS = 50;
    private static final int DEPTH = 16;
    private static final int LINE = 32;

    /** Of the rate at which raw Netty is saturated: where latency is asked for. */
    private static final double PART_OF_SATURATION = 0.7;

    private static final Load SMALL = Load.echo(CONNECTIONS, 64);
    private static final List<Load> ECHOES = List.of(SMALL, Load.echo(CONNECTIONS, 1_024));
    private static final List<Load> MORE_ECHOES =
            List.of(Load.echo(CONNECTIONS, 16_384), Load.echo(1, 64), Load.echo(1_000, 64));
    private static final Load LINES = Load.lines(CONNECTIONS, LINE, DEPTH);

    private final ServerOptions servers;
    private final Effort effort;
    private final Findings findings;
    private final PrintWriter out;

    Everything(ServerOptions servers, Effort effort, Findings findings, PrintWriter out) {
        this.servers = servers;
        this.effort = effort;
        this.findings = findings;
        this.out = out;
    }

    /** About how many rows the report will have. */
    int steps() {
        int echo = echoes().size() * (1 + rivals(Service.ECHO).size());
        int more = effort.isQuick() ? 0 : MORE_ECHOES.size() * 2;
        int coroutines = Micro.values().length * Coroutines.values().length;
        return echo + more + 1 + rivals(Service.LINES).size() + 2 + 2 + 2 + coroutines;
    }

    void run() throws IOException, InterruptedException {
        scenario("echo", Service.ECHO).run(Peer.SKEIN, rivals(Service.ECHO), echoes(), effort::schedule);
        if (!effort.isQuick()) {
            scenario("echo", Service.ECHO).run(Peer.SKEIN, List.of(Peer.RAW), MORE_ECHOES, effort::schedule);
        }
        scenario("lines", Service.LINES).run(Peer.SKEIN, rivals(Service.LINES), List.of(LINES), effort::schedule);
        scenario("tls", Service.TLS)
                .run(Peer.SKEIN, List.of(Peer.RAW), List.of(Load.tls(CONNECTIONS, 64)), effort::schedule);
        latency();
        idle();
        new MicroScenario(bench(), findings, out, effort.coroutines(), effort.coroutines(), effort.divisor())
                .run(List.of(Micro.values()), List.of(Coroutines.values()));
    }

    /** With requests that come at a steady rate, the same for both. */
    private void latency() throws IOException, InterruptedException {
        double saturated = findings.throughput("echo", SMALL, Peer.RAW);
        Load steady = SMALL.withRate((int) (PART_OF_SATURATION * saturated));
        scenario("latency", Service.ECHO).run(Peer.SKEIN, List.of(Peer.RAW), List.of(steady), effort::schedule);
    }

    private void idle() throws IOException, InterruptedException {
        Bench bench = bench().withFlags(Idle.EXACT);
        String load = "%,d connections".formatted(effort.idle());
        for (Peer peer : List.of(Peer.SKEIN, Peer.RAW)) {
            try (Contender server = bench.start(peer, Service.ECHO)) {
                Idle.Result each = Idle.measure(server, effort.idle());
                Map<Metric, Figure> figures = Map.of(Metric.HELD, Figure.single(each.heap() + each.direct()));
                findings.add(new Row("idle", load, peer.toString(), peer.label(), figures, Map.of()));
            }
        }
    }

    private List<Load> echoes() {
        return effort.isQuick() ? List.of(SMALL) : ECHOES;
    }

    private List<Peer> rivals(Service service) {
        List<Peer> quick =
                List.of(Peer.RAW_PIPELINE, Peer.RAW, Peer.VERTX_AWAIT, Peer.ASYNCIO, Peer.UVLOOP, Peer.TOKIO);
        List<Peer> byDefault = effort.isQuick() && service == Service.LINES ? quick : Peer.rivals(service);
        return servers.rivals(service, byDefault.toArray(Peer[]::new));
    }

    private Scenario scenario(String name, Service service) {
        return new Scenario(name, service, bench(), findings, out);
    }

    private Bench bench() {
        return new Bench(servers.transportWord());
    }
}
