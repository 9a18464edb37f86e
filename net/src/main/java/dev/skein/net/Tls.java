package dev.skein.net;

import dev.skein.loop.Future;
import dev.skein.loop.Handle;
import dev.skein.loop.Loop;
import dev.skein.loop.TimerHandle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The encryption of one connection: its handshake and its end, what asyncio calls the {@code SSLProtocol}. The bytes in
 * between go through Netty's {@link SslHandler} alone, which stands in the pipeline in front of the {@link StreamHandler}.
 *
 * <p>The end is asyncio's. Our close sends what is queued, then begins the {@link TlsGoodbye}; the peer's close_notify is
 * the end of what is read, and closes our side too. The end of its TCP stream without one does as well, but it is a failure
 * of what is read, unlike in asyncio, unless the options allow it. Netty's own timeouts are off: a handshake and a shutdown
 * each have one timer of the loop.
 *
 * <p>Loop only.
 */
final class Tls {
    /**
     * How far it is.
     *
     * <pre>
     *  HANDSHAKE -> OPEN      the sides have agreed
     *  OPEN      -> SHUTDOWN  one of them has begun to close
     *  any       -> CLOSED    the handshake failed, or the channel is closed
     * </pre>
     */
    private enum State {
        HANDSHAKE,
        OPEN,
        SHUTDOWN,
        CLOSED
    }

    // Set once.
    private final Loop loop;
    private final StreamHandler stream;
    private final TlsOptions options;
    private final boolean all;
    /** What the handshake failed by, or null if it did not. */
    private final Future<@Nullable Throwable> handshake;

    @SuppressWarnings("NullAway.Init") // before the first of Netty's events arrives
    private SslHandler handler;

    // Loop only.
    private State state = State.HANDSHAKE;
    private Optional<TlsSession> session = Optional.empty();
    private @Nullable TimerHandle timer;
    /** From the handshake's success on. */
    private @Nullable TlsGoodbye goodbye;

    private Tls(Loop loop, StreamHandler stream, TlsOptions options, boolean all) {
        this.loop = loop;
        this.stream = stream;
        this.options = options;
        this.all = all;
        this.handshake = loop.createFuture("Connection.startTls");
    }

    /** As {@link #start}, for a connection that was opened to {@code address} for this. */
    static Connection connected(StreamHandler stream, SocketAddress address, TlsOptions options) throws IOException {
        try {
            start(stream, options.forClientOf(address), true);
            return stream.connection();
        } catch (Throwable notEncrypted) {
            stream.abort();
            throw notEncrypted;
        }
    }

    /** As below, on a connection that has been in use. */
    static void start(StreamHandler stream, TlsOptions options) throws IOException {
        // A client's hello may be here already; what is here for a client was sent in clear, and is read as such.
        start(stream, options, !options.isClient());
    }

    /**
     * Suspends for a handshake. If that fails, or the caller is cancelled, the connection is closed.
     *
     * @param all whether what has come and was not read belongs to the handshake
     */
    static void start(StreamHandler stream, TlsOptions options, boolean all) throws IOException {
        if (options.isClient()
                && options.hostnameVerification()
                && options.serverName().isEmpty()) {
            throw new IllegalArgumentException("startTls: whose certificate is expected of " + stream.peer()
                    + " is not said: use withServerName(host), or withoutHostnameVerification()");
        }
        stream.output().awaitWritable();
        Tls tls = new Tls(Loop.current(), stream, options, all);
        stream.encryptWith(tls);
        Handle begin = tls.loop.callSoon(tls::begin);
        try {
            Throwable cause = tls.handshake.await();
            if (cause != null) {
                throw HandshakeFailure.of(cause, stream.peer(), options);
            }
        } catch (Throwable failed) {
            begin.cancel();
            stream.abort();
            throw failed;
        }
    }

    boolean isHandshaking() {
        return state == State.HANDSHAKE;
    }

    /** Whether the end of the TCP stream is none of what is read, since the end of TLS has not come before it. */
    boolean needsCloseNotify() {
        return state == State.OPEN && !options.truncationAllowed();
    }

    Optional<TlsSession> session() {
        return session;
    }

    // The handshake.

    /** A callback, so that neither the crypto nor Netty's thread-locals are on a coroutine's stack. */
    private void begin() {
        if (state != State.HANDSHAKE) {
            return;
        }
        timer = loop.callLater(options.handshakeTimeout(), () -> {
            handshakeFailed(HandshakeFailure.timeout(stream.peer(), options));
            stream.abort();
        });
        // What was written before goes in clear.
        stream.output().flush();
        ByteBuf early = all ? stream.reader().takeAll() : Unpooled.EMPTY_BUFFER;
        stream.reader().resume();
        try {
            insert(early);
        } catch (Throwable notStarted) {
            handshakeFailed(notStarted);
        }
    }

    private void insert(ByteBuf early) throws Exception {
        ChannelHandlerContext last = stream.context();
        ChannelInboundHandler first;
        try {
            first = options.contexts() instanceof TlsOptions.Always(SslContext context)
                    ? newHandler(context)
                    : new ByServerName();
            last.pipeline().addBefore(last.name(), null, first);
        } catch (Throwable notInserted) {
            early.release();
            throw notInserted;
        }
        if (early.isReadable()) {
            ChannelHandlerContext context = last.pipeline().context(first);
            first.channelRead(context, early);
            first.channelReadComplete(context);
        }
        if (stream.isInputEnded()) {
            inputEnded();
        }
    }

    private SslHandler newHandler(SslContext context) {
        handler = TlsEngines.newHandler(context, stream, options);
        return handler;
    }

    /** Netty's handler that waits for the name that the client asks for, and is replaced by the SslHandler for it. */
    private final class ByServerName extends SniHandler {
        ByServerName() {
            super(options.contexts(), 0, 0);
        }

        @Override
        protected void replaceHandler(
                ChannelHandlerContext context, @Nullable String name, @Nullable SslContext found) {
            SslHandler next = newHandler(TlsEngines.found(found, name));
            try {
                context.pipeline().replace(this, null, next);
            } catch (Throwable notReplaced) {
                ReferenceCountUtil.release(next.engine());
                throw notReplaced;
            }
        }
    }

    private void handshakeSucceeded() {
        session = Optional.of(TlsSession.of(handler));
        goodbye = new TlsGoodbye(stream, handler, options);
        state = State.OPEN;
        cancelTimer();
        handshake.setResult(null);
        stream.wakeWriters();
    }

    /** Of several causes, the first is the one. */
    void handshakeFailed(Throwable cause) {
        if (state == State.HANDSHAKE) {
            state = State.CLOSED;
            cancelTimer();
            if (!handshake.isDone()) {
                handshake.setResult(cause);
            }
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
        }
    }

    // What Netty tells.

    /** Whether {@code event} was one of TLS. */
    boolean heard(Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            if (!done.isSuccess()) {
                handshakeFailed(done.cause());
            } else if (state == State.HANDSHAKE) {
                handshakeSucceeded();
            }
            return true;
        }
        if (event instanceof SslCloseCompletionEvent done) {
            if (done.isSuccess()) {
                engineClosed();
            }
            return true;
        }
        return false;
    }

    private void engineClosed() {
        if (goodbye != null) {
            goodbye.engineClosed();
        }
        endedByPeer();
    }

    /** The peer has ended its TCP stream. */
    void inputEnded() {
        if (goodbye != null) {
            goodbye.inputEnded();
        }
        endedByPeer();
    }

    private void endedByPeer() {
        if (state == State.HANDSHAKE) {
            handshakeFailed(new ClosedChannelException());
        } else {
            stream.endedByPeer();
        }
    }

    void channelClosed() {
        handshakeFailed(new ClosedChannelException());
        state = State.CLOSED;
        cancelTimer();
        if (goodbye != null) {
            goodbye.channelClosed();
        }
    }

    // The end.

    /** Ends our side behind what is written, and closes the channel when the peer's side has ended too. */
    void shutDown() {
        if (goodbye == null || state != State.OPEN) {
            stream.abort();
            return;
        }
        state = State.SHUTDOWN;
        TlsGoodbye begun = goodbye;
        stream.inPipeline(() -> {
            if (!stream.isClosed()) {
                stream.output().flush();
                begun.begin();
            }
        });
    }

    @Override
    public String toString() {
        return "TLS " + state;
    }
}
