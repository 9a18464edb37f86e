package dev.skein.perf.scenario;

import dev.skein.loop.Transport;
import dev.skein.perf.load.Workload;
import dev.skein.perf.micro.Micro;
import dev.skein.perf.peer.CoroutineRuntime;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.peer.PeerChoice;
import dev.skein.perf.peer.ServerProcess;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.process.Protocol;
import dev.skein.perf.report.Figure;
import dev.skein.perf.report.Metric;
import dev.skein.perf.report.Row;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** All scenarios one after the other. */
public final class AllScenarios {
    private static final int CONNECTIONS = Workload.CONNECTIONS;
    private static final int DEPTH = 16;
    private static final int LINE = 32;

    /** The part of the pairs of others: a ratio far from its bound need not be so exact. */
    private static final int FAR = 3;

    private static final Workload SMALL = Workload.echo(CONNECTIONS, 64);
    private static final Workload MEDIUM = Workload.echo(CONNECTIONS, 1_024);
    private static final List<Workload> MORE_ECHOES =
            List.of(Workload.echo(CONNECTIONS, 16_384), Workload.echo(1, 64), Workload.echo(1_000, 64));
    private static final Workload LINES = Workload.lines(CONNECTIONS, LINE, DEPTH);
    private static final Workload TLS = Workload.tls(CONNECTIONS, 64);
    private static final Workload CHURN = Workload.churn(CONNECTIONS, 64);

    private static final Set<Peer> CLOSE_IN_ECHO =
            Set.of(Peer.RAW, Peer.REACTOR_NETTY, Peer.VIRTUAL_THREADS, Peer.TOKIO);

    /** The peers of Skein's bars: it means to equal them, or to come near. */
    private static final Map<Workload, Set<Peer>> CLOSE = Map.of(
            SMALL,
            CLOSE_IN_ECHO,
            MEDIUM,
            CLOSE_IN_ECHO,
            LINES,
            Set.of(Peer.RAW, Peer.RAW_PIPELINE, Peer.TOKIO),
            TLS,
            Set.of(Peer.RAW));

    private static final Set<Peer> WITH_MEDIUM = EnumSet.of(
            Peer.RAW,
            Peer.VERTX_AWAIT,
            Peer.REACTOR_NETTY,
            Peer.VIRTUAL_THREADS,
            Peer.ASYNCIO,
            Peer.UVLOOP,
            Peer.TOKIO);

    /** Those that connect and close: not two of each library. */
    private static final Set<Peer> CHURNING = EnumSet.of(
            Peer.RAW,
            Peer.VERTX_AWAIT,
            Peer.REACTOR_NETTY,
            Peer.KOTLINX,
            Peer.VIRTUAL_THREADS,
            Peer.ASYNCIO,
            Peer.UVLOOP,
            Peer.GO,
            Peer.TOKIO);

    /** Not asyncio: a million tasks take it half a minute, and uvloop's are the same. */
    private static final List<CoroutineRuntime> COROUTINES = List.of(
            CoroutineRuntime.SKEIN,
            CoroutineRuntime.TOKIO,
            CoroutineRuntime.GO,
            CoroutineRuntime.VIRTUAL_THREADS,
            CoroutineRuntime.KOTLINX,
            CoroutineRuntime.UVLOOP);

    // In a quick run.
    private static final Set<Peer> QUICK_ECHO = EnumSet.of(Peer.RAW, Peer.REACTOR_NETTY, Peer.UVLOOP, Peer.TOKIO);
    private static final Set<Peer> QUICK_LINES = EnumSet.of(Peer.RAW_PIPELINE, Peer.RAW, Peer.UVLOOP, Peer.TOKIO);
    private static final List<CoroutineRuntime> QUICK_COROUTINES =
            List.of(CoroutineRuntime.SKEIN, CoroutineRuntime.TOKIO, CoroutineRuntime.GO, CoroutineRuntime.UVLOOP);

    private final PeerChoice peers;
    private final boolean findsTransport;
    private final RunBudget budget;
    private final RetryBudget retries;
    private final ResultCollector collector;
    private final PrintWriter out;

    /** Its transport is that of all servers on Netty. */
    private TestBed bed;

    /**
     * Reports to {@code out} and to the collector.
     *
     * @param findsTransport whether to look for the best transport first, and take that
     */
    public AllScenarios(
            TestBed bed,
            boolean findsTransport,
            PeerChoice peers,
            RunBudget budget,
            ResultCollector collector,
            PrintWriter out) {
        this.bed = bed;
        this.findsTransport = findsTransport;
        this.peers = peers;
        this.budget = budget;
        this.retries = new RetryBudget(budget.retries());
        this.collector = collector;
        this.out = out;
    }

    /** About how many rows the report will have. */
    public int steps() {
        int comparisons = budget.isQuick() ? 0 : 1; // of latency
        for (Service service : Service.values()) {
            for (Peer rival : rivals(service)) {
                comparisons += loads(service, rival).size();
            }
        }
        int coroutines = Micro.values().length * runtimes().size();
        int weighed = 2 + 1; // idle connections and parked coroutines
        int transports = findsTransport ? 2 : 0;
        return transports + comparisons + weighed + coroutines + Growth.steps(budget);
    }

    /** Runs one after the other; a failure is reported, and the others run. */
    public void run() throws InterruptedException {
        if (findsTransport) {
            attempt("transports", this::chooseTransport);
        }
        collector.bed(bed);
        tellWhatIsLeftOut();
        for (Service service : Service.values()) {
            attempt(service.toString(), () -> compare(service));
        }
        if (!budget.isQuick()) {
            attempt("latency", this::latency);
        }
        attempt("idle", this::idle);
        attempt(
                "coroutines",
                () -> new MicroScenario(
                                bed, collector, out, budget.coroutinesWarmUp(), budget.coroutines(), budget.divisor())
                        .run(List.of(Micro.values()), runtimes()));
        attempt("growth", () -> new Growth(bed, budget, collector, out).run());
    }

    /** Nothing is left out silently, unless {@code --peers} asked for it. */
    void tellWhatIsLeftOut() {
        for (Service service : Service.values()) {
            List<Peer> all = peers.anyOf(service, Peer.rivals(service));
            everyLoad(service).forEach(load -> tellLeftOut(service, load, all));
        }
        List<String> others = Arrays.stream(CoroutineRuntime.values())
                .filter(each -> !runtimes().contains(each))
                .map(CoroutineRuntime::label)
                .toList();
        collector.skip("coroutines, " + String.join(", ", others), howToHave("micro"));
        if (budget.isQuick()) {
            collector.skip("latency", howToHave("latency"));
            collector.skip("growth, rooms, virtual threads and raw Netty", howToHave("growth"));
        }
    }

    private void tellLeftOut(Service service, Workload load, List<Peer> all) {
        List<Peer> measured = rivals(service);
        List<String> others = all.stream()
                .filter(peer ->
                        !measured.contains(peer) || !loads(service, peer).contains(load))
                .map(Peer::label)
                .toList();
        if (!others.isEmpty()) {
            String who = others.size() == all.size() ? "" : ", " + String.join(", ", others);
            collector.skip(load.scenario() + ", " + load + who, howToHave(load.scenario() + " --peers all"));
        }
    }

    private String howToHave(String command) {
        String servers =
                (bed.transport() == Transport.preferred() ? "" : " --transport " + Protocol.word(bed.transport()))
                        + (bed.jvm().hasUnsafe() ? "" : " --no-unsafe");
        String whole = command.equals("micro") ? command : command + servers;
        return (budget.isQuick() ? "left out of a quick run" : "left out") + ": run '" + whole + "'";
    }

    /** One scenario. */
    private interface Part {
        void run() throws IOException, InterruptedException;
    }

    private void attempt(String name, Part part) throws InterruptedException {
        try {
            part.run();
        } catch (IOException | RuntimeException failure) {
            collector.fail(name, failure);
            out.println(name + ": FAILED, " + failure);
        }
    }

    private void chooseTransport() throws IOException, InterruptedException {
        RoundPlan plan = budget.plan(SMALL, budget.pairs(), retries);
        bed = bed.withTransport(new BestTransport(bed, plan, collector, out).find());
    }

    private void compare(Service service) throws IOException, InterruptedException {
        compare(service.toString(), service, rivals(service), rival -> loads(service, rival));
    }

    private void compare(String name, Service service, List<Peer> rivals, Function<Peer, List<Workload>> loads)
            throws IOException, InterruptedException {
        if (!rivals.isEmpty()) {
            new Scenario(name, service, bed, collector, out).run(Peer.SKEIN, rivals, loads, this::plan);
        }
    }

    private RoundPlan plan(Peer rival, Workload load) {
        if (load.isOpenLoop()) {
            return budget.tail(load, retries);
        }
        Set<Peer> close = CLOSE.get(load);
        if (close == null) {
            return budget.plan(load, budget.morePairs(), retries);
        }
        int pairs = close.contains(rival) ? budget.pairs() : Math.max(budget.morePairs(), budget.pairs() / FAR);
        return budget.plan(load, pairs, retries);
    }

    /** With requests that come at a steady rate, the same for both. */
    private void latency() throws IOException, InterruptedException {
        Workload steady = SMALL.belowSaturation();
        compare("latency", Service.ECHO, List.of(Peer.RAW), _ -> List.of(steady));
    }

    private void idle() throws IOException, InterruptedException {
        TestBed exact = bed.withFlags(Idle.EXACT);
        String load = "%,d connections".formatted(budget.idle());
        for (Peer peer : List.of(Peer.SKEIN, Peer.RAW)) {
            try (ServerProcess server = exact.start(peer, Service.ECHO)) {
                Idle.Result each = Idle.measure(server, budget.idle(), budget.idleLoad());
                Map<Metric, Figure> figures = Map.of(Metric.HELD, Figure.single(each.heap() + each.direct()));
                collector.add(new Row("idle", load, peer.toString(), peer.label(), figures, Map.of()));
            }
        }
    }

    /** What a rival is measured under. */
    private List<Workload> loads(Service service, Peer rival) {
        return everyLoad(service).stream()
                .filter(load -> load.equals(SMALL) || service != Service.ECHO || takesPart(rival, load))
                .toList();
    }

    private static List<Workload> everyLoad(Service service) {
        return switch (service) {
            case ECHO ->
                Stream.of(List.of(SMALL, MEDIUM), MORE_ECHOES, List.of(CHURN))
                        .flatMap(List::stream)
                        .toList();
            case LINES -> List.of(LINES);
            case TLS -> List.of(TLS);
            case HTTP -> List.of(Workload.http(CONNECTIONS));
            case CHAT -> List.of(Workload.chat(1_000, 64, 4));
        };
    }

    /** In a load of the echo service beside the first. */
    private boolean takesPart(Peer rival, Workload load) {
        if (budget.isQuick()) {
            return load.equals(CHURN) && rival == Peer.RAW;
        }
        return load.equals(CHURN)
                ? CHURNING.contains(rival)
                : load.equals(MEDIUM) ? WITH_MEDIUM.contains(rival) : rival == Peer.RAW;
    }

    private List<Peer> rivals(Service service) {
        if (!budget.isQuick()) {
            return chosen(service, EnumSet.allOf(Peer.class));
        }
        return chosen(
                service,
                switch (service) {
                    case ECHO -> QUICK_ECHO;
                    case LINES -> QUICK_LINES;
                    case TLS -> Set.of(Peer.RAW);
                    case HTTP, CHAT -> Set.of();
                });
    }

    private List<CoroutineRuntime> runtimes() {
        return budget.isQuick() ? QUICK_COROUTINES : COROUTINES;
    }

    /** Those that have the service; {@code --peers} comes first. */
    private List<Peer> chosen(Service service, Set<Peer> byDefault) {
        List<Peer> having =
                Peer.rivals(service).stream().filter(byDefault::contains).toList();
        return peers.anyOf(service, having);
    }
}
