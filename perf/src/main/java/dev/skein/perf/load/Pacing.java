package dev.skein.perf.load;

/**
 * How a load generator kept its pace in an open loop, in which it never rests.
 *
 * @param due requests that were due in the measured time; 0 in a closed loop
 * @param longestStop the longest that it did not look at its sockets, in nanoseconds: what was due meanwhile went out at once,
 *     late by up to as much, and that counts as the server's latency
 */
public record Pacing(long due, long longestStop) {
    /** That of a closed loop. */
    public static final Pacing NONE = new Pacing(0, 0);

    /** It looks some thousand times in a second. Where another program or the hypervisor takes its core, that is for longer. */
    private static final long STOPPED = 1_000_000;

    boolean isOpenLoop() {
        return due > 0;
    }

    /** Whether it was stopped for so long that its latencies tell of that. */
    boolean wasStopped() {
        return longestStop > STOPPED;
    }

    Pacing plus(Pacing other) {
        return new Pacing(due + other.due, Math.max(longestStop, other.longestStop));
    }
}
