package dev.skein.perf;

import java.time.Duration;

/**
 * How long everything is measured.
 *
 * @param pairs of rounds with Netty, whose ratio must be exact
 * @param morePairs with every other peer
 * @param again how many times as many at most, where pairs are disturbed or fail
 * @param round the length of a round
 * @param warmUp of a server that has not seen the load, at most
 * @param coroutines warm-up, and then the measured time, of each program of coroutines on each runtime
 * @param divisor of the counts of those programs
 * @param idle connections
 */
record Effort(
        int pairs,
        int morePairs,
        int again,
        Duration round,
        Duration warmUp,
        Duration coroutines,
        int divisor,
        int idle) {
    /** About 20 minutes, where every peer's tools are there and nothing else runs. */
    static final Effort FULL =
            new Effort(12, 3, 2, Duration.ofMillis(600), Duration.ofSeconds(4), Duration.ofMillis(1_500), 1, 10_000);

    /** About three minutes. */
    static final Effort QUICK =
            new Effort(3, 1, 2, Duration.ofMillis(250), Duration.ofMillis(1_500), Duration.ofMillis(200), 20, 1_000);

    boolean isQuick() {
        return divisor > 1;
    }

    /** At each size. */
    int growthRounds() {
        return isQuick() ? 3 : 7;
    }

    Schedule schedule(Peer rival, Load load) {
        boolean exact = rival == Peer.RAW || rival == Peer.RAW_PIPELINE;
        int count = exact ? pairs : morePairs;
        return new Schedule(load, count, again * count, warmUp, round);
    }
}
