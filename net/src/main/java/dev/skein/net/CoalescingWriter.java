package dev.skein.net;

import dev.skein.loop.Asyncio;
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
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The way of a connection's bytes to its peer.
 *
 * <p>What is written in small pieces within one pass of the loop is gathered in one buffer; a small buffer of Netty's is
 * kept as it is. At the end of the pass, or before anything that must come behind it, that buffer becomes one write of
 * Netty's, so that order, closing and water marks are Netty's own; and all that was written in the pass is one system call.
 * Nothing waits for a write, so it has no promise of its own: its failure comes back through the pipeline, and is kept for
 * the next call.
 *
 * <p>A coroutine can be stopped in the JDK wherever it is. So what it is just adding to or passing on is its own: others
 * queue up behind it. And into handlers that are not ours only the loop's own thread goes, which reads in them: else one
 * could be left half-way, and be entered there. What a coroutine writes to such a pipeline waits for the end of the pass.
 *
 * <pre>
 *  filling   passing   sendingFile
 *  null      false     false        a write adds to what is gathered, or passes it on
 *  a buffer  false     false        a coroutine is between room and wrote
 *  null      true      any          a coroutine is within Netty's write
 *  null      false     true         a file is on its way: coroutines wait, a callback that writes is refused
 * </pre>
 *
 * <p>In the second and third line a callback's bytes queue up in {@code behindCoroutine}, and a coroutine waits, with
 * {@code turnAwaited} set; when the coroutine there is through, it writes the former and wakes the latter.
 *
 * <p>Loop only.
 */
final class CoalescingWriter implements Sink {
    /** From this many bytes on, they are passed on without waiting for the end of the pass. */
    static final int MOST_GATHERED = 8 * 1024;

    private final StreamEndpoint stream;
    private final StreamWriter writer = new StreamWriter(this);
    /** What coroutines wrote, before what is gathered. */
    private final PassQueue<QueuedWrite> queue;

    private @Nullable ByteBuf gathered;

    /** Whether that is a buffer of the user's, which is kept as it is. */
    private boolean kept;

    /** It is passed on when it has this many bytes: set when it is made, since what is queued before it only gets less. */
    private long mostGathered;

    private int lastGathered;

    // Whose turn it is to write, see above.
    private @Nullable ByteBuf filling;
    private boolean passing;
    private boolean sendingFile;
    private boolean turnAwaited;
    private @Nullable ArrayDeque<ByteBuf> behindCoroutine;

    CoalescingWriter(StreamEndpoint stream) {
        this.stream = stream;
        this.queue = new PassQueue<>(stream, QueuedWrite::size, this::flush);
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
        stream.requireOpen("write", "writeEof");
        if (gathered != null) {
            // It is below the high-water mark with all that is queued.
            return;
        }
        while (sendingFile
                || queue.isFull()
                || stream.isHandshaking()
                || (isTaken() && ConnectionEndpoint.isInCoroutine())) {
            awaitTurn();
            stream.requireOpen("write", "writeEof");
        }
    }

    /** Whether a coroutine has been stopped half-way, or is the caller itself. */
    private boolean isTaken() {
        return filling != null || passing;
    }

    private void awaitTurn() {
        turnAwaited |= isTaken();
        if (sendingFile && Asyncio.currentTask() == null) {
            throw new IllegalStateException("write during sendFile, on the connection with " + stream.peer()
                    + ": a callback cannot wait for its end, so write in a coroutine");
        }
        stream.awaitWake("StreamWriter.drain");
    }

    @Override
    public ByteBuf room(int size) {
        if (isTaken()) {
            return channel().alloc().buffer(size);
        }
        if (gathered != null && (kept || gathered.readableBytes() + size > MOST_GATHERED)) {
            passOn();
        }
        ByteBuf buffer = gathered;
        if (buffer == null) {
            // As much as a pass has had of late, so that it does not grow, and does not lie about half empty.
            buffer = channel().alloc().buffer(Math.max(size, lastGathered));
            mostGathered = mayGather();
        }
        gathered = null;
        filling = buffer;
        return buffer;
    }

    /** With as much the channel is no longer writable, or it is too much to wait. */
    private long mayGather() {
        return Math.min(MOST_GATHERED, channel().bytesBeforeUnwritable());
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // which buffer it is, not what is in it
    public void wrote(ByteBuf room) {
        if (room != filling) {
            queueBehindCoroutine(room);
            return;
        }
        filling = null;
        gathered = room;
        if (stream.isLost() || stream.isClosing()) {
            drop();
            return;
        }
        if (room.readableBytes() >= mostGathered) {
            passOn();
        }
        flushAtPassEnd();
        letOthersWrite();
    }

    private void queueBehindCoroutine(ByteBuf bytes) {
        if (behindCoroutine == null) {
            behindCoroutine = new ArrayDeque<>();
        }
        behindCoroutine.add(bytes);
    }

    private void letOthersWrite() {
        ArrayDeque<ByteBuf> waiting = behindCoroutine;
        if (waiting != null) {
            behindCoroutine = null;
            waiting.forEach(this::write);
        }
        if (turnAwaited) {
            turnAwaited = false;
            stream.wakeWriters();
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        if (isTaken()) {
            queueBehindCoroutine(bytes);
            return;
        }
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
        return passThrough(piece, channel().newPromise());
    }

    /** Writes {@code message} behind all that was written before. */
    ChannelFuture passThrough(Object message, ChannelPromise written) {
        passOn();
        return passOn(message, written);
    }

    /** Makes what was gathered a write of Netty's, or queues it for that; and so what a callback writes meanwhile. */
    void passOn() {
        for (ByteBuf bytes = gathered; bytes != null; bytes = gathered) {
            gathered = null;
            if (!kept) {
                lastGathered = Math.min(2 * bytes.readableBytes(), MOST_GATHERED);
            }
            kept = false;
            passOn(bytes);
        }
    }

    private void passOn(ByteBuf bytes) {
        if (stream.tls() != null) {
            // Netty's SslHandler does not tell a failure without a promise.
            passOn(bytes, channel().newPromise()).addListener((ChannelFutureListener) this::written);
        } else {
            passOn(bytes, channel().voidPromise());
        }
    }

    private ChannelFuture passOn(Object message, ChannelPromise written) {
        if (!ConnectionEndpoint.isInCoroutine()) {
            passOnQueued();
            writeNow(message, written);
        } else if (!mayEnterPipeline()) {
            queue.add(QueuedWrite.of(message, written));
        } else {
            passing = true;
            try {
                writeNow(message, written);
            } finally {
                passing = false;
            }
            letOthersWrite();
        }
        flushAtPassEnd();
        return written;
    }

    /** Whether a coroutine may: there is no handler but ours, and nothing that must go before. */
    private boolean mayEnterPipeline() {
        return queue.isEmpty() && channel().pipeline().firstContext() == stream.context();
    }

    /** On the loop's own thread. */
    private void passOnQueued() {
        if (queue.isEmpty()) {
            return;
        }
        for (QueuedWrite each = queue.poll(); each != null; each = queue.poll()) {
            writeNow(each.message(), each.written());
        }
        stream.wakeWriters();
    }

    private void writeNow(Object message, ChannelPromise written) {
        stream.bytesGo();
        stream.context().write(message, written);
    }

    /** As {@link #flush}, by the loop's own thread, behind all that was written before. */
    void flushAtPassEnd() {
        queue.atPassEnd();
    }

    private void written(ChannelFuture write) {
        if (!write.isSuccess()) {
            stream.lost(write.cause());
        }
    }

    /** Sends what is queued, as far as the kernel takes it. */
    void flush() {
        queue.passEnds();
        passOnQueued();
        if (!isTaken()) {
            // Else it is behind what the coroutine has, which asks for another flush.
            passOn();
        }
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
        if (behindCoroutine != null) {
            behindCoroutine.forEach(ByteBuf::release);
            behindCoroutine = null;
        }
        queue.drop(QueuedWrite::drop);
    }

    @Override
    public void drain() throws IOException {
        stream.loop().checkThread();
        if (!stream.isLost() && isClosing()) {
            Asyncio.yieldNow();
        }
        if (stream.isLost() || stream.isClosed()) {
            throw stream.notOpen();
        }
        while (!stream.isClosed() && queue.isFull() && !isShutdown()) {
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
        return (int) queue.bytes() + (gathered == null ? 0 : gathered.readableBytes());
    }

    // Its end.

    @Override
    public boolean canWriteEof() {
        return stream.tls() == null;
    }

    @Override
    public void writeEof() throws IOException {
        stream.loop().checkThread();
        if (!canWriteEof()) {
            throw stream.notOverTls("writeEof");
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

    /** Sends what is queued, and runs {@code action} behind it. */
    void behindAll(ChannelFutureListener action) {
        passThrough(Unpooled.EMPTY_BUFFER, channel().newPromise()).addListener(action);
        if (!ConnectionEndpoint.isInCoroutine() || mayEnterPipeline()) {
            flush();
        }
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
