package dev.skein.net;

import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Suspends;
import dev.skein.loop.TimerHandle;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server that listens for connections: asyncio's {@code Server}.
 *
 * {@snippet :
 * ConnectionHandler echo = peer -> peer.reader().transferTo(peer.writer());
 * try (Server server = startServer(echo, "127.0.0.1", 7007)) {
 *     server.serveForever();
 * }
 * }
 *
 * <p>It calls its handler with each connection, in a task that is named after the server and the peer, for instance
 * {@code echo-127.0.0.1:51234}. {@link #close}, and so the end of a try-with-resources block, only stops it from
 * accepting: its connections stay open until their handlers end.
 *
 * <p>The loop that starts the server serves its connections, or the loops of a group share them ({@link
 * ServerOptions#withLoops}). In both cases the server itself belongs to the loop that started it. Loop only.
 */
public final class Server implements AutoCloseable {
    /** How long clients get to take what is queued for them when {@code serveForever} is cancelled without a grace time. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

    /**
     * How the server stands.
     *
     * <pre>
     *  BOUND       -> OPEN    it accepts connections
     *  BOUND, OPEN -> CLOSED  it does not accept any more; connections may go on
     * </pre>
     */
    private enum State {
        BOUND,
        OPEN,
        CLOSED
    }

    // Set once, before the server is returned.
    private final Loop loop = Loop.current();
    private final ServerOptions options;
    private final List<ServerLoop> parts;
    private final Listeners listeners;

    // Loop only.
    private final Set<ServerLoop> notOver;
    private final ArrayDeque<Future<@Nullable Void>> waiters = new ArrayDeque<>(1);
    private State state = State.BOUND;
    private @Nullable Future<@Nullable Void> serving;

    private Server(ConnectionProtocol protocol, ServerOptions options) {
        this.options = options;
        this.parts = loops(options).stream()
                .map(each -> new ServerLoop(each, protocol, options, this::partIsOver))
                .toList();
        this.notOver = new HashSet<>(parts);
        this.listeners = new Listeners(options, parts);
    }

    private List<Loop> loops(ServerOptions options) {
        if (options.loops().isEmpty()) {
            return List.of(loop);
        }
        List<Loop> loops = new ArrayList<>();
        options.loops().get().forEach(each -> loops.add(Loop.of((EventLoop) each)));
        return loops;
    }

    static Server start(ConnectionProtocol protocol, Collection<String> hosts, int port, ServerOptions options)
            throws IOException {
        return start(protocol, options, listeners -> listeners.listen(hosts, port));
    }

    static Server start(ConnectionProtocol protocol, SocketAddress address, ServerOptions options) throws IOException {
        return start(protocol, options, listeners -> listeners.listen(address));
    }

    /** How the listening sockets are bound. */
    @FunctionalInterface
    private interface Binding {
        void bind(Listeners listeners) throws IOException;
    }

    private static Server start(ConnectionProtocol protocol, ServerOptions options, Binding binding)
            throws IOException {
        Server server = new Server(protocol, options);
        try {
            binding.bind(server.listeners);
            if (options.startServing()) {
                server.startServing();
            }
        } catch (Throwable notStarted) {
            server.close();
            throw notStarted;
        }
        return server;
    }

    /** Returns the loop that started it: asyncio's {@code get_loop}. */
    public Loop loop() {
        return loop;
    }

    /** Returns the addresses that it listens on, with the port that port 0 became; also after it is closed. */
    public List<SocketAddress> addresses() {
        return listeners.addresses();
    }

    /**
     * Returns the port of the first of its addresses.
     *
     * @throws UnsupportedOperationException if that is the address of a Unix socket, which has no port
     */
    public int port() {
        SocketAddress first = listeners.addresses().getFirst();
        if (first instanceof InetSocketAddress inet) {
            return inet.getPort();
        }
        throw new UnsupportedOperationException(
                "a server on the Unix socket " + first + " has no port: use addresses()");
    }

    /** Returns whether it accepts connections. */
    public boolean isServing() {
        return state == State.OPEN;
    }

    /**
     * Begins to accept connections, if {@link ServerOptions#withStartServing} has put that off. Clients that connected
     * before have waited in the backlog; asyncio refuses them. Does nothing if the server already accepts.
     *
     * @throws IllegalStateException if the server is closed
     */
    public void startServing() {
        loop.checkThread();
        if (state == State.CLOSED) {
            throw new IllegalStateException("this server is closed: " + this);
        }
        if (state == State.BOUND) {
            state = State.OPEN;
            listeners.start();
        }
    }

    /**
     * Accepts connections until the caller is cancelled. Then it closes the server and its connections, waits for them,
     * and throws that CancelledError. A client that does not read what is queued for it holds it up for 500 ms, then
     * that is dropped; asyncio waits without a limit. With {@link ServerOptions#withGrace}, it shuts down as
     * {@link #shutdown} does instead.
     *
     * <p>{@link #close} ends it too, with a CancelledError as well, once the last connection is closed.
     *
     * @throws IllegalStateException if the server is closed, or another call has not ended
     */
    @Suspends
    public void serveForever() {
        if (serving != null) {
            throw new IllegalStateException("serveForever() is already running: " + this);
        }
        startServing();
        Future<@Nullable Void> forever = loop.createFuture("Server.serveForever");
        serving = forever;
        try {
            forever.await();
        } catch (CancelledError ended) {
            endServing();
            throw ended;
        } finally {
            serving = null;
        }
    }

    private void endServing() {
        if (state == State.CLOSED) {
            waitClosed();
            return;
        }
        if (options.grace().isPositive()) {
            shutdown(options.grace());
            return;
        }
        close();
        closeClients();
        waitClosed(CLOSE_TIMEOUT);
    }

    /**
     * Stops accepting, lets handlers end, and waits until all connections are closed; those that are left when {@code grace}
     * is over are aborted. Ends {@link #serveForever}, too. If the caller is cancelled meanwhile, all connections are
     * aborted at once.
     *
     * @throws IllegalArgumentException if {@code grace} is negative
     */
    @Suspends
    public void shutdown(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace < 0: " + DurationText.of(grace));
        }
        close();
        try {
            waitClosed(grace);
        } catch (CancelledError cancelled) {
            abortClients();
            throw cancelled;
        }
    }

    /** Waits until its connections are closed, and aborts those that are left after {@code limit}. */
    private void waitClosed(Duration limit) {
        TimerHandle timer = loop.callLater(limit, this::abortClients);
        try {
            waitClosed();
        } finally {
            timer.cancel();
        }
    }

    /**
     * Stops accepting, and ends {@link #serveForever}; connections stay open. Does not wait. A second call does
     * nothing.
     */
    @Override
    public void close() {
        loop.checkThread();
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        listeners.close();
        if (serving != null) {
            serving.cancel();
        }
        onEachLoop(ServerLoop::close);
    }

    /**
     * Closes its connections, each as soon as the queued bytes have been sent: asyncio's {@code close_clients}. Does
     * not wait. Close the server first.
     */
    public void closeClients() {
        onEachLoop(ServerLoop::closeClients);
    }

    /**
     * Closes its connections at once and drops the queued bytes: asyncio's {@code abort_clients}. Does not wait. Close
     * the server first.
     */
    public void abortClients() {
        onEachLoop(ServerLoop::abortClients);
    }

    private void onEachLoop(Consumer<ServerLoop> action) {
        loop.checkThread();
        parts.forEach(part -> part.tell(action));
    }

    /**
     * Waits until the server and its last connection are closed: asyncio's {@code wait_closed}. Handlers may still run.
     */
    @Suspends
    public void waitClosed() {
        while (!notOver.isEmpty()) {
            Future<@Nullable Void> over = loop.createFuture("Server.waitClosed");
            waiters.add(over);
            try {
                over.await();
            } finally {
                waiters.remove(over);
            }
        }
        listeners.awaitClosed();
    }

    /** On the part's loop, or on this one. */
    private void partIsOver(ServerLoop part) {
        if (loop.eventLoop().inEventLoop()) {
            notOver.remove(part);
            wakeIfOver();
            return;
        }
        try {
            loop.eventLoop().execute(() -> partIsOver(part));
        } catch (RejectedExecutionException loopClosed) {
            // And with it every task that waits.
        }
    }

    private void wakeIfOver() {
        if (notOver.isEmpty()) {
            for (Future<@Nullable Void> over : waiters) {
                if (!over.isDone()) {
                    over.setResult(null);
                }
            }
        }
    }

    @Override
    public String toString() {
        int connections = parts.stream().mapToInt(ServerLoop::connections).sum();
        return "Server[" + options.name() + " on " + addresses() + ", "
                + state.name().toLowerCase(Locale.ROOT) + ", " + connections + " connections]";
    }
}
