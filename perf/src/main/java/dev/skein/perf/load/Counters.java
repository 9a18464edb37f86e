package dev.skein.perf.load;

import org.HdrHistogram.Histogram;

/** What the clients of one round have sent and were answered, and whether they continue. For the load generator's one thread. */
final class Counters {
    private final Histogram latencies = new Histogram(3);
    private long answered;
    private long inFlight;
    private boolean goesOn = true;

    void sent(long count) {
        inFlight += count;
    }

    void answered(long count) {
        answered += count;
        inFlight -= count;
    }

    /** Of one answer, in nanoseconds. */
    void latency(long nanos) {
        latencies.recordValue(nanos);
    }

    /** Forgets the latencies so far. */
    void resetLatencies() {
        latencies.reset();
    }

    /** From now on nothing new is sent. */
    void drain() {
        goesOn = false;
    }

    /** Whether an answer is followed by the next request. */
    boolean goesOn() {
        return goesOn;
    }

    /** From the first to the last. */
    long answered() {
        return answered;
    }

    long inFlight() {
        return inFlight;
    }

    Histogram latencies() {
        return latencies.copy();
    }
}
