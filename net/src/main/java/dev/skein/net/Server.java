package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.CancelledError;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.TimerHandle;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
 * <p>Loop only.
 */
public final class Server implements AutoCloseable {
    /** How long clients get to take what is queued for them when {@code serveForever} is cancelled. */
    private static final Duration GRACE = Duration.ofMillis(500);

    // Set once, before the server is given to anybody.
    private final Loop loop = Loop.current();
    private final Service service;
    private final ServerOptions options;
    private final List<SocketAddress> addresses = new ArrayList<>();

    // Loop only.
    private final List<Channel> listeners = new ArrayList<>();
    private final Set<Endpoint> connections = new LinkedHashSet<>();
    private final ArrayDeque<Future<@Nullable Void>> waiters = new ArrayDeque<>(1);
    private @Nullable Future<@Nullable Void> serving;
    private boolean closed;

    private Server(Service service, ServerOptions options) {
        this.service = service;
        this.options = options;
    }

    static Server start(Service service, String host, int port, ServerOptions options) throws IOException {
        Server server = new Server(service, options);
        try {
            server.listenOnAll(Names.lookUp(host), port);
        } catch (Throwable notStarted) {
            server.close();
            throw notStarted;
        }
        return server;
    }

    static Server start(Service service, SocketAddress address, ServerOptions options) throws IOException {
        if (address instanceof InetSocketAddress inet) {
            String host = inet.isUnresolved()
                    ? inet.getHostString()
                    : inet.getAddress().getHostAddress();
            return start(service, host, inet.getPort(), options);
        }
        Server server = new Server(service, options);
        try {
            server.listenOnUnix(address);
        } catch (Throwable notStarted) {
            server.close();
            throw notStarted;
        }
        return server;
    }

    private void listenOnUnix(SocketAddress address) throws IOException {
        listeners.add(UnixListener.listen(bootstrap(), loop.transport(), address, options.keepSocketFile()));
        addresses.add(address);
    }

    /** A name may have addresses that this machine has not, as localhost has ::1 where IPv6 is off: those are skipped. */
    private void listenOnAll(List<InetAddress> hosts, int port) throws IOException {
        BindException skipped = null;
        for (InetAddress host : hosts) {
            try {
                listen(new InetSocketAddress(host, port));
            } catch (BindException e) {
                if (host.isAnyLocalAddress() || NetworkInterface.getByInetAddress(host) != null) {
                    throw e;
                }
                skipped = e;
            }
        }
        if (addresses.isEmpty() && skipped != null) {
            throw skipped;
        }
    }

    private void listen(InetSocketAddress address) throws IOException {
        ChannelFuture binding = bootstrap()
                .channel(loop.transport().serverSocketChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .bind(address);
        listeners.add(binding.channel());
        try {
            addresses.add(Asyncio.await(binding).localAddress());
        } catch (UncheckedIOException e) {
            IOException why = Objects.requireNonNull(e.getCause());
            String where = NetUtil.toSocketAddressString(address);
            throw (BindException)
                    new BindException("cannot listen on " + where + ": " + why.getMessage()).initCause(why);
        }
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(loop.eventLoop())
                .option(ChannelOption.SO_BACKLOG, options.backlog())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, options.writeMarks())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        HalfClosure.allow(channel);
                        service.install(channel, Server.this);
                    }
                });
    }

    /** Where it listens, with the port that port 0 became; also after it was closed. */
    public List<SocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    /** The port of the first of its addresses. */
    public int port() {
        return ((InetSocketAddress) addresses.getFirst()).getPort();
    }

    /** Whether it accepts connections. */
    public boolean isServing() {
        return !closed;
    }

    /**
     * Suspends until the caller is cancelled; then closes the server and its connections, waits for them, and throws that
     * CancelledError. Unlike asyncio's, it does not wait for ever for a client that does not take what is queued for it:
     * after half a second that is dropped.
     *
     * <p>{@link #close} ends it too, as cancelled, once the last connection is closed.
     *
     * @throws IllegalStateException if the server is closed, or another call has not ended
     */
    public void serveForever() {
        if (closed) {
            throw new IllegalStateException("this server is closed: " + this);
        }
        if (serving != null) {
            throw new IllegalStateException("serveForever() was already called: " + this);
        }
        Future<@Nullable Void> forever = loop.createFuture();
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
        if (closed) {
            waitClosed();
            return;
        }
        close();
        closeClients();
        TimerHandle impatience = loop.callLater(GRACE, this::abortClients);
        try {
            waitClosed();
        } finally {
            impatience.cancel();
        }
    }

    /** Stops accepting, and ends {@link #serveForever}; connections go on. Does not wait. A second call does nothing. */
    @Override
    public void close() {
        closed = true;
        listeners.forEach(Channel::close);
        if (serving != null) {
            serving.cancel();
        }
        wakeIfOver();
    }

    /** Closes its connections, each when what is queued has been sent; does not wait. Close the server first. */
    public void closeClients() {
        List.copyOf(connections).forEach(Endpoint::close);
    }

    /** Closes its connections at once, and drops what is queued; does not wait. Close the server first. */
    public void abortClients() {
        List.copyOf(connections).forEach(Endpoint::abort);
    }

    /** Waits until it is closed and the last connection is: asyncio's {@code wait_closed}. Handlers may still run. */
    public void waitClosed() {
        while (!isOver()) {
            Future<@Nullable Void> over = loop.createFuture();
            waiters.add(over);
            try {
                over.await();
            } finally {
                waiters.remove(over);
            }
        }
        listeners.forEach(listener -> Asyncio.await(listener.closeFuture()));
    }

    private boolean isOver() {
        return closed && connections.isEmpty();
    }

    private void wakeIfOver() {
        if (isOver()) {
            for (Future<@Nullable Void> over : waiters) {
                if (!over.isDone()) {
                    over.setResult(null);
                }
            }
        }
    }

    // Connections.

    void connected(Endpoint connection) {
        if (closed) {
            connection.abort();
            return;
        }
        connections.add(connection);
        // A callback, since a task that is cancelled before its first step runs no finally.
        loop.createTask(() -> serve(connection), options.name() + "-" + connection.peer())
                .addDoneCallback(done -> connection.close());
    }

    private void serve(Endpoint connection) throws Exception {
        try {
            service.serve(connection);
        } catch (CancelledError cancelled) {
            throw cancelled;
        } catch (Throwable failure) {
            handlerFailed(connection, failure);
        }
    }

    private void handlerFailed(Endpoint connection, Throwable failure) throws InterruptedException {
        Task<?> task = Objects.requireNonNull(Asyncio.currentTask());
        if (failure instanceof InterruptedException interrupt && task.cancelling() > 0) {
            throw interrupt;
        }
        loop.callExceptionHandler(
                ErrorContext.of("handler of the connection with " + connection.peer() + " failed, so it is closed")
                        .withException(failure)
                        .withTask(task)
                        .withChannel(connection.channel()));
    }

    void disconnected(Endpoint connection) {
        connections.remove(connection);
        wakeIfOver();
    }

    @Override
    public String toString() {
        return "Server[" + options.name() + " on " + addresses + ", " + (closed ? "closed" : "open") + ", "
                + connections.size() + " connections]";
    }
}
