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
 * How a server is made. Immutable; changed by a function: {@code startServer(handler, host, port, o -> o.withBacklog(512))}.
 *
 * @param name what its tasks are called by, in front of the peer's address
 * @param backlog how many connections the system keeps for it that it has not accepted yet
 * @param limit the longest line that is read, in bytes; reading from the network pauses above twice as much
 * @param writeMarks a write waits while more than the high mark is queued, until it is less than the low mark; in bytes
 * @param options options of Netty's for each connection
 * @param listenOptions options of Netty's for each listening socket
 * @param reusePort whether other servers of the same user may listen on the same port and share its connections
 * @param startServing whether it accepts at once, and not only from {@link Server#startServing} on
 * @param maxConnections how many connections it has at most
 * @param idleTimeout how long a peer may keep a read or a write waiting without a byte
 * @param messageTimeout how long a read may take from its first byte to its last
 * @param loops the loops that share its connections; empty for the loop that starts it
 * @param keepSocketFile whether the file of a Unix socket stays when the server closes
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
        Optional<TlsOptions> tls) {
    /** Refuses a number below 1, and a time of zero or less. */
    public ServerOptions {
        checkPositive("backlog", backlog);
        StreamReader.checkLimit(limit);
        checkPositive("maxConnections", maxConnections);
        checkPositive("idleTimeout", idleTimeout);
        checkPositive("messageTimeout", messageTimeout);
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
     * The name "server", the system's largest backlog, a limit of 64 KiB, Netty's water marks: 32 and 64 KiB; served at
     * once, by the loop that starts it, with any number of connections and no timeout.
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
                Optional.empty());
    }

    /** These options with another name. */
    public ServerOptions withName(String other) {
        return changed(draft -> draft.name = other);
    }

    /** These options with another backlog. */
    public ServerOptions withBacklog(int other) {
        return changed(draft -> draft.backlog = other);
    }

    /** These options with another limit. */
    public ServerOptions withLimit(int other) {
        return changed(draft -> draft.limit = other);
    }

    /** These options with other water marks. */
    public ServerOptions withWriteMarks(int low, int high) {
        return changed(draft -> draft.writeMarks = new WriteBufferWaterMark(low, high));
    }

    /**
     * These options, and {@code option} for each connection: {@code o -> o.withOption(ChannelOption.SO_KEEPALIVE, true)}. It
     * stands, also where Skein has a value of its own: {@code ALLOW_HALF_CLOSURE}, which is on, and {@code TCP_NODELAY}.
     * {@code AUTO_READ} cannot be given.
     */
    public <T> ServerOptions withOption(ChannelOption<T> option, T value) {
        return changed(draft -> draft.options = NettyOptions.with(options, option, value));
    }

    /** These options, and {@code option} for each listening socket, set before it is bound. */
    public <T> ServerOptions withListenOption(ChannelOption<T> option, T value) {
        return changed(draft -> draft.listenOptions = NettyOptions.with(listenOptions, option, value));
    }

    /** These options, for a port that other servers may share: {@code SO_REUSEPORT}, asyncio's {@code reuse_port}. */
    public ServerOptions withReusePort(boolean on) {
        return changed(draft -> draft.reusePort = on);
    }

    /** These options, for a server that accepts at once or not: asyncio's {@code start_serving}. */
    public ServerOptions withStartServing(boolean atOnce) {
        return changed(draft -> draft.startServing = atOnce);
    }

    /**
     * These options with a limit on the connections: with so many it stops accepting, until one of them is closed. Those
     * who come meanwhile wait in the backlog.
     */
    public ServerOptions withMaxConnections(int most) {
        return changed(draft -> draft.maxConnections = most);
    }

    /**
     * These options with a limit on silence: when a read, or a {@code receive} of messages, has waited for so long and no
     * byte has come or gone, the connection is lost, and the read throws an IOException whose cause is a
     * {@link java.net.SocketTimeoutException}. So it is when the peer has taken nothing of what is queued for between once
     * and twice as long. While the handler does something else and nothing is queued, no time runs.
     */
    public ServerOptions withIdleTimeout(Duration time) {
        return changed(draft -> draft.idleTimeout = Optional.of(time));
    }

    /**
     * These options with a limit on slow senders, elsewhere called a header timeout: when a read ({@code readLine},
     * {@code readUntil}, {@code readExactly}, {@code readAll}) or a {@code receive} of messages has got a first byte and
     * for so long not the last, the connection is lost, and the read throws an IOException whose cause is a
     * {@link java.net.SocketTimeoutException}. Of a message that begins in the packet in which another one ends, time runs
     * from its next byte on.
     */
    public ServerOptions withMessageTimeout(Duration time) {
        return changed(draft -> draft.messageTimeout = Optional.of(time));
    }

    /**
     * These options, for a server whose connections are shared out to the loops of {@code group}: each is served, from
     * its first byte to its last, by one of them. The caller goes on to own the group.
     */
    public ServerOptions withLoops(LoopGroup group) {
        return changed(draft -> draft.loops = Optional.of(group));
    }

    /** These options, for a Unix socket whose file stays: asyncio's {@code cleanup_socket=False}. */
    public ServerOptions withSocketFileKept() {
        return changed(draft -> draft.keepSocketFile = true);
    }

    /** These options with TLS. A handler is called when its client has shaken hands. */
    public ServerOptions withTls(SslContext context) {
        return withTls(TlsOptions.of(context));
    }

    /** These options with TLS, as {@code other} says: for several host names, or certificates that change. */
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
                    tls);
        }
    }
}
