package dev.skein.perf.scenario;

import dev.skein.perf.load.LoadProcess;
import dev.skein.perf.load.RoundResult;
import dev.skein.perf.load.ServerSide;
import dev.skein.perf.peer.ServerProcess;
import dev.skein.perf.process.JvmStats;
import dev.skein.perf.process.Protocol;
import java.io.IOException;
import java.util.List;

/**
 * Two servers that are measured in turn by one load generator.
 *
 * <p>Rounds come in pairs, and the order within a pair alternates (first, second, second, first, ...): what drifts in the
 * machine meets both alike, and the ratio of a pair compares neighbours in time. Many short rounds tell more than a few
 * long ones: a core of a virtual machine can be half as fast for seconds at a time, and the median of many pairs sees past
 * it. The load generator is the same process throughout, so that its compiled code is the same for both.
 */
final class PairedComparison {
    /** The factor between its CPU time and its longest wall time. */
    private static final int LONGEST_WARM_UP = 3;

    private final ServerProcess first;
    private final ServerProcess second;
    private final LoadProcess load;

    PairedComparison(ServerProcess first, ServerProcess second, LoadProcess load) {
        this.first = first;
        this.second = second;
        this.load = load;
    }

    /**
     * Warms up both servers, unless this load has warmed them, and measures the pairs of the plan, telling the report of
     * each round. A pair that fails is told, and measured again as one that was disturbed.
     *
     * @throws IOException if every pair failed, with the last reason
     */
    ComparisonResult run(RoundPlan plan, Report report) throws IOException, InterruptedException {
        report.start(plan);
        for (ServerProcess server : List.of(first, second)) {
            try {
                warmUp(plan, server);
            } catch (IOException failure) {
                report.failed(failure);
            }
        }
        ComparisonResult comparison = new ComparisonResult(first.name(), second.name());
        for (int pair = 0; plan.goesOn(pair, comparison.goodPairs()); pair++) {
            long start = System.nanoTime();
            try {
                measurePair(pair % 2 == 0, plan, comparison, report);
            } catch (IOException failure) {
                report.failed(failure);
                comparison.failed(failure);
            }
            if (pair >= plan.pairs()) {
                plan.retries().use(System.nanoTime() - start);
            }
        }
        comparison.requireAny();
        report.end(comparison);
        return comparison;
    }

    private void measurePair(boolean inOrder, RoundPlan plan, ComparisonResult comparison, Report report)
            throws IOException, InterruptedException {
        RoundPlan now = withRate(plan, first);
        RoundResult former = measure(now, inOrder ? first : second, report);
        RoundResult latter = measure(now, inOrder ? second : first, report);
        comparison.add(inOrder ? former : latter, inOrder ? latter : former);
    }

    /**
     * Finds the rate of a load that has only a part of what {@code server} answers at most. That is asked anew for each pair:
     * while the machine has less to give, a rate that was found before can be all that a server can do, and then each slow
     * moment makes a queue that takes the rest of the round to drain.
     */
    private RoundPlan withRate(RoundPlan plan, ServerProcess server) throws IOException, InterruptedException {
        return plan.load().followsSaturation()
                ? plan.withSaturation(load.play(plan.saturating(server)).requestsPerSecond())
                : plan;
    }

    /**
     * Loads a server that has not seen such a load until it gets no faster, or has used the CPU time that the plan gives it:
     * where other programs take the core, that takes longer. One that gets no faster anyhow has one round to fill its caches.
     *
     * <p>A cold server falls behind a steady rate for good, so before an open loop comes a closed one. Then all of the time is
     * used: a compiler that still works now and then does not make the server slower, but makes its tail.
     */
    private void warmUp(RoundPlan plan, ServerProcess server) throws IOException, InterruptedException {
        if (!server.isNew(plan.load().kind())) {
            return;
        }
        if (plan.load().isOpenLoop()) {
            loadUntilWarm(plan.closedLoop(), server);
        }
        loadUntilWarm(withRate(plan, server), server);
    }

    private void loadUntilWarm(RoundPlan plan, ServerProcess server) throws IOException, InterruptedException {
        boolean untilStable = !plan.load().isOpenLoop();
        WarmUp warmUp = new WarmUp();
        long most = plan.warmUp().toNanos();
        long end = System.nanoTime() + LONGEST_WARM_UP * most;
        long used = 0;
        do {
            RoundResult round = load.play(plan.warmUp(server));
            // Not for a second of the clock: other programs take of that, and a compiler that still works takes of
            // this.
            warmUp.add(1e6 / round.serverCpuPerRequest());
            used += round.serverCpu();
        } while (server.warmsUp() && !(untilStable && warmUp.isStable()) && used < most && System.nanoTime() < end);
    }

    private RoundResult measure(RoundPlan plan, ServerProcess server, Report report)
            throws IOException, InterruptedException {
        JvmStats before = server.isJvm() ? server.ask(Protocol.STATS) : JvmStats.NONE;
        RoundResult result = load.play(plan.measure(server));
        JvmStats used = server.isJvm() ? server.ask(Protocol.STATS).since(before) : JvmStats.NONE;
        RoundResult whole = result.withServer(ServerSide.of(used, result.answered(), server.residentBytes()));
        report.round(server.name(), whole);
        return whole;
    }
}
