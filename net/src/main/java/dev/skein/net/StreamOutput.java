package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * The way of a connection's bytes to its peer.
 *
 * <p>What is written in small pieces within one pass of the loop is gathered in one buffer; a small buffer of Netty's is
 * kept as it is. At the end of the pass, or before anything that must come behind it, that buffer becomes one write of
 * Netty's, so that order, closing and water marks are Netty's own; and all that was written in the pass is one system call.
 * It is then mostly the loop's own thread that writes, for which Netty uses the entries of its queue again, and not a
 * coroutine's, for which it makes new ones. Nobody waits for a write, so it has no promise of its own: its failure comes
 * back through the pipeline, and is kept for the next call.
 *
 * <p>Loop only.
 */
final class StreamOutput implements Sink, Runnable {
    /** So many bytes are passed on without waiting for the end of the pass. */
    static final int MOST_GATHERED = 8 * 1024;

    private final StreamHandler stream;
    private final StreamWriter writer = new StreamWriter(this);

    // Loop only.
    private @Nullable ByteBuf gathered;

    /** Whether that is a buffer of the user's, which is kept as it is. */
    private boolean kept;

    /** So many bytes of it are passed on at once: set when it is made, since what is queued before it only gets less. */
    private long mostGathered;

    private int lastGathered;
    private boolean flushQueued;
    private boolean sendingFile;

    StreamOutput(StreamHandler stream) {
        this.stream = stream;
    }

    private Loop loop() {
        return stream.loop();
    }

    private Channel channel() {
        return stream.channel();
    }

    StreamWriter writer() {
        return writer;
    }

    // Writing.

    @Override
    public void awaitWritable() throws IOException {
        stream.requireOpen("write");
        if (gathered != null) {
            // It is below the high-water mark with all that is queued.
            return;
        }
        while (sendingFile || !channel().isWritable() || stream.isHandshaking()) {
            awaitTurn();
            stream.requireOpen("write");
        }
    }

    private void awaitTurn() {
        if (sendingFile && Asyncio.currentTask() == null) {
            throw new IllegalStateException("write while sendFile is in progress, on the connection with "
                    + stream.peer() + ": a callback cannot wait for its end, write in a coroutine");
        }
        stream.awaitWake("StreamWriter.drain");
    }

    @Override
    public ByteBuf room(int size) {
        ByteBuf buffer = gathered;
        if (buffer != null && (kept || buffer.readableBytes() + size > MOST_GATHERED)) {
            passOn();
            buffer = null;
        }
        if (buffer == null) {
            // As much as a pass has had of late, so that it does not grow, and does not lie about half empty.
            buffer = channel().alloc().buffer(Math.max(size, lastGathered));
            gathered = buffer;
            mostGathered = mayGather();
        }
        return buffer;
    }

    /** With as much the channel is no longer writable, or it is too much to wait. */
    private long mayGather() {
        return Math.min(MOST_GATHERED, channel().bytesBeforeUnwritable());
    }

    @Override
    public void wrote() {
        ByteBuf buffer = gathered;
        if (buffer != null) {
            if (buffer.readableBytes() >= mostGathered) {
                passOn();
            }
            flushAtPassEnd();
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        passOn();
        if (bytes.readableBytes() < mayGather()) {
            gathered = bytes;
            kept = true;
            flushAtPassEnd();
        } else {
            passOn(bytes);
        }
    }

    /** Queues a piece of a file, behind what is queued; the future is done when it is with the kernel. */
    ChannelFuture writePiece(Object piece) throws IOException {
        if (!stream.isOpen()) {
            ReferenceCountUtil.release(piece);
            throw stream.notOpen();
        }
        passOn();
        return passOn(piece, channel().newPromise());
    }

    /** Makes what was gathered a write of Netty's. */
    void passOn() {
        ByteBuf bytes = gathered;
        if (bytes != null) {
            gathered = null;
            if (!kept) {
                lastGathered = Math.min(2 * bytes.readableBytes(), MOST_GATHERED);
            }
            kept = false;
            passOn(bytes);
        }
    }

    private void passOn(ByteBuf bytes) {
        if (stream.isEncrypted()) {
            // Netty's SslHandler does not tell a failure without a promise.
            passOn(bytes, channel().newPromise()).addListener((ChannelFutureListener) this::written);
        } else {
            passOn(bytes, channel().voidPromise());
        }
    }

    private ChannelFuture passOn(Object bytes, ChannelPromise written) {
        stream.bytesGo();
        stream.context().write(bytes, written);
        flushAtPassEnd();
        return written;
    }

    private void flushAtPassEnd() {
        if (!flushQueued) {
            flushQueued = true;
            loop().atPassEnd(this);
        }
    }

    private void written(ChannelFuture write) {
        if (!write.isSuccess() && !isClosing()) {
            stream.lost(write.cause());
        }
    }

    /** The end of the pass. */
    @Override
    public void run() {
        flush();
    }

    /** Sends what is queued, as far as the kernel takes it. */
    void flush() {
        flushQueued = false;
        passOn();
        stream.context().flush();
    }

    /** Forgets what was not yet passed on: the connection is lost or aborted. */
    void drop() {
        ByteBuf bytes = gathered;
        if (bytes != null) {
            gathered = null;
            kept = false;
            bytes.release();
        }
    }

    @Override
    public void drain() throws IOException {
        loop().checkThread();
        if (!stream.isLost() && isClosing()) {
            Asyncio.yieldNow();
        }
        if (stream.isLost() || stream.isClosed()) {
            throw stream.notOpen();
        }
        while (!stream.isClosed() && !channel().isWritable() && !isShutdown()) {
            stream.awaitWake("StreamWriter.drain");
        }
        if (stream.isLost()) {
            throw stream.notOpen();
        }
    }

    private boolean isShutdown() {
        return channel() instanceof DuplexChannel duplex && duplex.isOutputShutdown();
    }

    @Override
    public long sendFile(FileChannel file, long offset, long count) throws IOException {
        awaitWritable();
        sendingFile = true;
        try {
            return new FileSender(stream, file, offset, count).send();
        } finally {
            sendingFile = false;
            stream.wakeWriters();
        }
    }

    /** How many bytes were written and are not yet a write of Netty's. */
    int gathered() {
        return gathered == null ? 0 : gathered.readableBytes();
    }

    // Its end.

    @Override
    public boolean canWriteEof() {
        return !stream.isEncrypted();
    }

    @Override
    public void writeEof() throws IOException {
        loop().checkThread();
        if (!canWriteEof()) {
            throw new UnsupportedOperationException("writeEof over TLS, on the connection with " + stream.peer()
                    + ": TLS ends both ways at once, so mark the end in what you send, or close()");
        }
        while (sendingFile && stream.isOpen()) {
            awaitTurn();
        }
        if (stream.isWriteEnded()) {
            return;
        }
        if (!stream.isOpen()) {
            throw stream.notOpen();
        }
        stream.endWriting();
        behindAll((ChannelFutureListener) written -> stream.shutdownOutput());
    }

    /** Sends what is queued, and has {@code action} done behind it. */
    void behindAll(ChannelFutureListener action) {
        passOn();
        stream.context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(action);
    }

    @Override
    public void close() {
        stream.close();
    }

    @Override
    public void waitClosed() throws IOException {
        stream.waitClosed();
    }

    @Override
    public boolean isClosing() {
        return stream.isClosing();
    }

    @Override
    public String toString() {
        return stream.toString();
    }
}
