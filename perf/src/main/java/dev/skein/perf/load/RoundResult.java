package dev.skein.perf.load;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What one round gave.
 *
 * @param requests how many were answered in the measured time
 * @param nanos the measured time
 * @param serverCpu CPU time of the server's process in it, in nanoseconds
 * @param loadCpu CPU time of the load generator's process in it, in nanoseconds
 * @param pacing how the load generator kept its pace, in an open loop
 * @param answered requests that were answered in the whole round, from the first to the last
 * @param server what it cost the server's process beside its CPU time
 * @param latencies nanoseconds from the write of a request, or from when it was due, to the last byte of its answer
 */
public record RoundResult(
        long requests,
        long nanos,
        long serverCpu,
        long loadCpu,
        Pacing pacing,
        long answered,
        ServerSide server,
        Histogram latencies) {
    private static final double UNDISTURBED = 0.85;
    private static final double KEPT_UP = 0.98;

    /** What the load generator loses of its core in an open loop is in the latency that it measures: 1 % is all of p99. */
    private static final double NEVER_RESTS = 0.995;

    public double requestsPerSecond() {
        return requests * 1e9 / nanos;
    }

    /** In microseconds. */
    public double serverCpuPerRequest() {
        return serverCpu / 1e3 / requests;
    }

    /** The share of one core that the server used. */
    public double serverBusy() {
        return (double) serverCpu / nanos;
    }

    /** The share of one core that the load generator used. */
    public double loadBusy() {
        return (double) loadCpu / nanos;
    }

    public boolean isOpenLoop() {
        return pacing.isOpenLoop();
    }

    /**
     * Whether neither side used its core nearly fully, although one of them must where every connection has a request in
     * flight: something else took the core. In an open loop the load generator never rests: whether it was stopped, which the
     * system's accounts do not always tell, or lost much of its core in small pieces, or the server did not keep up.
     */
    public boolean isDisturbed() {
        return isOpenLoop()
                ? requests < KEPT_UP * pacing.due() || pacing.wasStopped() || loadBusy() < NEVER_RESTS
                : serverBusy() < UNDISTURBED && loadBusy() < UNDISTURBED;
    }

    /** In microseconds. */
    public double latency(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e3;
    }

    /** Both rounds taken as one. */
    public RoundResult plus(RoundResult other) {
        Histogram both = latencies.copy();
        both.add(other.latencies);
        return new RoundResult(
                requests + other.requests,
                nanos + other.nanos,
                serverCpu + other.serverCpu,
                loadCpu + other.loadCpu,
                pacing.plus(other.pacing),
                answered + other.answered,
                server.plus(other.server, (double) answered / (answered + other.answered)),
                both);
    }

    /** The same, with what was answered in the whole round. */
    RoundResult withAnswered(long all) {
        return new RoundResult(requests, nanos, serverCpu, loadCpu, pacing, all, server, latencies);
    }

    /** The same, with what it cost the server. */
    public RoundResult withServer(ServerSide side) {
        return new RoundResult(requests, nanos, serverCpu, loadCpu, pacing, answered, side, latencies);
    }

    public String toLine() {
        ByteBuffer packed = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
        byte[] bytes = new byte[latencies.encodeIntoCompressedByteBuffer(packed)];
        packed.rewind().get(bytes);
        return "%d %d %d %d %d %d %d %s"
                .formatted(
                        requests,
                        nanos,
                        serverCpu,
                        loadCpu,
                        pacing.due(),
                        pacing.longestStop(),
                        answered,
                        Base64.getEncoder().encodeToString(bytes));
    }

    /**
     * The result of a line that {@link #toLine} made.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static RoundResult parse(String line) {
        String[] words = line.trim().split(" ", -1);
        if (words.length != 8) {
            throw new IllegalArgumentException("malformed result: '" + line + "'");
        }
        return new RoundResult(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                new Pacing(Long.parseLong(words[4]), Long.parseLong(words[5])),
                Long.parseLong(words[6]),
                ServerSide.UNKNOWN,
                histogram(words[7]));
    }

    /** Base 64, or the bare counts of a load generator that is no JVM: {@code nanoseconds:count,...,}. */
    private static Histogram histogram(String latencies) {
        return latencies.endsWith(",") ? counted(latencies) : decoded(latencies);
    }

    private static Histogram counted(String latencies) {
        Histogram counted = new Histogram(3);
        for (String bucket : latencies.substring(0, latencies.length() - 1).split(",", -1)) {
            String[] words = bucket.split(":", 2);
            counted.recordValueWithCount(Long.parseLong(words[0]), Long.parseLong(words[1]));
        }
        return counted;
    }

    private static Histogram decoded(String base64) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64)), 0);
        } catch (DataFormatException broken) {
            throw new IllegalArgumentException("malformed histogram: '" + base64 + "'", broken);
        }
    }
}
