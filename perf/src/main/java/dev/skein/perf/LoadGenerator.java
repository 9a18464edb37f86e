package dev.skein.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

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
final class LoadGenerator {
    private static final Duration STALLED = Duration.ofSeconds(10);
    private static final int READ_BUFFER = 1 << 18;

    private enum Phase {
        SETTLE,
        MEASURE,
        DRAIN
    }

    private final Round round;
    private final Load load;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER);
    private final List<SocketChannel> channels = new ArrayList<>();
    private final List<LoadConnection> connections = new ArrayList<>();
    private final Histogram latencies = new Histogram(3);
    private final LoadConnection.LatencySink recordLatency = latencies::recordValue;
    private final LoadConnection.Answered onAnswered = this::onAnswered;
    private final ProcessCpu serverCpu;
    private final ProcessCpu loadCpu = new ProcessCpu(ProcessHandle.current().pid());

    private Phase phase = Phase.SETTLE;
    private long phaseEnds;
    private long measuredFrom;
    private long answered;
    private long answeredBefore;
    private int inFlight;

    // In an open loop.
    private long firstDue;
    private long sent;

    private LoadGenerator(Round round) {
        this.round = round;
        this.load = round.load();
        this.serverCpu = new ProcessCpu(round.serverPid());
    }

    /**
     * Runs one round from connect to close.
     *
     * @throws IOException if the server refuses, closes, is silent for ten seconds, sends back something else, or answers
     *     nothing in the measured time
     */
    static RoundResult run(Round round) throws IOException {
        LoadGenerator generator = new LoadGenerator(round);
        try (Selector selector = Selector.open()) {
            return generator.run(selector);
        } catch (UncheckedIOException inCallback) {
            throw inCallback.getCause();
        } finally {
            for (SocketChannel channel : generator.channels) {
                channel.close();
            }
        }
    }

    private RoundResult run(Selector selector) throws IOException {
        connect(selector);
        start();
        Consumer<SelectionKey> onReady = this::onReady;
        long lastSign = System.nanoTime();
        RoundResult result = null;
        while (result == null || inFlight > 0) {
            boolean spin = load.isOpenLoop() && phase != Phase.DRAIN;
            int ready = spin ? selector.selectNow(onReady) : selector.select(onReady, STALLED.toMillis());
            long now = System.nanoTime();
            if (ready > 0) {
                lastSign = now;
            } else if (inFlight > 0 && now - lastSign >= STALLED.toNanos()) {
                throw new IOException(
                        "no answer for " + STALLED.toSeconds() + " s, with " + inFlight + " requests in flight");
            }
            if (now >= phaseEnds && phase == Phase.SETTLE) {
                startMeasuring();
            } else if (now >= phaseEnds && phase == Phase.MEASURE) {
                result = stopMeasuring();
            }
            if (load.isOpenLoop() && phase != Phase.DRAIN) {
                sendDue(now);
            }
        }
        return result.withAnswered(answered);
    }

    private void connect(Selector selector) throws IOException {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), round.port());
        byte[] request = load.traffic().request(load.payload());
        ByteBuffer copies = Traffic.copies(request, load.depth());
        for (int i = 0; i < load.connections(); i++) {
            SocketChannel channel = SocketChannel.open(server);
            channels.add(channel);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Wire wire = load.traffic().wire(channel);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            LoadConnection connection = new LoadConnection(wire, key, load, request, copies);
            key.attach(connection);
            connections.add(connection);
        }
    }

    /** Also in an open loop each connection begins with one request, whose answer is verified. */
    private void start() throws IOException {
        long now = System.nanoTime();
        phaseEnds = now + round.settle().toNanos();
        firstDue = now;
        for (LoadConnection connection : connections) {
            send(connection, load.isOpenLoop() || !load.traffic().isEcho() ? 1 : load.depth(), now);
        }
    }

    private void startMeasuring() throws IOException {
        phase = Phase.MEASURE;
        answeredBefore = answered;
        latencies.reset();
        serverCpu.mark();
        loadCpu.mark();
        measuredFrom = System.nanoTime();
        phaseEnds = measuredFrom + round.measured().toNanos();
    }

    private RoundResult stopMeasuring() throws IOException {
        phase = Phase.DRAIN;
        phaseEnds = Long.MAX_VALUE;
        long nanos = System.nanoTime() - measuredFrom;
        long requests = answered - answeredBefore;
        if (requests == 0) {
            throw new IOException(
                    "not one request was answered within " + round.measured().toMillis() + " ms");
        }
        long due = Math.round(nanos / 1e9 * load.rate());
        return new RoundResult(
                requests,
                nanos,
                serverCpu.nanosSinceMark(),
                loadCpu.nanosSinceMark(),
                due,
                requests,
                ServerSide.UNKNOWN,
                latencies.copy());
    }

    private void sendDue(long now) throws IOException {
        double nanosEach = 1e9 / load.rate();
        for (long due = firstDue + (long) (sent * nanosEach); due <= now; due = firstDue + (long) (sent * nanosEach)) {
            send(connections.get((int) (sent % connections.size())), 1, due);
            sent++;
        }
    }

    private void send(LoadConnection connection, int count, long start) throws IOException {
        inFlight += count;
        connection.send(count, start);
    }

    private void onReady(SelectionKey key) {
        LoadConnection connection = (LoadConnection) key.attachment();
        try {
            connection.writeRest();
            connection.read(readBuffer, recordLatency, onAnswered);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void onAnswered(LoadConnection connection, int count, long now) throws IOException {
        answered += count;
        inFlight -= count;
        if (phase != Phase.DRAIN && !load.isOpenLoop()) {
            send(connection, load.depth() - connection.inFlight(), now);
        }
    }
}
