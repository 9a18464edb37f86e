package dev.skein.net;

import dev.skein.loop.Handle;
import dev.skein.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A connection's last handler in Netty's pipeline where coroutines read and write bytes: what asyncio calls the transport
 * and the {@code StreamReaderProtocol}. It feeds the reader, and closes; {@link CoalescingWriter} writes.
 *
 * <p>Loop only.
 */
final class StreamEndpoint extends ConnectionEndpoint implements StreamReader.Source {
    // Set once, before the connection is published.
    private final StreamReader reader;
    private final CoalescingWriter output;
    private final Connection connection;
    private final @Nullable ConnectionTimeouts timeouts;

    // Loop only.
    private boolean inputEnded;

    private StreamEndpoint(
            Loop loop,
            Channel channel,
            int limit,
            @Nullable ConnectionObserver observer,
            @Nullable ConnectionTimeouts timeouts) {
        super(loop, channel, observer);
        this.reader = new StreamReader(loop, limit, this);
        this.output = new CoalescingWriter(this);
        this.connection = new Connection(this);
        this.timeouts = timeouts;
    }

    /** Makes it the end of {@code channel}'s pipeline. */
    static StreamEndpoint install(Channel channel, int limit) {
        return install(channel, limit, null, null);
    }

    /** As the other, for a connection that {@code observer} hears of and {@code timeouts} limit. */
    static StreamEndpoint install(
            Channel channel, int limit, @Nullable ConnectionObserver observer, @Nullable ConnectionTimeouts timeouts) {
        StreamEndpoint end = new StreamEndpoint(Loop.of(channel.eventLoop()), channel, limit, observer, timeouts);
        if (timeouts != null) {
            timeouts.start(end, end.reader);
        }
        channel.pipeline().addLast(end);
        return end;
    }

    /** The end of a channel that {@link #install} was called for. */
    static StreamEndpoint of(Channel channel) throws ConnectException {
        StreamEndpoint end = channel.pipeline().get(StreamEndpoint.class);
        if (end == null) {
            // A channel that is closed has an empty pipeline.
            throw new ConnectException("connection was lost immediately after connecting: " + channel);
        }
        return end;
    }

    Connection connection() {
        return connection;
    }

    StreamReader reader() {
        return reader;
    }

    CoalescingWriter output() {
        return output;
    }

    // TLS.

    @Override
    void awaitHandshake(TlsOptions options) throws IOException {
        try {
            startTls(options, true);
        } catch (Throwable notEncrypted) {
            abort();
            throw notEncrypted;
        }
    }

    /**
     * Encrypts from here on, and suspends for the handshake. If that fails, or the caller is cancelled, the connection is
     * closed.
     *
     * @param all whether what has come and was not read belongs to the handshake
     */
    void startTls(TlsOptions options, boolean all) throws IOException {
        if (options.isClient()
                && options.hostnameVerification()
                && options.serverName().isEmpty()) {
            throw new IllegalArgumentException("startTls with " + peer() + " has no host name to verify its certificate"
                    + " against: use withServerName(host), or withoutHostnameVerification()");
        }
        output.awaitWritable();
        Tls next = new Tls(this, options);
        encryptWith(next);
        // A callback, so that neither the crypto nor Netty's thread-locals are on a coroutine's stack.
        Handle begin = loop().callSoon(() -> insert(next, all));
        try {
            next.awaitHandshake();
        } finally {
            begin.cancel();
        }
    }

    private void insert(Tls next, boolean all) {
        if (!next.isHandshaking()) {
            return;
        }
        // What was written before goes in clear.
        output.flush();
        ByteBuf early = all ? reader.takeAll() : Unpooled.EMPTY_BUFFER;
        reader.resume();
        try {
            insert(next, early);
        } catch (Throwable notStarted) {
            next.handshakeFailed(notStarted);
        }
    }

    private void insert(Tls next, ByteBuf early) throws Exception {
        ChannelPipeline pipeline = channel().pipeline();
        ChannelInboundHandler first;
        try {
            first = next.newHandler(remoteAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1);
            pipeline.addBefore(context().name(), null, first);
        } catch (Throwable notInserted) {
            early.release();
            throw notInserted;
        }
        if (early.isReadable()) {
            ChannelHandlerContext context = pipeline.context(first);
            first.channelRead(context, early);
            first.channelReadComplete(context);
        }
        if (inputEnded) {
            next.inputEnded();
        }
    }

    /** Which ends ours: asyncio's rule. In a program of Netty's, which encrypts by itself, it is that program's to do. */
    @Override
    void endedByPeer() {
        endReading();
        Tls tls = tls();
        if (tls != null && !isClosing()) {
            beginClosing();
            shutDown(tls);
        }
    }

    private void shutDown(Tls tls) {
        if (!tls.beginShutdown()) {
            abort();
            return;
        }
        inPipeline(() -> {
            if (!isClosed()) {
                output.flush();
                tls.sendCloseNotify();
            }
        });
    }

    @Override
    void closeNotifyFailed(Throwable cause) {
        lost(cause);
    }

    // Netty's events.

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
    void inputShutdown() {
        endInput();
        inputEnded = true;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel().isWritable()) {
            wakeWriters();
        }
    }

    /** A write to the channel itself, not through a writer: what was written before goes before. */
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
        Tls tls = tls();
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
        if (loop().eventLoop().isShuttingDown()) {
            // No coroutine is left to read it.
            reader.close();
        }
    }

    // Reading.

    /** The peer's TCP stream is at its end, which is a proper one of TLS only behind a close_notify. */
    @Override
    void endInput() {
        if (isCutOff()) {
            reader.cutOff(truncated());
        } else {
            endReading();
        }
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
            Tls tls = tls();
            if (tls == null) {
                output.behindAll(ChannelFutureListener.CLOSE);
            } else {
                shutDown(tls);
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
        setReading(tls() != null); // TLS is read up to the peer's own end
    }
}
