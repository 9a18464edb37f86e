package dev.skein.perf;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What one round gave.
 *
 * @param requests echoes that came back whole in the measured time
 * @param nanos the measured time
 * @param serverCpu CPU time of the server's process in it, in nanoseconds
 * @param loadCpu CPU time of the load generator's process in it, in nanoseconds
 * @param latencies nanoseconds from the write of a request to the last byte of its echo
 */
record RoundResult(long requests, long nanos, long serverCpu, long loadCpu, Histogram latencies) {
    private static final double UNDISTURBED = 0.85;

    double requestsPerSecond() {
        return requests * 1e9 / nanos;
    }

    /** In microseconds. */
    double serverCpuPerRequest() {
        return serverCpu / 1e3 / requests;
    }

    /** The share of one core that the server used. */
    double serverBusy() {
        return (double) serverCpu / nanos;
    }

    /** The share of one core that the load generator used. */
    double loadBusy() {
        return (double) loadCpu / nanos;
    }

    /**
     * Whether neither side used its core nearly fully, although one of them must where every connection has a request in
     * flight: something else took the core.
     */
    boolean isDisturbed() {
        return serverBusy() < UNDISTURBED && loadBusy() < UNDISTURBED;
    }

    /** In microseconds. */
    double latency(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e3;
    }

    /** Both rounds taken as one. */
    RoundResult plus(RoundResult other) {
        Histogram both = latencies.copy();
        both.add(other.latencies);
        return new RoundResult(
                requests + other.requests,
                nanos + other.nanos,
                serverCpu + other.serverCpu,
                loadCpu + other.loadCpu,
                both);
    }

    String toLine() {
        ByteBuffer packed = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
        byte[] bytes = new byte[latencies.encodeIntoCompressedByteBuffer(packed)];
        packed.rewind().get(bytes);
        return "%d %d %d %d %s"
                .formatted(
                        requests, nanos, serverCpu, loadCpu, Base64.getEncoder().encodeToString(bytes));
    }

    /**
     * The result of a line that {@link #toLine} made.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static RoundResult parse(String line) {
        String[] words = line.trim().split(" ", -1);
        if (words.length != 5) {
            throw new IllegalArgumentException("not a result: '" + line + "'");
        }
        return new RoundResult(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                histogram(words[4]));
    }

    private static Histogram histogram(String base64) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64)), 0);
        } catch (DataFormatException broken) {
            throw new IllegalArgumentException("not a histogram: '" + base64 + "'", broken);
        }
    }
}
