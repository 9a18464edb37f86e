package dev.skein.perf.scenario;

import dev.skein.perf.load.LoadGenerator;
import dev.skein.perf.load.Round;
import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.ServerProcess;
import dev.skein.perf.process.JvmStats;
import dev.skein.perf.process.Protocol;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Many connections to an echo server that have nothing to say: what each of them holds in memory. */
public final class Idle {
    private static final int PAYLOAD = 64;
    private static final int CONNECTIONS = 50;

    /** Connects and closes so often, until the code for that is compiled; for the rest there is load. */
    private static final int CONNECTS = 12_000;

    /** Before that what is parked in code that is not compiled yet is larger. */
    public static final Duration LOAD = Duration.ofSeconds(15);

    private static final Duration LOAD_ROUND = Duration.ofSeconds(1);

    /** The factor between its CPU time and its longest wall time: other programs may take the core. */
    private static final int LONGEST_LOAD = 2;

    private static final Duration COMPILE = Duration.ofSeconds(3);
    private static final int MOST_COLLECTIONS = 20;
    private static final int STEADY = 16 * 1024;

    private Idle() {}

    /** A collection leaves no garbage behind, however little it is. */
    public static final List<String> EXACT = List.of("-XX:MarkSweepAlwaysCompactCount=1", "-XX:MarkSweepDeadRatio=0");

    /**
     * What one connection holds, in bytes, after one exchange.
     *
     * @param heap after a collection; 0 where the server is no JVM of ours
     * @param direct buffers outside of the heap; 0 where the server is no JVM of ours
     * @param resident by the system's account of the process
     */
    public record Result(double heap, double direct, double resident) {}

    /** Measures idle connections to a server that has used some CPU time under load before. */
    public static Result measure(ServerProcess server, int connections, Duration load)
            throws IOException, InterruptedException {
        warmUp(server, load);
        JvmStats before = memory(server);
        long residentBefore = server.residentBytes();
        List<SocketChannel> open = open(server, connections);
        try {
            JvmStats after = memory(server);
            return new Result(
                    (double) (after.heap() - before.heap()) / connections,
                    (double) (after.direct() - before.direct()) / connections,
                    (double) (server.residentBytes() - residentBefore) / connections);
        } finally {
            close(open);
        }
    }

    /** The stack of a coroutine that suspends in interpreted code is several times larger. */
    private static void warmUp(ServerProcess server, Duration load) throws IOException, InterruptedException {
        Round round =
                new Round(server.port(), server.pid(), Workload.echo(CONNECTIONS, PAYLOAD), Duration.ZERO, LOAD_ROUND);
        long longest = System.nanoTime() + LONGEST_LOAD * load.toNanos();
        for (long used = 0; used < load.toNanos() && System.nanoTime() < longest; ) {
            used += LoadGenerator.run(round).serverCpu();
        }
        for (int i = 0; i < CONNECTS; i++) {
            close(open(server, 1));
        }
        Thread.sleep(COMPILE);
    }

    /** When it falls no more: the server may still be at work on what was closed. */
    private static JvmStats memory(ServerProcess server) throws IOException, InterruptedException {
        if (!server.isJvm()) {
            Thread.sleep(1_000);
            return JvmStats.NONE;
        }
        JvmStats last = server.ask(Protocol.COLLECT);
        for (int i = 0; i < MOST_COLLECTIONS; i++) {
            JvmStats next = server.ask(Protocol.COLLECT);
            if (Math.abs(next.heap() - last.heap()) <= STEADY && next.direct() == last.direct()) {
                return next;
            }
            last = next;
            Thread.sleep(100);
        }
        return last;
    }

    private static List<SocketChannel> open(ServerProcess server, int connections) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        List<SocketChannel> open = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = SocketChannel.open(address);
                open.add(channel);
                exchange(channel);
            }
        } catch (IOException failure) {
            close(open);
            throw new IOException(
                    "connection " + (open.size() + 1) + " of " + connections + " failed: " + failure.getMessage(),
                    failure);
        }
        return open;
    }

    private static void exchange(SocketChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PAYLOAD);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        bytes.clear();
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("the server closed it");
            }
        }
    }

    private static void close(List<SocketChannel> channels) throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
