package dev.skein.net;

import dev.skein.loop.LoopGroup;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of a server. Immutable; a function changes them:
 *
 * {@snippet :
 * ConnectionHandler echo = peer -> peer.reader().transferTo(peer.writer());
 * try (Server server = startServer(
 *         echo, "127.0.0.1", 7007, o -> o.withMaxConnections(1000).withIdleTimeout(Duration.ofSeconds(30)))) {
 *     server.serveForever();
 * }
 * }
 *
 * @param name the first part of the names of its tasks, in front of the peer's address
 * @param backlog how many connections the system keeps for it that it has not accepted yet
 * @param limit the longest line that is read, in bytes; reading from the network pauses above twice as much
 * @param writeMarks the water marks in bytes: a write waits while more than the high mark is queued, until less than
 *     the low mark is
 * @param options options of Netty's for each connection
 * @param listenOptions options of Netty's for each listening socket
 * @param reusePort whether other servers of the same user may listen on the same port and share its connections
 * @param startServing whether it accepts at once, or only from {@link Server#startServing} on
 * @param maxConnections how many connections it has at most
 * @param idleTimeout how long a peer may keep a read or a write waiting without a byte; empty for no timeout
 * @param messageTimeout how long a read may take from its first byte to its last; empty for no timeout
 * @param loops the loops that share its connections; empty for the loop that starts it
 * @param keepSocketFile whether the file of a Unix socket stays when the server closes
 * @param grace how long handlers may go on when {@link Server#serveForever} is cancelled; zero closes their connections at
 *     once
 * @param tls how connections are encrypted; empty if they are not
 */
public record ServerOptions(
        String name,
        int backlog,
        int limit,
        WriteBufferWaterMark writeMarks,
        Map<ChannelOption<?>, Object> options,
        Map<ChannelOption<?>, Object> listenOptions,
        boolean reusePort,
        boolean startServing,
        int maxConnections,
        Optional<Duration> idleTimeout,
        Optional<Duration> messageTimeout,
        Optional<LoopGroup> loops,
        boolean keepSocketFile,
        Duration grace,
        Optional<TlsOptions> tls) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a number is below 1, a timeout zero or less, or the {@code SslContext} a
     *     client's
     */
    public ServerOptions {
        checkPositive("backlog", backlog);
        StreamReader.checkLimit(limit);
        checkPositive("maxConnections", maxConnections);
        checkPositive("idleTimeout", idleTimeout);
        checkPositive("messageTimeout", messageTimeout);
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace < 0: " + DurationText.of(grace));
        }
        options = Map.copyOf(options);
        listenOptions = Map.copyOf(listenOptions);
        tls.ifPresent(TlsOptions::checkForServer);
    }

    private static void checkPositive(String what, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(what + " < 1: " + number);
        }
    }

    private static void checkPositive(String what, Optional<Duration> time) {
        if (time.isPresent() && !time.get().isPositive()) {
            throw new IllegalArgumentException(
                    what + " <= 0: " + DurationText.of(time.get()) + ": leave it out for no timeout");
        }
    }

    /**
     * Returns the defaults: the name "server", the system's largest backlog, a limit of 64 KiB, Netty's water marks of
     * 32 and 64 KiB, and no TLS. The loop that starts the server serves at once, any number of connections and without
     * timeouts.
     */
    public static ServerOptions defaults() {
        return new ServerOptions(
                "server",
                NetUtil.SOMAXCONN,
                StreamReader.DEFAULT_LIMIT,
                WriteBufferWaterMark.DEFAULT,
                Map.of(),
                Map.of(),
                false,
                true,
                Integer.MAX_VALUE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Duration.ZERO,
                Optional.empty());
    }

    /** Returns these options with another name. */
    public ServerOptions withName(String other) {
        return changed(draft -> draft.name = other);
    }

    /** Returns these options with another backlog. */
    public ServerOptions withBacklog(int other) {
        return changed(draft -> draft.backlog = other);
    }

    /** Returns these options with another limit, in bytes. */
    public ServerOptions withLimit(int other) {
        return changed(draft -> draft.limit = other);
    }

    /** Returns these options with other water marks, in bytes. */
    public ServerOptions withWriteMarks(int low, int high) {
        return changed(draft -> draft.writeMarks = new WriteBufferWaterMark(low, high));
    }

    /**
     * Returns these options and {@code option} for each connection: {@code o ->
     * o.withOption(ChannelOption.SO_KEEPALIVE, true)}. It overrides Skein's own values, which are true for {@code
     * ALLOW_HALF_CLOSURE} and {@code TCP_NODELAY}. {@code AUTO_READ} is reserved, and refused when the server starts.
     */
    public <T> ServerOptions withOption(ChannelOption<T> option, T value) {
        return changed(draft -> draft.options = NettyOptions.with(options, option, value));
    }

    /** Returns these options and {@code option} for each listening socket, set before it is bound. */
    public <T> ServerOptions withListenOption(ChannelOption<T> option, T value) {
        return changed(draft -> draft.listenOptions = NettyOptions.with(listenOptions, option, value));
    }

    /**
     * Returns these options for a port that other servers may share: {@code SO_REUSEPORT}, asyncio's {@code
     * reuse_port}.
     */
    public ServerOptions withReusePort(boolean on) {
        return changed(draft -> draft.reusePort = on);
    }

    /** Returns these options for a server that accepts at once or not: asyncio's {@code start_serving}. */
    public ServerOptions withStartServing(boolean atOnce) {
        return changed(draft -> draft.startServing = atOnce);
    }

    /**
     * Returns these options with a limit on open connections. At the limit the server stops accepting until one of them
     * is closed; further clients wait in the backlog.
     */
    public ServerOptions withMaxConnections(int most) {
        return changed(draft -> draft.maxConnections = most);
    }

    /**
     * Returns these options with a limit on silence. If a read, or a {@code receive} of messages, has waited for {@code
     * time} and no byte was received or sent, the connection is lost. The read throws an IOException whose cause is a
     * {@link java.net.SocketTimeoutException}. The connection is lost too if the peer has read nothing of what is
     * queued for between once and twice that time. No time runs while the handler does something else and nothing is
     * queued.
     */
    public ServerOptions withIdleTimeout(Duration time) {
        return changed(draft -> draft.idleTimeout = Optional.of(time));
    }

    /**
     * Returns these options with a limit on slow senders, elsewhere called a header timeout. It holds for a read
     * ({@code readLine}, {@code readUntil}, {@code readExactly}, {@code readAll}) or a {@code receive} of messages. If
     * its last byte has not come {@code time} after its first, the connection is lost. The read throws an IOException
     * whose cause is a {@link java.net.SocketTimeoutException}. If a message begins in the packet in which another one
     * ends, time runs from its next byte on.
     */
    public ServerOptions withMessageTimeout(Duration time) {
        return changed(draft -> draft.messageTimeout = Optional.of(time));
    }

    /**
     * Returns these options for a server whose connections the loops of {@code group} share. One of them serves a
     * connection from its first byte to its last. The caller still owns the group, and closes it.
     */
    public ServerOptions withLoops(LoopGroup group) {
        return changed(draft -> draft.loops = Optional.of(group));
    }

    /** Returns these options for a Unix socket whose file stays: asyncio's {@code cleanup_socket=False}. */
    public ServerOptions withSocketFileKept() {
        return changed(draft -> draft.keepSocketFile = true);
    }

    /**
     * Returns these options for a server that gives handlers {@code time} to end when {@link Server#serveForever} is cancelled,
     * as by Ctrl-C. What is left then is aborted, see {@link Server#shutdown}.
     *
     * @throws IllegalArgumentException if {@code time} is negative
     */
    public ServerOptions withGrace(Duration time) {
        return changed(draft -> draft.grace = time);
    }

    /** Returns these options with TLS. A handler is called after the handshake with its client. */
    public ServerOptions withTls(SslContext context) {
        return withTls(TlsOptions.of(context));
    }

    /** Returns these options with TLS as {@code other} says: for several host names, or certificates that change. */
    public ServerOptions withTls(TlsOptions other) {
        return changed(draft -> draft.tls = Optional.of(other));
    }

    /** What limits one connection; null if nothing does. */
    @Nullable
    ConnectionTimeouts newTimeouts() {
        return idleTimeout.isEmpty() && messageTimeout.isEmpty()
                ? null
                : new ConnectionTimeouts(idleTimeout, messageTimeout);
    }

    private ServerOptions changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /** The same, to be changed: so that each component is named once and not in each of the methods above. */
    private static final class Draft {
        private String name;
        private int backlog;
        private int limit;
        private WriteBufferWaterMark writeMarks;
        private Map<ChannelOption<?>, Object> options;
        private Map<ChannelOption<?>, Object> listenOptions;
        private boolean reusePort;
        private boolean startServing;
        private int maxConnections;
        private Optional<Duration> idleTimeout;
        private Optional<Duration> messageTimeout;
        private Optional<LoopGroup> loops;
        private boolean keepSocketFile;
        private Duration grace;
        private Optional<TlsOptions> tls;

        Draft(ServerOptions from) {
            name = from.name;
            backlog = from.backlog;
            limit = from.limit;
            writeMarks = from.writeMarks;
            options = from.options;
            listenOptions = from.listenOptions;
            reusePort = from.reusePort;
            startServing = from.startServing;
            maxConnections = from.maxConnections;
            idleTimeout = from.idleTimeout;
            messageTimeout = from.messageTimeout;
            loops = from.loops;
            keepSocketFile = from.keepSocketFile;
            grace = from.grace;
            tls = from.tls;
        }

        ServerOptions finished() {
            return new ServerOptions(
                    name,
                    backlog,
                    limit,
                    writeMarks,
                    options,
                    listenOptions,
                    reusePort,
                    startServing,
                    maxConnections,
                    idleTimeout,
                    messageTimeout,
                    loops,
                    keepSocketFile,
                    grace,
                    tls);
        }
    }
}
