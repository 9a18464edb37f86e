package dev.skein.perf.scenario;

import dev.skein.perf.load.Workload;
import java.time.Duration;
import java.util.Locale;

/**
 * How long everything is measured.
 *
 * @param pairs of rounds where Skein means to be as fast as Netty or another, so that the ratio must be exact
 * @param morePairs of all others
 * @param retries for pairs that are disturbed or fail, and are measured again
 * @param round the length of a round
 * @param warmUp of a server that has not seen the load, at most
 * @param coroutinesWarmUp of each program of coroutines on each runtime, at most
 * @param coroutines the measured time of each of those programs, at least one round
 * @param divisor of the counts of those programs that are timed as a whole
 * @param idle connections that have nothing to say
 * @param idleLoad how long a server is loaded before them, until what they hold is compiled
 */
public record RunBudget(
        int pairs,
        int morePairs,
        Duration retries,
        Duration round,
        Duration warmUp,
        Duration coroutinesWarmUp,
        Duration coroutines,
        int divisor,
        int idle,
        Duration idleLoad) {
    /** The factor between the planned pairs and the most that are measured. */
    private static final int AGAIN = 2;

    /** The factor by which rounds of the tail of a latency are shorter. */
    private static final int TAIL = 4;

    /** The factor by which the warm-up before those is longer. */
    private static final int WARMER = 2;

    /** Laid out for 20 minutes, where every peer's tools are there and nothing else runs. */
    public static final RunBudget FULL = new RunBudget(
            14, 3, millis(60_000), millis(400), millis(6_000), millis(3_000), millis(1_500), 1, 10_000, Idle.LOAD);

    /** Laid out for three minutes. */
    public static final RunBudget QUICK = new RunBudget(
            3, 1, millis(5_000), millis(300), millis(4_000), millis(1_000), millis(200), 20, 1_000, millis(2_000));

    public boolean isQuick() {
        return divisor > 1;
    }

    /** At each size. */
    int growthRounds() {
        return isQuick() ? 2 : 3;
    }

    /** What a run has less of than a full one, whose numbers are in brackets. */
    public String shortened() {
        return String.join(
                "; ",
                less("pairs of rounds where a ratio must be exact", pairs, FULL.pairs),
                less("all others", morePairs, FULL.morePairs),
                less("time for those that are disturbed", retries, FULL.retries),
                less("length of a round", round, FULL.round),
                less("warm-up of a server at most", warmUp, FULL.warmUp),
                less("of a program of coroutines at most", coroutinesWarmUp, FULL.coroutinesWarmUp),
                less("its measured time", coroutines, FULL.coroutines),
                "the count of one that is timed as a whole divided by " + divisor,
                less("rounds of growth", growthRounds(), FULL.growthRounds()),
                less("idle connections", idle, FULL.idle),
                less("load before them", idleLoad, FULL.idleLoad));
    }

    private static String less(String what, int here, int full) {
        return String.format(Locale.ROOT, "%s: %,d (%,d)", what, here, full);
    }

    private static String less(String what, Duration here, Duration full) {
        return String.format(Locale.ROOT, "%s: %.1f s (%.1f)", what, here.toMillis() / 1e3, full.toMillis() / 1e3);
    }

    private static Duration millis(int count) {
        return Duration.ofMillis(count);
    }

    /** Plans {@code count} pairs of rounds under a load, and as many again if those are disturbed and {@code left} lets them. */
    RoundPlan plan(Workload load, int count, RetryBudget left) {
        return new RoundPlan(load, count, AGAIN * count, left, warmUp, round);
    }

    /**
     * As {@link #plan}, for the tail of a latency: one slow moment makes that of a round, a compiler's or that of another program
     * that takes a core for some milliseconds each second. So there are many short rounds, most of which have none.
     */
    RoundPlan tail(Workload load, RetryBudget left) {
        int count = TAIL * pairs;
        return new RoundPlan(load, count, AGAIN * count, left, warmUp.multipliedBy(WARMER), round.dividedBy(TAIL));
    }
}
