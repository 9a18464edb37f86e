package dev.skein.net;

import dev.skein.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection's last handler in Netty's pipeline where coroutines read and write bytes: what asyncio calls the transport
 * and the {@code StreamReaderProtocol}. It feeds the reader, and closes; {@link StreamOutput} writes.
 *
 * <p>Loop only.
 */
final class StreamHandler extends Endpoint implements StreamReader.Source {
    // Set once, before the connection is given to anybody.
    private final StreamReader reader;
    private final StreamOutput output;
    private final Connection connection;
    private final @Nullable ConnectionTimeouts timeouts;

    // Loop only.
    private boolean inputEnded;
    private @Nullable Tls tls;

    private StreamHandler(
            Loop loop,
            Channel channel,
            int limit,
            @Nullable ConnectionObserver observer,
            @Nullable ConnectionTimeouts timeouts) {
        super(loop, channel, observer);
        this.reader = new StreamReader(loop, limit, this);
        this.output = new StreamOutput(this);
        this.connection = new Connection(this);
        this.timeouts = timeouts;
    }

    /** Makes it the end of {@code channel}'s pipeline. */
    static StreamHandler install(Channel channel, int limit) {
        return install(channel, limit, null, null);
    }

    /** As the other, for a connection that {@code observer} is told of and {@code timeouts} limit. */
    static StreamHandler install(
            Channel channel, int limit, @Nullable ConnectionObserver observer, @Nullable ConnectionTimeouts timeouts) {
        StreamHandler end = new StreamHandler(Loop.of(channel.eventLoop()), channel, limit, observer, timeouts);
        if (timeouts != null) {
            timeouts.start(end, end.reader);
        }
        channel.pipeline().addLast(end);
        return end;
    }

    /** The connection at the end of a channel that {@link #install} was called for. */
    static Connection connectionOf(Channel channel) throws ConnectException {
        StreamHandler end = channel.pipeline().get(StreamHandler.class);
        if (end == null) {
            // A channel that is closed has an empty pipeline.
            throw new ConnectException("connection was lost as soon as it was made: " + channel);
        }
        return end.connection();
    }

    Connection connection() {
        return connection;
    }

    StreamReader reader() {
        return reader;
    }

    StreamOutput output() {
        return output;
    }

    // TLS.

    @Override
    void awaitHandshake(TlsOptions options) throws IOException {
        Tls.start(this, options, true);
    }

    /** From now on what is read and written is encrypted by {@code next}. */
    void encryptWith(Tls next) {
        tls = next;
    }

    boolean isEncrypted() {
        return tls != null;
    }

    boolean isHandshaking() {
        return tls != null && tls.isHandshaking();
    }

    Optional<TlsSession> tlsSession() {
        return tls == null ? Optional.empty() : tls.session();
    }

    boolean isInputEnded() {
        return inputEnded;
    }

    /** The peer has ended its side, properly or not, which ends ours: asyncio's rule. */
    void endedByPeer() {
        endReading();
        if (!isClosing()) {
            beginClosing();
            Objects.requireNonNull(tls).shutDown();
        }
    }

    @Override
    void goodbyeNotSent(Throwable cause) {
        lost(cause);
    }

    // What Netty tells.

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        bytesGo();
        reader.feed((ByteBuf) bytes);
    }

    /** Bytes have come, or go. */
    void bytesGo() {
        if (timeouts != null) {
            timeouts.bytesMoved();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE) {
            endInput();
            inputEnded = true;
            if (tls != null) {
                tls.inputEnded();
            }
        } else if (tls == null || !tls.heard(event)) {
            if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
                // In a program of Netty's, which encrypts by itself.
                endReading();
            }
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel().isWritable()) {
            wakeWriters();
        }
    }

    /** Somebody else's write, to the channel itself: what was written before goes before. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
        output.passThrough(message, written);
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        if (isInCoroutine()) {
            output.flushAtPassEnd();
        } else {
            output.flush();
        }
    }

    /** A read or a write failed: the connection is lost. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        lost(cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause);
    }

    void lost(Throwable cause) {
        if (tls != null) {
            tls.handshakeFailed(cause);
        }
        boolean ours = isClosing() && cause instanceof ClosedChannelException;
        if (!isLost() && !ours) {
            IOException lost = lostBy(cause);
            setFailure(lost);
            // Behind the reader that was just woken for what came before.
            loop().callSoon(() -> reader.fail(lost));
        }
        closeNow();
    }

    @Override
    void closed() {
        output.drop();
        if (timeouts != null) {
            timeouts.stop();
        }
        endReading();
        if (tls != null) {
            tls.channelClosed();
        }
        if (loop().eventLoop().isShuttingDown()) {
            // No coroutine is left to read it.
            reader.close();
        }
    }

    // Reading.

    /** The peer's TCP stream is at its end, which is a proper one of TLS only behind a close_notify. */
    @Override
    void endInput() {
        if (!isEndedByPeer() || isLost() || !needsCloseNotify()) {
            endReading();
            return;
        }
        reader.cutOff(truncated());
    }

    private boolean needsCloseNotify() {
        if (tls != null) {
            return tls.needsCloseNotify();
        }
        SslHandler handler = channel().pipeline().get(SslHandler.class);
        return handler != null && handler.handshakeFuture().isSuccess();
    }

    private void endReading() {
        if (!isLost()) {
            reader.feedEof();
        }
    }

    @Override
    public void setReading(boolean on) {
        channel().config().setAutoRead(on);
    }

    // A peer that is too slow.

    @Override
    int gathered() {
        return output.gathered();
    }

    @Override
    void abortSlowPeer(IOException why) {
        lost(why);
    }

    // Closing.

    @Override
    void close() {
        loop().checkThread();
        if (!isClosing()) {
            beginClosing();
            if (tls == null) {
                output.behindAll(ChannelFutureListener.CLOSE);
            } else {
                tls.shutDown();
            }
        }
        reader.close();
    }

    @Override
    void abort() {
        loop().checkThread();
        reader.close();
        closeNow();
    }

    private void closeNow() {
        beginClosing();
        output.drop();
        // Not through the pipeline, where TLS would still send what is queued.
        EventLoop eventLoop = channel().eventLoop();
        if (eventLoop.inEventLoop()) {
            channel().unsafe().close(channel().unsafe().voidPromise());
        } else {
            // A coroutine, while the loop's own thread is half-way through a handler.
            eventLoop.execute(() -> channel().unsafe().close(channel().unsafe().voidPromise()));
        }
    }

    @Override
    void closing() {
        setReading(tls != null); // TLS is read up to the peer's own end
    }
}
