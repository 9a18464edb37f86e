package dev.skein.perf;

import dev.skein.perf.micro.Micro;
import dev.skein.perf.report.Figure;
import dev.skein.perf.report.Metric;
import dev.skein.perf.report.Row;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All scenarios one after the other. */
final class Everything {
    private static final int CONNECTIONS = Load.CONNECTIONS;
    private static final int DEPTH = 16;
    private static final int LINE = 32;

    /** Of the rate at which raw Netty is saturated: where latency is asked for. */
    private static final double PART_OF_SATURATION = 0.7;

    private static final Load SMALL = Load.echo(CONNECTIONS, 64);
    private static final List<Load> ECHOES = List.of(SMALL, Load.echo(CONNECTIONS, 1_024));
    private static final List<Load> MORE_ECHOES =
            List.of(Load.echo(CONNECTIONS, 16_384), Load.echo(1, 64), Load.echo(1_000, 64));
    private static final Load CHAT = Load.chat(1_000, 64, 4);
    private static final Load LINES = Load.lines(CONNECTIONS, LINE, DEPTH);

    // In a quick run; there the other services are measured against Netty alone.
    private static final List<Peer> QUICK_ECHO =
            List.of(Peer.RAW, Peer.VERTX_AWAIT, Peer.REACTOR_NETTY, Peer.UVLOOP, Peer.TOKIO);
    private static final List<Peer> QUICK_LINES =
            List.of(Peer.RAW_PIPELINE, Peer.RAW, Peer.VERTX_AWAIT, Peer.UVLOOP, Peer.TOKIO);
    private static final List<Peer> NETTY = List.of(Peer.RAW);
    private static final String LEFT_OUT = "left out of a quick run, 'all' has it";

    /** Those that connect and close: not two of each library. */
    private static final List<Peer> CHURNING = List.of(
            Peer.RAW,
            Peer.VERTX_AWAIT,
            Peer.REACTOR_NETTY,
            Peer.KOTLINX,
            Peer.VIRTUAL_THREADS,
            Peer.ASYNCIO,
            Peer.UVLOOP,
            Peer.GO,
            Peer.TOKIO);

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
        int servers = 0;
        for (Service service : Service.values()) {
            servers += 1 + rivals(service).size();
        }
        int echoes = (echoes().size() - 1) * (1 + rivals(Service.ECHO).size());
        int more = effort.isQuick() ? 0 : MORE_ECHOES.size() * 2;
        int churn = 1 + churning().size();
        int coroutines = Micro.values().length * Coroutines.values().length;
        return servers + echoes + more + churn + 2 + 2 + coroutines + Growth.steps(effort);
    }

    /** One after the other; one that fails is told, and the others go on. */
    void run() throws InterruptedException {
        findings.bench(bench());
        tellWhatIsLeftOut();
        attempt("echo", () -> duels("echo", Service.ECHO, rivals(Service.ECHO), echoes()));
        if (!effort.isQuick()) {
            attempt("echo", () -> duels("echo", Service.ECHO, List.of(Peer.RAW), MORE_ECHOES));
        }
        attempt("lines", () -> duels("lines", Service.LINES, rivals(Service.LINES), List.of(LINES)));
        attempt("tls", () -> duels("tls", Service.TLS, rivals(Service.TLS), List.of(Load.tls(CONNECTIONS, 64))));
        attempt("http", () -> duels("http", Service.HTTP, rivals(Service.HTTP), List.of(Load.http(CONNECTIONS))));
        attempt("churn", () -> duels("churn", Service.ECHO, churning(), List.of(Load.churn(CONNECTIONS, 64))));
        attempt("chat", () -> duels("chat", Service.CHAT, rivals(Service.CHAT), List.of(CHAT)));
        attempt("latency", this::latency);
        attempt("idle", this::idle);
        attempt(
                "coroutines",
                () -> new MicroScenario(
                                bench(),
                                findings,
                                out,
                                effort.coroutinesWarmUp(),
                                effort.coroutines(),
                                effort.divisor())
                        .run(List.of(Micro.values()), List.of(Coroutines.values())));
        attempt("growth", () -> new Growth(servers.transportWord(), effort, findings, out).run());
    }

    /** Nothing is left out silently, unless {@code --peers} asked for it. */
    void tellWhatIsLeftOut() {
        for (Service service : Service.values()) {
            tellLeftOut(service.toString(), service, rivals(service));
        }
        tellLeftOut("churn", Service.ECHO, churning());
        if (effort.isQuick()) {
            List<Load> others = new ArrayList<>(ECHOES);
            others.addAll(MORE_ECHOES);
            others.removeAll(echoes());
            others.forEach(load -> findings.skip("echo: " + load, LEFT_OUT));
            findings.skip("growth, virtual threads and raw Netty", LEFT_OUT);
        }
    }

    private void tellLeftOut(String scenario, Service service, List<Peer> measured) {
        List<String> others = servers.anyOf(service, Peer.rivals(service)).stream()
                .filter(peer -> !measured.contains(peer))
                .map(Peer::label)
                .toList();
        if (!others.isEmpty()) {
            findings.skip(
                    scenario + ", " + String.join(", ", others),
                    effort.isQuick() ? LEFT_OUT : "left out, '" + scenario + " --peers all' has them");
        }
    }

    /** One scenario. */
    private interface Part {
        void run() throws IOException, InterruptedException;
    }

    private void attempt(String name, Part part) throws InterruptedException {
        try {
            part.run();
        } catch (IOException | RuntimeException failure) {
            findings.fail(name, failure);
            out.println(name + ": FAILED, " + failure);
        }
    }

    private void duels(String name, Service service, List<Peer> rivals, List<Load> loads)
            throws IOException, InterruptedException {
        new Scenario(name, service, bench(), findings, out).run(Peer.SKEIN, rivals, loads, effort::schedule);
    }

    /** With requests that come at a steady rate, the same for both. */
    private void latency() throws IOException, InterruptedException {
        double saturated = findings.throughput("echo", SMALL, Peer.RAW);
        Load steady = SMALL.withRate((int) (PART_OF_SATURATION * saturated));
        duels("latency", Service.ECHO, List.of(Peer.RAW), List.of(steady));
    }

    private void idle() throws IOException, InterruptedException {
        Bench bench = bench().withFlags(Idle.EXACT);
        String load = "%,d connections".formatted(effort.idle());
        for (Peer peer : List.of(Peer.SKEIN, Peer.RAW)) {
            try (Contender server = bench.start(peer, Service.ECHO)) {
                Idle.Result each = Idle.measure(server, effort.idle(), effort.idleLoad());
                Map<Metric, Figure> figures = Map.of(Metric.HELD, Figure.single(each.heap() + each.direct()));
                findings.add(new Row("idle", load, peer.toString(), peer.label(), figures, Map.of()));
            }
        }
    }

    private List<Load> echoes() {
        return effort.isQuick() ? List.of(SMALL) : ECHOES;
    }

    private List<Peer> rivals(Service service) {
        if (!effort.isQuick()) {
            return chosen(service, List.of(Peer.values()));
        }
        return chosen(
                service,
                switch (service) {
                    case ECHO -> QUICK_ECHO;
                    case LINES -> QUICK_LINES;
                    case TLS, HTTP, CHAT -> NETTY;
                });
    }

    private List<Peer> churning() {
        return chosen(Service.ECHO, effort.isQuick() ? NETTY : CHURNING);
    }

    /** Those that have the service; {@code --peers} comes first. */
    private List<Peer> chosen(Service service, List<Peer> byDefault) {
        List<Peer> having =
                Peer.rivals(service).stream().filter(byDefault::contains).toList();
        return servers.anyOf(service, having);
    }

    private Bench bench() {
        return new Bench(servers.transportWord());
    }
}
