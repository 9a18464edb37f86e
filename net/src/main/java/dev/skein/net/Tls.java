package dev.skein.net;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.TimerHandle;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The encryption of one connection: its handshake and its end, what asyncio calls the {@code SSLProtocol}. The bytes in
 * between go through Netty's {@link SslHandler} alone, which stands in the pipeline in front of the {@link ConnectionEndpoint}.
 *
 * <p>The end is asyncio's. Our close_notify goes behind what is written, and the channel is closed when the peer's end has
 * come too. The peer's close_notify is the end of what is read. The end of its TCP stream without one ends it as well, but
 * that is a failure of what is read, unlike in asyncio, unless the options allow it. Netty's own timeouts are off: a
 * handshake and a shutdown each have one timer of the loop.
 *
 * <p>Loop only.
 */
final class Tls {
    /**
     * How far the two sides are.
     *
     * <pre>
     *  HANDSHAKE        -> OPEN        the sides have agreed
     *  OPEN             -> DISCARDING  ours is ending, and the engine decrypts no more: what comes is dropped
     *  OPEN, DISCARDING -> PEER_ENDED  the peer's close_notify has come, or the end of its TCP stream
     *  any              -> CLOSED      the handshake failed, or the channel is closed
     * </pre>
     *
     * Our own end can come before the peer's or after it, so it is apart: {@link Tls#closeNotify} is there when it begins,
     * and done when it is sent. When it is, and the state is PEER_ENDED, the channel is closed.
     */
    private enum State {
        HANDSHAKE,
        OPEN,
        DISCARDING,
        PEER_ENDED,
        CLOSED
    }

    // Set once.
    private final ConnectionEndpoint end;
    private final Loop loop;
    private final TlsOptions options;
    /** What the handshake failed by, or null if it did not. */
    private final Future<@Nullable Throwable> handshake;

    @SuppressWarnings("NullAway.Init") // before the first of Netty's events arrives
    private SslHandler handler;

    // Loop only.
    private State state = State.HANDSHAKE;
    private Optional<TlsSession> session = Optional.empty();
    /** Of the handshake, and then of the shutdown. */
    private @Nullable TimerHandle timer;

    private @Nullable ChannelPromise closeNotify;

    /** That of {@code end}. It begins when its handler is in the pipeline. */
    Tls(ConnectionEndpoint end, TlsOptions options) {
        this.end = end;
        this.loop = end.loop();
        this.options = options;
        this.handshake = loop.createFuture("TLS handshake");
    }

    /** The handler that encrypts, for the pipeline; {@code port} is that of a client's peer, or -1. */
    ChannelInboundHandler newHandler(int port) {
        return TlsEngines.newHandler(options, end.channel().alloc(), port, made -> handler = made);
    }

    boolean isHandshaking() {
        return state == State.HANDSHAKE;
    }

    private boolean isEstablished() {
        return state != State.HANDSHAKE && state != State.CLOSED;
    }

    /** Whether the end of the TCP stream is none of what is read, since the end of TLS has not come before it. */
    boolean needsCloseNotify() {
        return state == State.OPEN && !options.truncationAllowed();
    }

    /** The peer's TCP stream has ended, and its TLS has not: what came may have been cut off on the way. */
    static SSLException truncation() {
        return new SSLException("the peer closed it without a TLS close_notify, so the last of its data may be missing;"
                + " if the peer always does so, see TlsOptions.withTruncationAllowed");
    }

    Optional<TlsSession> session() {
        return session;
    }

    private void startTimer(Duration timeout, Runnable action) {
        timer = loop.callLater(timeout, action);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    // The handshake.

    /** Suspends for the handshake. If that fails, or the caller is cancelled, the connection is closed. */
    void awaitHandshake() throws IOException {
        if (state == State.HANDSHAKE) {
            startTimer(options.handshakeTimeout(), this::handshakeTimedOut);
        }
        try {
            Throwable cause = handshake.await();
            if (cause != null) {
                throw HandshakeFailure.of(cause, end.peer(), options);
            }
        } catch (Throwable failed) {
            end.abort();
            throw failed;
        }
    }

    private void handshakeTimedOut() {
        // Who awaits the handshake aborts the connection.
        handshakeFailed(HandshakeFailure.timeout(end.peer(), options));
    }

    void handshakeCompleted(SslHandshakeCompletionEvent event) {
        if (!event.isSuccess()) {
            handshakeFailed(event.cause());
        } else if (state == State.HANDSHAKE) {
            session = Optional.of(TlsSession.of(handler));
            endHandshake(State.OPEN, null);
            end.wakeWriters();
        }
    }

    /** Of several causes, the first is the one. */
    void handshakeFailed(Throwable cause) {
        if (state == State.HANDSHAKE) {
            endHandshake(State.CLOSED, cause);
        }
    }

    private void endHandshake(State next, @Nullable Throwable cause) {
        state = next;
        cancelTimer();
        if (!handshake.isDone()) {
            handshake.setResult(cause);
        }
    }

    // The end.

    /**
     * Our side is to be closed: from now on the peer may take as long as the options say. Whether it can be; else there is
     * nothing to end.
     */
    boolean beginShutdown() {
        if (isEstablished() && timer == null) {
            startTimer(options.shutdownTimeout(), this::shutdownTimedOut);
        }
        return isEstablished();
    }

    /** All is written: ends our side behind it. On the loop's own thread. */
    void sendCloseNotify() {
        if (closeNotify != null || !beginShutdown()) {
            return;
        }
        closeNotify = end.channel().newPromise();
        handler.closeOutbound(closeNotify);
        closeNotify.addListener((ChannelFutureListener) sent -> {
            if (sent.isSuccess()) {
                closeIfEnded();
            } else {
                end.closeNotifyFailed(sent.cause());
            }
        });
    }

    private boolean isCloseNotifySent() {
        return closeNotify != null && closeNotify.isSuccess();
    }

    /**
     * The engine takes no more: the peer has sent its close_notify. But BoringSSL's also says so after our own, whatever
     * comes first. Then the peer's end is that of its TCP stream; what comes before it is dropped, and not decrypted.
     */
    void engineClosed() {
        boolean byOurs = closeNotify != null && handler.engine() instanceof ReferenceCountedOpenSslEngine;
        if (byOurs && state == State.OPEN) {
            state = State.DISCARDING;
            end.channel().pipeline().replace(handler, null, new Discarder());
            closeIfEnded();
        } else if (!byOurs) {
            inputEnded();
        }
    }

    /** The peer has ended its side of TLS, or its TCP stream. */
    void inputEnded() {
        if (state == State.HANDSHAKE) {
            handshakeFailed(new ClosedChannelException());
        } else if (state != State.CLOSED) {
            state = State.PEER_ENDED;
            closeIfEnded();
            end.endedByPeer();
        }
    }

    private void closeIfEnded() {
        if (isCloseNotifySent() && state == State.PEER_ENDED) {
            end.channel().close();
        } else if (isCloseNotifySent() && state == State.DISCARDING) {
            // So that two that discard do not wait for each other.
            end.shutdownOutput();
        }
    }

    private void shutdownTimedOut() {
        String what = isCloseNotifySent() ? "sent no close_notify" : "did not read the queued data";
        end.abortSlowPeer(new IOException("the peer " + what + " within " + DurationText.of(options.shutdownTimeout())
                + " of close(), so the connection was aborted; see TlsOptions.withShutdownTimeout"));
    }

    void channelClosed() {
        handshakeFailed(new ClosedChannelException());
        state = State.CLOSED;
        cancelTimer();
    }

    /** Keeps encrypted bytes from the handlers behind it. */
    private static final class Discarder extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            ReferenceCountUtil.release(bytes);
        }
    }

    @Override
    public String toString() {
        return "TLS " + state;
    }
}
