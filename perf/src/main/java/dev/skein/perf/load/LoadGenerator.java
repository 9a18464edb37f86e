package dev.skein.perf.load;

import dev.skein.perf.process.ProcessCpu;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A load generator: many connections on one thread.
 *
 * <p>In a closed loop each connection has a number of requests in flight and sends the next one when one is answered.
 * Latency is then that of a server under full load: the more connections, the longer each waits for the others. In an open
 * loop requests are sent at a steady rate, whatever the server does, and latency counts from the moment when a request was
 * due: a server that stands still for 10 ms has made all wait that came in them (the correction for coordinated omission).
 *
 * <p>It must cost less than the server, or the server is not what is measured. So it stands on the JDK's selector, which
 * measured cheaper than a Netty handler, with two system calls for what is sent at once; the clock is read once per read and
 * once per pass; nothing is allocated. What remains is the kernel's part, the same as the server's: the report shows how busy
 * both were.
 */
public final class LoadGenerator {
    private static final Duration STALLED = Duration.ofSeconds(30);

    private enum Phase {
        SETTLE,
        MEASURE,
        DRAIN
    }

    private final Round round;
    private final Workload load;
    private final Counters counters = new Counters();
    private final Clients clients;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(Clients.READ_BUFFER);
    private final ProcessCpu serverCpu;
    private final ProcessCpu loadCpu = new ProcessCpu(ProcessHandle.current().pid());

    private Phase phase = Phase.SETTLE;
    private long phaseEnds;
    private long measuredFrom;
    private long answeredBefore;
    private long longestStop;

    private LoadGenerator(Round round) {
        this.round = round;
        this.load = round.load();
        this.clients = clients(round, counters);
        this.serverCpu = new ProcessCpu(round.serverPid());
    }

    private static Clients clients(Round round, Counters counters) {
        return switch (round.load().kind()) {
            case CHURN -> new ChurnClients(round, counters);
            case CHAT -> new ChatClients(round, counters);
            case ECHO, LINES, TLS, HTTP -> new SteadyClients(round, counters);
        };
    }

    /**
     * Runs one round from connect to close.
     *
     * @throws IOException if the server refuses, closes, is silent for half a minute, sends back something else, or answers
     *     nothing in the measured time
     */
    public static RoundResult run(Round round) throws IOException {
        LoadGenerator generator = new LoadGenerator(round);
        try (Selector selector = Selector.open();
                Clients open = generator.clients) {
            return generator.run(selector, open);
        } catch (UncheckedIOException inCallback) {
            throw inCallback.getCause();
        }
    }

    private RoundResult run(Selector selector, Clients connecting) throws IOException {
        connecting.connect(selector);
        long lastSign = System.nanoTime();
        long lastLook = lastSign;
        phaseEnds = lastSign + round.settle().toNanos();
        connecting.start(lastSign);
        Consumer<SelectionKey> onReady = this::onReady;
        RoundResult result = null;
        while (result == null || counters.inFlight() > 0) {
            boolean spin = load.isOpenLoop() && phase != Phase.DRAIN;
            int ready = spin ? selector.selectNow(onReady) : selector.select(onReady, STALLED.toMillis());
            long now = System.nanoTime();
            longestStop = Math.max(longestStop, now - lastLook);
            lastLook = now;
            if (ready > 0) {
                lastSign = now;
            } else if (counters.inFlight() > 0 && now - lastSign >= STALLED.toNanos()) {
                throw new IOException("no answer for " + STALLED.toSeconds() + " s, with " + counters.inFlight()
                        + " requests in flight");
            }
            if (now >= phaseEnds && phase == Phase.SETTLE) {
                startMeasuring();
            } else if (now >= phaseEnds && phase == Phase.MEASURE) {
                result = stopMeasuring();
            }
            if (load.isOpenLoop() && phase != Phase.DRAIN) {
                clients.sendDue(now);
            }
        }
        return result.withAnswered(counters.answered());
    }

    private void startMeasuring() throws IOException {
        phase = Phase.MEASURE;
        answeredBefore = counters.answered();
        longestStop = 0;
        counters.resetLatencies();
        serverCpu.mark();
        loadCpu.mark();
        measuredFrom = System.nanoTime();
        phaseEnds = measuredFrom + round.measured().toNanos();
    }

    private RoundResult stopMeasuring() throws IOException {
        phase = Phase.DRAIN;
        counters.drain();
        phaseEnds = Long.MAX_VALUE;
        long nanos = System.nanoTime() - measuredFrom;
        long requests = counters.answered() - answeredBefore;
        if (requests == 0) {
            throw new IOException(
                    "no request was answered within " + round.measured().toMillis() + " ms");
        }
        Pacing pacing =
                load.isOpenLoop() ? new Pacing(Math.round(nanos / 1e9 * load.rate()), longestStop) : Pacing.NONE;
        return new RoundResult(
                requests,
                nanos,
                serverCpu.nanosSinceMark(),
                loadCpu.nanosSinceMark(),
                pacing,
                requests,
                ServerSide.UNKNOWN,
                counters.latencies());
    }

    private void onReady(SelectionKey key) {
        try {
            ((Clients.Client) key.attachment()).onReady(key, readBuffer);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
