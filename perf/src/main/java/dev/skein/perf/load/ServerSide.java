package dev.skein.perf.load;

import dev.skein.perf.process.JvmStats;

/**
 * What a round cost a server's process beside its CPU time.
 *
 * @param allocated bytes of objects for each request; 0 where the process is no JVM of ours
 * @param collecting milliseconds of garbage collection
 * @param resident bytes of memory that the system counts for it, at the end
 */
public record ServerSide(double allocated, long collecting, long resident) {
    static final ServerSide UNKNOWN = new ServerSide(0, 0, 0);

    /** Of the whole round, with {@code requests} answered. */
    public static ServerSide of(JvmStats stats, long requests, long resident) {
        return new ServerSide((double) stats.allocated() / requests, stats.collecting(), resident);
    }

    /** Both rounds taken as one. */
    ServerSide plus(ServerSide other, double share) {
        return new ServerSide(
                allocated * share + other.allocated * (1 - share),
                collecting + other.collecting,
                Math.max(resident, other.resident));
    }
}
