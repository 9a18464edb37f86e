package dev.skein.perf;

import java.time.Duration;

/**
 * What a {@link Duel} does with one kind of load.
 *
 * @param load what is done to the servers
 * @param pairs how often the two servers are measured, one right after the other
 * @param mostPairs how often at most, since pairs that were disturbed or failed are measured again
 * @param warmUp the CPU time that each server may use before the first pair; less where it gets no faster
 * @param round how long it is measured each time
 */
record Schedule(Load load, int pairs, int mostPairs, Duration warmUp, Duration round) {
    /** At most, between the connect and the measured time: the connections fall out of step. */
    private static final Duration SETTLE = Duration.ofMillis(200);

    private static final Duration WARMING = Duration.ofMillis(500);

    Round measure(Contender server) {
        Duration half = round.dividedBy(2);
        Duration settle = half.compareTo(SETTLE) < 0 ? half : SETTLE;
        return new Round(server.port(), server.pid(), load, settle, round);
    }

    /** One of the rounds that warm a server up. */
    Round warmUp(Contender server) {
        return new Round(server.port(), server.pid(), load, Duration.ZERO, WARMING);
    }
}
