package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.CancelledError;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.ExceptionGroup;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * What a server has on one loop: the connections that this loop serves, and a task for each. A server over a group of loops
 * has one of these for each of them, and they share nothing.
 *
 * <p>Loop only, but for {@link #tell}.
 */
final class ServerLoop implements ConnectionObserver {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Server.class);

    // Set once.
    private final Loop loop;
    private final ConnectionProtocol protocol;
    private final ServerOptions options;
    private final Consumer<ServerLoop> whenOver;

    // Loop only.
    private final Set<ConnectionEndpoint> connections = new LinkedHashSet<>();
    private boolean closed;

    /** {@code whenOver} is called when it is closed and empty, on this loop or, if that is closed, on the caller's. */
    ServerLoop(Loop loop, ConnectionProtocol protocol, ServerOptions options, Consumer<ServerLoop> whenOver) {
        this.loop = loop;
        this.protocol = protocol;
        this.options = options;
        this.whenOver = whenOver;
    }

    Loop loop() {
        return loop;
    }

    ConnectionProtocol protocol() {
        return protocol;
    }

    ServerOptions options() {
        return options;
    }

    /** Runs {@code action} on its loop: at once if that is the caller's. Any loop. */
    void tell(Consumer<ServerLoop> action) {
        if (loop.eventLoop().inEventLoop()) {
            action.accept(this);
            return;
        }
        try {
            loop.eventLoop().execute(() -> action.accept(this));
        } catch (RejectedExecutionException loopClosed) {
            // And with it all its channels.
            whenOver.accept(this);
        }
    }

    /** How many connections it has; from another loop, about how many. */
    int connections() {
        return connections.size();
    }

    /** Connections that come now are aborted. */
    void close() {
        closed = true;
        tellIfOver();
    }

    void closeClients() {
        List.copyOf(connections).forEach(ConnectionEndpoint::close);
    }

    void abortClients() {
        List.copyOf(connections).forEach(ConnectionEndpoint::abort);
    }

    private void tellIfOver() {
        if (closed && connections.isEmpty()) {
            whenOver.accept(this);
        }
    }

    // Connections.

    @Override
    public void connected(ConnectionEndpoint connection) {
        if (closed) {
            connection.abort();
            return;
        }
        connections.add(connection);
        // A callback, since a task that is cancelled before its first step runs no finally.
        loop.createTask(() -> serve(connection), options.name() + "-" + connection.peer())
                .addDoneCallback(connection);
    }

    private void serve(ConnectionEndpoint connection) throws Exception {
        if (options.tls().isPresent()
                && !handshakeSucceeds(connection, options.tls().get())) {
            return;
        }
        try {
            protocol.serve(connection);
        } catch (CancelledError cancelled) {
            throw cancelled;
        } catch (Throwable failure) {
            handlerFailed(connection, failure);
        }
    }

    /** Suspends for it. A failure is the peer's, so it is reported in debug mode only, as asyncio does. */
    private boolean handshakeSucceeds(ConnectionEndpoint connection, TlsOptions tls) {
        try {
            connection.awaitHandshake(tls);
            return true;
        } catch (IOException failed) {
            if (loop.isDebug()) {
                loop.callExceptionHandler(
                        ErrorContext.of("TLS handshake of an incoming connection failed, so it is closed")
                                .withException(failed)
                                .withChannel(connection.channel()));
            }
            return false;
        }
    }

    private void handlerFailed(ConnectionEndpoint connection, Throwable failure) throws InterruptedException {
        if (isLossOf(connection, failure)) {
            LOG.debug("{}: {}", options.name(), failure.getMessage());
            return;
        }
        Task<?> task = Objects.requireNonNull(Asyncio.currentTask());
        if (failure instanceof InterruptedException interrupt && task.cancelling() > 0) {
            throw interrupt;
        }
        loop.callExceptionHandler(ErrorContext.of(
                        "handler of the connection with " + connection.peer() + " failed, so the connection is closed")
                .withException(failure)
                .withTask(task)
                .withChannel(connection.channel()));
    }

    /** Whether it says only that the peer has gone, which is no error of the handler's. */
    private static boolean isLossOf(ConnectionEndpoint connection, Throwable failure) {
        return switch (failure) {
            case ConnectionLostException lost -> lost.peer().equals(connection.remoteAddress());
            case UncheckedIOException io -> isLossOf(connection, Objects.requireNonNull(io.getCause()));
            case ExceptionGroup group -> group.members().stream().allMatch(member -> isLossOf(connection, member));
            default -> false;
        };
    }

    @Override
    public void disconnected(ConnectionEndpoint connection) {
        connections.remove(connection);
        tellIfOver();
    }
}
