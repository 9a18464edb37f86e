package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection's last handler in Netty's pipeline, and the one class that knows its channel: what asyncio calls the
 * transport and the {@code StreamReaderProtocol}. It feeds the reader, and writes, flushes and closes for the writer.
 *
 * <p>A write is a Netty write at once, so that order, closing and water marks are Netty's own; the flush is put off to the
 * end of the loop's pass, so that all that is written in one pass is one system call. Nobody waits for a write, so it has
 * no promise of its own: its failure comes back through {@link #exceptionCaught}, and is kept for the next call.
 *
 * <p>Loop only.
 */
final class StreamHandler extends ChannelInboundHandlerAdapter
        implements Endpoint, StreamReader.Source, Sink, Patience.Connection {
    /**
     * How the connection stands, seen from the side that writes.
     *
     * <pre>
     *  OPEN              -> WRITE_ENDED  writeEof: the peer will see the end behind what is queued
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

    // Set once, before the connection is given to anybody.
    private final Loop loop;
    private final Channel channel;
    private final @Nullable ServerLoop server;
    private final StreamReader reader;
    private final Connection connection;
    private final Runnable flush = this::flush;
    private final ChannelFutureListener writeFailure = this::written;
    private final @Nullable Patience patience;

    @SuppressWarnings("NullAway.Init") // Netty calls handlerAdded first
    private ChannelHandlerContext ctx;

    @SuppressWarnings("NullAway.Init") // and then channelActive
    private SocketAddress localAddress;

    @SuppressWarnings("NullAway.Init")
    private SocketAddress remoteAddress;

    // Loop only.
    private final ArrayDeque<Future<@Nullable Void>> waitingWriters = new ArrayDeque<>(1);
    private State state = State.OPEN;
    private boolean flushQueued;
    private boolean sendingFile;
    private boolean inputEnded;
    private @Nullable Tls tls;
    private @Nullable IOException failure;

    /** The end of {@code channel}'s pipeline, for a client's connection or for one of {@code server}'s. */
    StreamHandler(Loop loop, Channel channel, int limit, @Nullable ServerLoop server) {
        this.loop = loop;
        this.channel = channel;
        this.server = server;
        this.reader = new StreamReader(loop, limit, this);
        this.connection = new Connection(this, reader, new StreamWriter(this));
        this.patience = server == null ? null : patienceOf(server.options());
    }

    private @Nullable Patience patienceOf(ServerOptions options) {
        if (options.idleTimeout().isEmpty() && options.messageTimeout().isEmpty()) {
            return null;
        }
        Patience limited = new Patience(loop, this, options.idleTimeout(), options.messageTimeout());
        reader.setPatience(limited);
        return limited;
    }

    /** Makes it the end of {@code channel}'s pipeline. */
    static StreamHandler install(Channel channel, int limit, @Nullable ServerLoop server) {
        StreamHandler end = new StreamHandler(Loop.of(channel.eventLoop()), channel, limit, server);
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

    @Override
    public Channel channel() {
        return channel;
    }

    SocketAddress localAddress() {
        return localAddress;
    }

    SocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public String peer() {
        return UnixAddress.peer(remoteAddress, localAddress);
    }

    ChannelHandlerContext context() {
        return ctx;
    }

    StreamReader reader() {
        return reader;
    }

    /** From now on what is read and written is encrypted by {@code next}. */
    void encryptWith(Tls next) {
        tls = next;
    }

    Optional<TlsSession> tlsSession() {
        return tls == null ? Optional.empty() : tls.session();
    }

    boolean isInputEnded() {
        return inputEnded;
    }

    // What Netty tells.

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        if (channel.isActive()) {
            rememberAddresses();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        rememberAddresses();
        if (server != null) {
            server.connected(this);
        }
    }

    private void rememberAddresses() {
        localAddress = UnixAddress.forUser(channel.localAddress());
        remoteAddress = UnixAddress.forUser(channel.remoteAddress());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (patience != null) {
            patience.bytes();
        }
        reader.feed((ByteBuf) bytes);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE) {
            endReading();
            inputEnded = true;
            if (tls != null) {
                tls.inputEnded();
            }
        } else if (tls == null || !tls.heard(event)) {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            wakeWriters();
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
        if (failure == null && !ours) {
            String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            IOException lost = new IOException("connection with " + peer() + " was lost: " + why, cause);
            failure = lost;
            // Behind the reader that was just woken for what came before.
            loop.callSoon(() -> reader.fail(lost));
        }
        closeNow();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        state = State.CLOSED;
        if (patience != null) {
            patience.stop();
        }
        endReading();
        if (tls != null) {
            tls.channelClosed();
        }
        if (loop.eventLoop().isShuttingDown()) {
            // No coroutine is left to read it.
            reader.close();
        }
        wakeWriters();
        if (server != null) {
            server.disconnected(this);
        }
    }

    // Reading.

    private void endReading() {
        if (failure == null) {
            reader.feedEof();
        }
    }

    @Override
    public void setReading(boolean on) {
        channel.config().setAutoRead(on);
    }

    // Writing.

    @Override
    public ByteBuf buffer(int capacity) {
        return channel.alloc().buffer(capacity);
    }

    @Override
    public void write(ByteBuf bytes) {
        if (tls == null) {
            write(bytes, channel.voidPromise());
        } else {
            // Netty's SslHandler does not tell a failure without a promise.
            write(bytes, channel.newPromise()).addListener(writeFailure);
        }
    }

    private ChannelFuture write(Object bytes, ChannelPromise written) {
        if (patience != null) {
            patience.bytes();
        }
        ctx.write(bytes, written);
        if (!flushQueued) {
            flushQueued = true;
            loop.atPassEnd(flush);
        }
        return written;
    }

    private void written(ChannelFuture write) {
        if (!write.isSuccess() && !isClosing()) {
            lost(write.cause());
        }
    }

    void flush() {
        flushQueued = false;
        ctx.flush();
    }

    @Override
    public void awaitWritable() throws IOException {
        checkCanWrite();
        while (sendingFile || !channel.isWritable() || isHandshaking()) {
            awaitTurn();
            checkCanWrite();
        }
    }

    private void awaitTurn() {
        if (sendingFile && Asyncio.currentTask() == null) {
            throw new IllegalStateException("write while sendFile is in progress, on the connection with " + peer()
                    + ": a callback cannot wait for its end, write in a coroutine");
        }
        awaitLowWater();
    }

    private boolean isHandshaking() {
        return tls != null && tls.isHandshaking();
    }

    private void checkCanWrite() throws IOException {
        loop.checkThread();
        if (state == State.WRITE_ENDED) {
            throw new IllegalStateException("write after writeEof, on the connection with " + peer());
        }
        if (state != State.OPEN) {
            throw notOpen();
        }
    }

    private IOException notOpen() {
        IOException lost = failure;
        return lost == null
                ? new IOException("connection with " + peer() + " is closed")
                : new IOException(lost.getMessage(), lost.getCause());
    }

    private void awaitLowWater() {
        Future<@Nullable Void> writable = loop.createFuture("StreamWriter.drain");
        waitingWriters.add(writable);
        try {
            writable.await();
        } finally {
            waitingWriters.remove(writable);
        }
    }

    void wakeWriters() {
        for (Future<@Nullable Void> writable : waitingWriters) {
            if (!writable.isDone()) {
                writable.setResult(null);
            }
        }
    }

    @Override
    public void drain() throws IOException {
        loop.checkThread();
        if (failure == null && isClosing()) {
            Asyncio.yieldNow();
        }
        if (failure != null || state == State.CLOSED) {
            throw notOpen();
        }
        while (state != State.CLOSED && !channel.isWritable() && !isOutputShutdown()) {
            awaitLowWater();
        }
        if (failure != null) {
            throw notOpen();
        }
    }

    @Override
    public long sendFile(FileChannel file, long offset, long count) throws IOException {
        awaitWritable();
        sendingFile = true;
        try {
            return new FileSender(this, loop.transport(), file, offset, count).send();
        } finally {
            sendingFile = false;
            wakeWriters();
        }
    }

    /** Queues a piece of a file, behind what is queued; the future is done when it is with the kernel. */
    ChannelFuture writePiece(Object piece) throws IOException {
        if (state != State.OPEN) {
            ReferenceCountUtil.release(piece);
            throw notOpen();
        }
        return write(piece, channel.newPromise());
    }

    /** A write failed, and whoever waited for it asks what to throw. */
    IOException lostBy(Throwable cause) {
        exceptionCaught(ctx, cause);
        return notOpen();
    }

    private boolean isOutputShutdown() {
        return channel instanceof DuplexChannel duplex && duplex.isOutputShutdown();
    }

    @Override
    public boolean canWriteEof() {
        return tls == null;
    }

    @Override
    public void writeEof() throws IOException {
        loop.checkThread();
        if (!canWriteEof()) {
            throw new UnsupportedOperationException("writeEof over TLS, on the connection with " + peer()
                    + ": TLS ends both ways at once, so mark the end in what you send, or close()");
        }
        while (sendingFile && state == State.OPEN) {
            awaitTurn();
        }
        if (state == State.WRITE_ENDED) {
            return;
        }
        if (state != State.OPEN) {
            throw notOpen();
        }
        state = State.WRITE_ENDED;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener((ChannelFutureListener) written -> ((DuplexChannel) channel).shutdownOutput());
    }

    // A peer that is too slow.

    @Override
    public boolean hasQueued() {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue != null && queue.totalPendingWriteBytes() > 0;
    }

    @Override
    public long queued() {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        // A message counts in full until it is sent in full.
        return queue == null ? 0 : queue.totalPendingWriteBytes() - queue.currentProgress();
    }

    @Override
    public void giveUp(SocketTimeoutException why) {
        exceptionCaught(ctx, why);
    }

    /** Ends the stream below TLS. */
    void shutdownOutput() {
        ((DuplexChannel) channel).shutdownOutput();
    }

    // Closing.

    @Override
    public boolean isClosing() {
        return state == State.CLOSING || state == State.CLOSED;
    }

    /** Closes when what is queued has been sent. */
    @Override
    public void close() {
        loop.checkThread();
        if (!isClosing()) {
            beginClosing();
            if (tls == null) {
                ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            } else {
                tls.shutDown();
            }
        }
        reader.close();
    }

    /** The peer has ended its side of TLS, which ends ours: asyncio's rule. */
    void endedByPeer() {
        endReading();
        if (!isClosing()) {
            beginClosing();
            Objects.requireNonNull(tls).shutDown();
        }
    }

    @Override
    public void abort() {
        loop.checkThread();
        reader.close();
        closeNow();
    }

    private void closeNow() {
        if (!isClosing()) {
            beginClosing();
        }
        // Not through the pipeline, where TLS would still send what is queued.
        channel.unsafe().close(channel.unsafe().voidPromise());
    }

    private void beginClosing() {
        state = State.CLOSING;
        setReading(tls != null); // TLS is read up to the peer's own end
        wakeWriters();
    }

    void awaitClosed() {
        Asyncio.await(channel.closeFuture());
    }

    /** As {@link #awaitClosed}, and says what the connection was lost by. */
    @Override
    public void waitClosed() throws IOException {
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
