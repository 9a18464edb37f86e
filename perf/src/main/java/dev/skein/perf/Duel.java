package dev.skein.perf;

import java.io.IOException;
import java.time.Duration;

/**
 * Two servers that are measured in turn by one load generator.
 *
 * <p>Rounds come in pairs, and the order within a pair alternates (first, second, second, first, ...): what drifts in the
 * machine meets both alike, and the ratio of a pair compares neighbours in time. Many short rounds tell more than a few
 * long ones: a core of a virtual machine can be half as fast for seconds at a time, and the median of many pairs sees past
 * it. The load generator is the same process throughout, so that its compiled code is the same for both.
 */
final class Duel {
    /** What a round may take beyond its own length. */
    private static final Duration SLACK = Duration.ofSeconds(60);

    /** Pairs that were disturbed are measured again, but at most so many times as many as were asked for. */
    private static final int MOST_PAIRS = 3;

    private final Contender first;
    private final Contender second;
    private final Child load;

    Duel(Contender first, Contender second, Child load) {
        this.first = first;
        this.second = second;
        this.load = load;
    }

    /** Warms up both servers, unless this load has warmed them, and measures the pairs of the schedule, telling the report of each round. */
    Comparison run(Schedule schedule, Report report) throws IOException, InterruptedException {
        report.start(schedule);
        warmUp(schedule, first);
        warmUp(schedule, second);
        Comparison comparison = new Comparison(first.name(), second.name());
        int most = MOST_PAIRS * schedule.pairs();
        for (int pair = 0; pair < most && comparison.goodPairs() < schedule.pairs(); pair++) {
            boolean inOrder = pair % 2 == 0;
            RoundResult former = measure(schedule, inOrder ? first : second, report);
            RoundResult latter = measure(schedule, inOrder ? second : first, report);
            comparison.add(inOrder ? former : latter, inOrder ? latter : former);
        }
        report.end(comparison);
        return comparison;
    }

    /** Loads a server that has not seen this load until it gets no faster. */
    private void warmUp(Schedule schedule, Contender server) throws IOException, InterruptedException {
        if (!server.isNew(schedule.load())) {
            return;
        }
        WarmUp warmUp = new WarmUp();
        long end = System.nanoTime() + schedule.warmUp().toNanos();
        while (!warmUp.isStable() && System.nanoTime() < end) {
            warmUp.add(play(schedule.warmUp(server)));
        }
    }

    private RoundResult measure(Schedule schedule, Contender server, Report report)
            throws IOException, InterruptedException {
        JvmStats before = server.isJvm() ? server.ask(ServeCommand.STATS) : JvmStats.NONE;
        RoundResult result = play(schedule.measure(server));
        JvmStats used = server.isJvm() ? server.ask(ServeCommand.STATS).since(before) : JvmStats.NONE;
        RoundResult whole = result.withServer(ServerSide.of(used, result.answered(), server.residentBytes()));
        report.round(server.name(), whole);
        return whole;
    }

    private RoundResult play(Round round) throws IOException, InterruptedException {
        load.writeLine(round.toLine());
        Duration atMost = round.settle().plus(round.measured()).plus(SLACK);
        return RoundResult.parse(load.readAfter(LoadCommand.RESULT, atMost));
    }
}
