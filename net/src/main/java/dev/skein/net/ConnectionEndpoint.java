package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last handler in the pipeline of a connection, between Netty's channel and the coroutines that use it: the state
 * of the connection, its encryption, the coroutines that wait for room to write, and what it was lost by. It knows neither of
 * its two kinds, {@link StreamEndpoint} and {@link MessageEndpoint}. A server with many idle connections has one for each, so
 * what most do not need is made when it is needed. Loop only.
 */
abstract class ConnectionEndpoint extends ChannelDuplexHandler implements Consumer<Future<?>> {
    /**
     * How the connection stands, seen from the side that writes.
     *
     * <pre>
     *  OPEN              -> WRITE_ENDED  the peer will see the end behind what is queued
     *  OPEN, WRITE_ENDED -> CLOSING      close or abort was called, or the connection was lost
     *  any               -> CLOSED       the channel is closed
     * </pre>
     */
    private enum State {
        OPEN,
        WRITE_ENDED,
        CLOSING,
        CLOSED
    }

    // Set once, before the connection is published.
    private final Loop loop;
    private final Channel channel;
    private final @Nullable ConnectionObserver observer;

    @SuppressWarnings("NullAway.Init") // Netty calls handlerAdded first
    private ChannelHandlerContext ctx;

    // Loop only.
    private State state = State.OPEN;
    private boolean closedHere;
    private @Nullable IOException failure;
    private @Nullable WaitingWriters waitingWriters;
    private @Nullable Tls tls;

    /** The end of {@code channel}'s pipeline; {@code observer} hears of its connection. */
    ConnectionEndpoint(Loop loop, Channel channel, @Nullable ConnectionObserver observer) {
        this.loop = loop;
        this.channel = channel;
        this.observer = observer;
    }

    /**
     * Suspends for the handshake of a connection that was made for TLS. If that fails, or the caller is cancelled, the
     * connection is closed.
     */
    abstract void awaitHandshake(TlsOptions options) throws IOException;

    /** Closes when what is queued has been sent; does not wait. */
    abstract void close();

    /** As a done callback of the task that serves it. */
    @Override
    public final void accept(Future<?> served) {
        close();
    }

    /** Closes at once. */
    abstract void abort();

    /** The peer is too slow: the connection is lost, and what is queued with it. */
    abstract void abortSlowPeer(IOException why);

    /** Our end of TLS could not be sent. */
    abstract void closeNotifyFailed(Throwable cause);

    /** Ends the TCP stream, below TLS if there is any. */
    final void shutdownOutput() {
        ((DuplexChannel) channel).shutdownOutput();
    }

    /** How many bytes were written and are not yet a write of Netty's. */
    int gathered() {
        return 0;
    }

    final Loop loop() {
        return loop;
    }

    final Channel channel() {
        return channel;
    }

    final ChannelHandlerContext context() {
        return ctx;
    }

    /** The address of this side; also after the connection is closed. */
    final SocketAddress localAddress() {
        return UnixAddress.forUser(channel.localAddress());
    }

    /** The peer's address; also after the connection is closed. */
    final SocketAddress remoteAddress() {
        return UnixAddress.forUser(channel.remoteAddress());
    }

    /** The peer's address as people write it. */
    final String peer() {
        return AddressText.ofPeer(remoteAddress(), localAddress());
    }

    /** Whether a coroutine is calling, and not the loop's own thread. */
    static boolean isInCoroutine() {
        return Asyncio.currentTask() != null;
    }

    /**
     * Does {@code action} to the pipeline on the loop's own thread: at once if that is the caller, else at the end of the
     * pass. A coroutine that the JDK stops half-way through a handler would leave it so, while the loop reads on in it.
     */
    final void inPipeline(Runnable action) {
        if (isInCoroutine()) {
            loop.callAtPassEnd(action);
        } else {
            action.run();
        }
    }

    // Netty's events.

    @Override
    public final void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        if (channel.isActive()) {
            rememberAddresses();
        }
    }

    @Override
    public final void channelActive(ChannelHandlerContext context) {
        rememberAddresses();
        if (observer != null) {
            observer.connected(this);
        }
    }

    @Override
    public final void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE) {
            inputShutdown();
            if (tls != null) {
                tls.inputEnded();
            }
            return;
        }
        if (event instanceof SslHandshakeCompletionEvent done) {
            handshakeCompleted(done);
        } else if (event instanceof SslCloseCompletionEvent done && done.isSuccess()) {
            engineClosed();
        }
        context.fireUserEventTriggered(event);
    }

    /** Netty does, from the first question on, also when the channel is closed. */
    private void rememberAddresses() {
        localAddress();
        remoteAddress();
    }

    /** A codec or the user closes the channel itself. A codec may still report a failure, so this handler stays. */
    @Override
    public final void close(ChannelHandlerContext context, ChannelPromise done) {
        closedHere = true;
        context.close(done);
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) {
        if (isClosed()) {
            return;
        }
        endInput();
        state = State.CLOSED;
        closed();
        if (tls != null) {
            tls.channelClosed();
        }
        wakeWriters();
        if (observer != null) {
            observer.disconnected(this);
        }
    }

    /** No byte will come any more. */
    abstract void endInput();

    /** The channel is closed: nothing comes any more, and nothing goes. */
    abstract void closed();

    /** The peer has ended its TCP stream, and the pipeline says so. */
    abstract void inputShutdown();

    // TLS.

    /** From now on what is read and written is encrypted by {@code next}. */
    final void encryptWith(Tls next) {
        tls = next;
    }

    /** What encrypts it; not in a program of Netty's, which encrypts by itself. */
    final @Nullable Tls tls() {
        return tls;
    }

    final boolean isHandshaking() {
        return tls != null && tls.isHandshaking();
    }

    private void handshakeCompleted(SslHandshakeCompletionEvent event) {
        if (tls != null) {
            tls.handshakeCompleted(event);
        }
        if (event.isSuccess()) {
            established();
        }
    }

    private void engineClosed() {
        if (tls != null) {
            tls.engineClosed();
        } else {
            endedByPeer();
        }
    }

    /** A handshake has succeeded, ours or one of a program of Netty's. */
    void established() {}

    /** The peer has ended its side of TLS, properly or not. */
    abstract void endedByPeer();

    /** Whether an end of the TCP stream, now, cuts off what the peer sends: its TLS has not ended before, and has to. */
    final boolean isCutOff() {
        return isEndedByPeer() && !isLost() && needsCloseNotify();
    }

    private boolean needsCloseNotify() {
        if (tls != null) {
            return tls.needsCloseNotify();
        }
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        return handler != null && handler.handshakeFuture().isSuccess();
    }

    // How it stands.

    final boolean isOpen() {
        return state == State.OPEN;
    }

    final boolean isWriteEnded() {
        return state == State.WRITE_ENDED;
    }

    /** Whether it is closed or on the way there. */
    final boolean isClosing() {
        return state == State.CLOSING || state == State.CLOSED;
    }

    /** Whether an end of what comes is the peer's doing. */
    final boolean isEndedByPeer() {
        return !isClosing() && !closedHere;
    }

    final boolean isClosed() {
        return state == State.CLOSED;
    }

    final boolean isLost() {
        return failure != null;
    }

    /** The connection is lost by {@code why}, which every call from now on throws. */
    final void setFailure(IOException why) {
        failure = why;
    }

    /** Nothing is written any more; reading continues. */
    final void endWriting() {
        state = State.WRITE_ENDED;
    }

    /** Nothing new is written or read from now on, and each waiting write learns that. */
    final void beginClosing() {
        if (!isClosing()) {
            state = State.CLOSING;
            closing();
            wakeWriters();
        }
    }

    /** It is on the way to be closed, from a moment ago. */
    abstract void closing();

    /** Refuses {@code call} on a connection that takes none any more, as after {@code end}. */
    final void requireOpen(String call, String end) throws IOException {
        loop.checkThread();
        if (state == State.WRITE_ENDED) {
            throw new IllegalStateException(call + " after " + end + ", on the connection with " + peer());
        }
        if (state != State.OPEN) {
            throw notOpen();
        }
    }

    /** What a call on a closed or lost connection throws: a new one for each, since each has its own stack. */
    final IOException notOpen() {
        IOException lost = failure;
        return lost == null
                ? new IOException("connection with " + peer() + " is closed")
                : ConnectionLostException.again(lost);
    }

    /** What tells users that the connection was lost by {@code cause}. */
    final IOException lostBy(Throwable cause) {
        String why = cause.getMessage() == null ? ChannelFailure.reason(cause) : cause.getMessage();
        return new ConnectionLostException(remoteAddress(), "connection with " + peer() + " was lost: " + why, cause);
    }

    /** What refuses {@code call}, which ends one direction alone. */
    final UnsupportedOperationException notOverTls(String call) {
        return new UnsupportedOperationException(call + " is not supported over TLS, on the connection with " + peer()
                + ": TLS ends both directions at once, so mark the end in the data, or call close()");
    }

    /** What tells users that what came may not be all, see {@link Tls#truncation}. */
    final IOException truncated() {
        return lostBy(Tls.truncation());
    }

    // Waiting.

    /** Suspends until {@link #wakeWriters}, under the name {@code what}. */
    final void awaitWake(String what) {
        if (waitingWriters == null) {
            waitingWriters = new WaitingWriters(loop);
        }
        waitingWriters.await(what);
    }

    /** Wakes the coroutines that wait for room, to look again. */
    final void wakeWriters() {
        if (waitingWriters != null) {
            waitingWriters.wake();
        }
    }

    /**
     * Suspends until {@link #channelInactive}. Netty's close future is done before that, and a caller that it woke could find
     * the connection still open.
     */
    final void awaitClosed() {
        while (!isClosed()) {
            awaitWake("waitClosed");
        }
    }

    /** As {@link #awaitClosed}, and says what the connection was lost by. */
    final void waitClosed() throws IOException {
        awaitClosed();
        if (failure != null) {
            throw notOpen();
        }
    }

    @Override
    public String toString() {
        return peer() + ", " + state;
    }
}
