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
 * A load generator for an echo server: many connections on one thread, each with one request in flight, which sends the
 * next one when the echo of the last is complete.
 *
 * <p>It must cost less than the server, or the server is not what is measured. So it stands on the JDK's selector, which
 * measured cheaper than a Netty handler, with two system calls a request; the clock is read once per echo and once per
 * pass; nothing is allocated. What remains is the kernel's part, the same as the server's: the report shows how busy both
 * were.
 *
 * <p>The first echo of each connection is compared with what was sent. Latency is that of a server under full load: the
 * more connections, the longer each waits for the others.
 */
final class ClosedLoop {
    private static final Duration STALLED = Duration.ofSeconds(10);
    private static final int READ_BUFFER = 1 << 18;

    private enum Phase {
        SETTLE,
        MEASURE,
        DRAIN
    }

    /** One connection and its request. */
    private static final class Connection {
        final SocketChannel channel;
        final SelectionKey key;
        final ByteBuffer request;
        long sentAt;
        int missing;
        boolean verified;

        Connection(SocketChannel channel, SelectionKey key, ByteBuffer request) {
            this.channel = channel;
            this.key = key;
            this.request = request;
        }
    }

    private final Round round;
    private final ByteBuffer payload;
    private final ByteBuffer echo = ByteBuffer.allocateDirect(READ_BUFFER);
    private final List<SocketChannel> channels = new ArrayList<>();
    private final Histogram latencies = new Histogram(3);
    private final ProcessCpu serverCpu;
    private final ProcessCpu loadCpu = new ProcessCpu(ProcessHandle.current().pid());

    private Phase phase = Phase.SETTLE;
    private long phaseEnds;
    private long measuredFrom;
    private long requests;
    private int inFlight;

    private ClosedLoop(Round round) {
        this.round = round;
        this.payload = payload(round.payload());
        this.serverCpu = new ProcessCpu(round.serverPid());
    }

    /**
     * Runs one round from connect to close.
     *
     * @throws IOException if the server refuses, closes, is silent for ten seconds, sends back something else, or completes
     *     no echo in the measured time
     */
    static RoundResult run(Round round) throws IOException {
        ClosedLoop loop = new ClosedLoop(round);
        try (Selector selector = Selector.open()) {
            return loop.run(selector);
        } catch (UncheckedIOException inCallback) {
            throw inCallback.getCause();
        } finally {
            for (SocketChannel channel : loop.channels) {
                channel.close();
            }
        }
    }

    private RoundResult run(Selector selector) throws IOException {
        Consumer<SelectionKey> onReady = this::onReady;
        phaseEnds = System.nanoTime() + round.settle().toNanos();
        connect(selector);
        RoundResult result = null;
        while (result == null || inFlight > 0) {
            if (selector.select(onReady, STALLED.toMillis()) == 0) {
                throw new IOException(
                        "no echo for " + STALLED.toSeconds() + " s, with " + inFlight + " requests in flight");
            }
            long now = System.nanoTime();
            if (now >= phaseEnds && phase == Phase.SETTLE) {
                startMeasuring();
            } else if (now >= phaseEnds && phase == Phase.MEASURE) {
                result = stopMeasuring();
            }
        }
        return result;
    }

    private void startMeasuring() throws IOException {
        phase = Phase.MEASURE;
        requests = 0;
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
        if (requests == 0) {
            throw new IOException(
                    "not one echo was complete within " + round.measured().toMillis() + " ms");
        }
        return new RoundResult(requests, nanos, serverCpu.nanosSinceMark(), loadCpu.nanosSinceMark(), latencies.copy());
    }

    private void connect(Selector selector) throws IOException {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), round.port());
        for (int i = 0; i < round.connections(); i++) {
            SocketChannel channel = SocketChannel.open(server);
            channels.add(channel);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            Connection connection = new Connection(channel, key, payload.duplicate());
            key.attach(connection);
            inFlight++;
            send(connection, System.nanoTime());
        }
    }

    private void onReady(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        try {
            if (connection.request.hasRemaining()) {
                write(connection);
            }
            read(connection);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void send(Connection connection, long now) throws IOException {
        connection.sentAt = now;
        connection.missing = round.payload();
        connection.request.rewind();
        write(connection);
    }

    private void write(Connection connection) throws IOException {
        connection.channel.write(connection.request);
        boolean full = connection.request.hasRemaining();
        if (full || connection.key.interestOps() != SelectionKey.OP_READ) {
            connection.key.interestOps(full ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    private void read(Connection connection) throws IOException {
        echo.clear();
        int length = connection.channel.read(echo);
        if (length < 0) {
            throw new IOException("the server closed a connection in the middle of a round");
        }
        if (!connection.verified) {
            verify(connection, length);
        }
        connection.missing -= length;
        if (connection.missing == 0) {
            complete(connection);
        } else if (connection.missing < 0) {
            throw new IOException("the server sent " + -connection.missing + " bytes more than it was sent");
        }
    }

    private void complete(Connection connection) throws IOException {
        long now = System.nanoTime();
        latencies.recordValue(now - connection.sentAt);
        requests++;
        connection.verified = true;
        if (phase == Phase.DRAIN) {
            inFlight--;
        } else {
            send(connection, now);
        }
    }

    private void verify(Connection connection, int length) throws IOException {
        int from = round.payload() - connection.missing;
        int expected = Math.min(length, connection.missing);
        int mismatch = echo.duplicate().flip().limit(expected).mismatch(payload.slice(from, expected));
        if (mismatch >= 0) {
            throw new IOException("not an echo: byte " + (from + mismatch) + " of " + round.payload() + " differs");
        }
    }

    private static ByteBuffer payload(int length) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(length);
        for (int i = 0; i < length; i++) {
            bytes.put((byte) (i * 31 + 7));
        }
        return bytes.flip();
    }
}
