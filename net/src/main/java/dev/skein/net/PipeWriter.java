package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The standard input of a process: what is written is queued for a thread that writes it to the pipe, and is blocked while
 * the process does not read. Loop only, but for that thread.
 */
final class PipeWriter implements Sink {
    /** A write waits while more than this is queued, as in a connection with Netty's usual marks. */
    private static final int HIGH_WATER = 64 * 1024;

    private static final ByteBuf END = Unpooled.unreleasableBuffer(Unpooled.buffer(0));

    /**
     * <pre>
     *  OPEN          -> CLOSING   close or writeEof was called, or the process does not read any more
     *  OPEN, CLOSING -> CLOSED    the pipe is closed
     * </pre>
     */
    private enum State {
        OPEN,
        CLOSING,
        CLOSED
    }

    // Set once.
    private final Loop loop;
    private final OutputStream pipe;
    private final String name;
    private final Future<@Nullable Void> closed;

    // Any thread.
    private final LinkedBlockingQueue<ByteBuf> queue = new LinkedBlockingQueue<>();

    // Loop only.
    private final WaitingWriters waiting;
    private State state = State.OPEN;
    private boolean started;
    private long queued;
    private @Nullable IOException failure;

    PipeWriter(Loop loop, OutputStream pipe, String name) {
        this.loop = loop;
        this.pipe = pipe;
        this.name = name;
        this.waiting = new WaitingWriters(loop);
        this.closed = loop.createFuture("stdin.waitClosed");
    }

    // The thread's side.

    @SuppressWarnings("ReferenceEquality") // the end is this very buffer, not one with the same bytes
    private void run() {
        try (pipe) {
            for (ByteBuf bytes = queue.take(); bytes != END; bytes = queue.take()) {
                int count = bytes.readableBytes();
                try {
                    bytes.readBytes(pipe, count);
                } finally {
                    bytes.release();
                }
                if (queue.isEmpty()) {
                    pipe.flush();
                }
                loop.callSoonThreadsafe(() -> written(count));
            }
        } catch (IOException broken) {
            tell(() -> fail(broken));
        } catch (InterruptedException | IllegalStateException loopClosed) {
            // Nothing writes any more.
        } finally {
            tell(this::ended);
        }
    }

    private void tell(Runnable news) {
        try {
            loop.callSoonThreadsafe(news);
        } catch (IllegalStateException loopClosed) {
            dropQueue();
        }
    }

    private void dropQueue() {
        for (ByteBuf bytes = queue.poll(); bytes != null; bytes = queue.poll()) {
            bytes.release();
        }
    }

    /** The loop is gone: the thread ends. Any thread. */
    void abandon() {
        queue.add(END);
    }

    // The loop's side.

    private void written(int count) {
        queued -= count;
        if (queued <= HIGH_WATER / 2) {
            waiting.wake();
        }
    }

    private void fail(IOException broken) {
        failure = new IOException("cannot write to the standard input of " + name + ": " + broken.getMessage(), broken);
        state = State.CLOSING;
    }

    private void ended() {
        state = State.CLOSED;
        dropQueue();
        queued = 0;
        waiting.wake();
        if (!closed.isDone()) {
            closed.setResult(null);
        }
    }

    @Override
    public ByteBuf room(int size) {
        return Unpooled.buffer(size);
    }

    @Override
    public void wrote(ByteBuf room) {
        write(room);
    }

    @Override
    public void awaitWritable() throws IOException {
        checkCanWrite();
        while (queued > HIGH_WATER) {
            waiting.await("stdin.drain");
            checkCanWrite();
        }
    }

    private void checkCanWrite() throws IOException {
        loop.checkThread();
        if (state != State.OPEN) {
            throw notOpen();
        }
    }

    private IOException notOpen() {
        IOException why = failure;
        return why == null
                ? new IOException("the standard input of " + name + " is closed")
                : new IOException(why.getMessage(), why.getCause());
    }

    @Override
    public void write(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            bytes.release();
            return;
        }
        queued += bytes.readableBytes();
        queue.add(bytes);
        startThread();
    }

    private void startThread() {
        if (!started) {
            started = true;
            loop.<@Nullable Void>runInExecutor(PipeReader.THREADS, () -> {
                run();
                return null;
            });
        }
    }

    @Override
    public long sendFile(FileChannel file, long offset, long count) {
        throw new UnsupportedOperationException("sendFile is not supported for " + name
                + ": start the process with the file as its standard input, or read the file and write() its bytes");
    }

    @Override
    public void drain() throws IOException {
        loop.checkThread();
        if (failure == null && isClosing()) {
            Asyncio.yieldNow();
        }
        while (failure == null && state != State.CLOSED && queued > HIGH_WATER) {
            waiting.await("stdin.drain");
        }
        if (failure != null) {
            throw notOpen();
        }
    }

    /** A pipe has one direction: its end and its closing are the same. */
    @Override
    public boolean canWriteEof() {
        return true;
    }

    @Override
    public void writeEof() {
        close();
    }

    @Override
    public void close() {
        loop.checkThread();
        if (state == State.OPEN) {
            state = State.CLOSING;
            queue.add(END);
            startThread();
        }
    }

    @Override
    public void waitClosed() throws IOException {
        Asyncio.shield(closed).await();
        if (failure != null) {
            throw notOpen();
        }
    }

    @Override
    public boolean isClosing() {
        return state != State.OPEN;
    }

    @Override
    public String toString() {
        return "stdin of " + name + ", " + state;
    }
}
