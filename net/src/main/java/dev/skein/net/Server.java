package dev.skein.net;

import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
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
 * A server that listens: asyncio's {@code Server}. It has its handler called with each connection, in a task that is named
 * after the server and the peer, as in {@code echo-127.0.0.1:51234}.
 *
 * <p>{@link #close} only stops it from accepting; its connections go on until their handlers end. So does the end of a
 * try-with-resources block:
 *
 * <pre>{@code
 * try (Server server = startServer(this::echo, "127.0.0.1", 7007)) {
 *     server.serveForever();
 * }
 * }</pre>
 *
 * <p>Its connections are served by the loop that started it, or shared out to those of a group
 * ({@link ServerOptions#withLoops}); the server itself belongs to the loop that started it in either case. Loop only.
 */
public final class Server implements AutoCloseable {
    /** How long clients get to take what is queued for them when {@code serveForever} is cancelled. */
    private static final Duration GRACE = Duration.ofMillis(500);

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

    // Set once, before the server is given to anybody.
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

    /** The loop that started it: asyncio's {@code get_loop}. */
    public Loop loop() {
        return loop;
    }

    /** Where it listens, with the port that port 0 became; also after it was closed. */
    public List<SocketAddress> addresses() {
        return listeners.addresses();
    }

    /**
     * The port of the first of its addresses.
     *
     * @throws UnsupportedOperationException if that is a Unix socket's, which has none
     */
    public int port() {
        SocketAddress first = listeners.addresses().getFirst();
        if (first instanceof InetSocketAddress inet) {
            return inet.getPort();
        }
        throw new UnsupportedOperationException(
                "a server on the Unix socket " + first + " has no port: use addresses()");
    }

    /** Whether it accepts connections. */
    public boolean isServing() {
        return state == State.OPEN;
    }

    /**
     * Begins to accept connections, where {@link ServerOptions#withStartServing} has put it off; those who came before have
     * waited in the backlog, unlike in asyncio, which refuses them. If it accepts already, nothing happens.
     *
     * @throws IllegalStateException if the server is closed
     */
    public void startServing() {
        loop.checkThread();
        checkNotClosed();
        if (state == State.BOUND) {
            state = State.OPEN;
            listeners.start();
        }
    }

    private void checkNotClosed() {
        if (state == State.CLOSED) {
            throw new IllegalStateException("this server is closed: " + this);
        }
    }

    /**
     * Accepts connections until the caller is cancelled; then closes the server and its connections, waits for them, and
     * throws that CancelledError. Unlike asyncio's, it does not wait for ever for a client that does not take what is
     * queued for it: after half a second that is dropped.
     *
     * <p>{@link #close} ends it too, as cancelled, once the last connection is closed.
     *
     * @throws IllegalStateException if the server is closed, or another call has not ended
     */
    public void serveForever() {
        checkNotClosed();
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
        close();
        closeClients();
        TimerHandle graceTimer = loop.callLater(GRACE, this::abortClients);
        try {
            waitClosed();
        } finally {
            graceTimer.cancel();
        }
    }

    /** Stops accepting, and ends {@link #serveForever}; connections go on. Does not wait. A second call does nothing. */
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

    /** Closes its connections, each when what is queued has been sent; does not wait. Close the server first. */
    public void closeClients() {
        onEachLoop(ServerLoop::closeClients);
    }

    /** Closes its connections at once, and drops what is queued; does not wait. Close the server first. */
    public void abortClients() {
        onEachLoop(ServerLoop::abortClients);
    }

    private void onEachLoop(Consumer<ServerLoop> action) {
        loop.checkThread();
        parts.forEach(part -> part.tell(action));
    }

    /** Waits until it is closed and the last connection is: asyncio's {@code wait_closed}. Handlers may still run. */
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
            // Nobody is left to wait.
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
