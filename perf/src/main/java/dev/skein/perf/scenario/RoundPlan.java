package dev.skein.perf.scenario;

import dev.skein.perf.load.Round;
import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.ServerProcess;
import java.time.Duration;

/**
 * What a {@link PairedComparison} does with one kind of load.
 *
 * @param load what is done to the servers
 * @param pairs how often the two servers are measured, one right after the other
 * @param mostPairs how often at most, since pairs that were disturbed or failed are measured again
 * @param retries for the pairs that are measured again, here and elsewhere in the same run
 * @param warmUp the CPU time that each server may use before the first pair; less where it gets no faster
 * @param round how long it is measured each time
 */
public record RoundPlan(Workload load, int pairs, int mostPairs, RetryBudget retries, Duration warmUp, Duration round) {
    /** At most, between the connect and the measured time: the connections fall out of step. */
    private static final Duration SETTLE = Duration.ofMillis(100);

    private static final Duration WARMING = Duration.ofMillis(500);
    private static final Duration SATURATING = Duration.ofMillis(200);

    /** Whether one more pair is measured, after those that were, some of them good. */
    boolean goesOn(int measured, int good) {
        return measured < pairs || (good < pairs && measured < mostPairs && retries.isLeft());
    }

    /** The same with as many requests as the server answers, in place of a steady rate. */
    RoundPlan closedLoop() {
        return withLoad(load.inClosedLoop());
    }

    /** The same with the rate that follows from what a server answers at most. */
    RoundPlan withSaturation(double requestsPerSecond) {
        return withLoad(load.withSaturation(requestsPerSecond));
    }

    private RoundPlan withLoad(Workload other) {
        return new RoundPlan(other, pairs, mostPairs, retries, warmUp, round);
    }

    /** The round that tells what a server answers at most. */
    Round saturating(ServerProcess server) {
        return new Round(server.port(), server.pid(), load.inClosedLoop(), SETTLE, SATURATING);
    }

    Round measure(ServerProcess server) {
        Duration half = round.dividedBy(2);
        Duration settle = half.compareTo(SETTLE) < 0 ? half : SETTLE;
        return new Round(server.port(), server.pid(), load, settle, round);
    }

    /** One of the rounds that warm a server up. */
    Round warmUp(ServerProcess server) {
        return new Round(server.port(), server.pid(), load, Duration.ZERO, WARMING);
    }
}
