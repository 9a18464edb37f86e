package dev.skein.net;

import dev.skein.loop.Loop;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Carries the output of a process from its pipe, which only a blocked thread can read, into a {@link StreamReader}. It
 * reads no further while the reader pauses, so that the pipe fills and the process waits.
 */
final class PipeReader implements StreamReader.Source {
    private static final AtomicLong COUNT = new AtomicLong();

    /** A thread for each pipe; they are few, and each is blocked nearly all of the time. */
    static final Executor THREADS = work -> Thread.ofPlatform()
            .daemon()
            .name("skein-pipe-" + COUNT.incrementAndGet())
            .inheritInheritableThreadLocals(false)
            .start(work);

    private static final int CHUNK = 32 * 1024;

    private final Loop loop;
    private final InputStream pipe;
    private final StreamReader reader;

    // Guarded by this. What the thread that reads the pipe does after a chunk:
    //
    //   reading  chunkTaken  abandoned
    //   yes      yes         no         reads the next one
    //   any      any         yes        ends
    //   else                            waits
    private boolean reading = true;
    private boolean chunkTaken = true;
    private boolean abandoned;

    private PipeReader(Loop loop, InputStream pipe, int limit) {
        this.loop = loop;
        this.pipe = pipe;
        this.reader = new StreamReader(loop, limit, this);
    }

    /** Begins to carry what comes from {@code pipe}. Loop only. */
    static PipeReader start(Loop loop, InputStream pipe, int limit) {
        PipeReader reader = new PipeReader(loop, pipe, limit);
        loop.<@Nullable Void>runInExecutor(THREADS, () -> {
            reader.run();
            return null;
        });
        return reader;
    }

    StreamReader reader() {
        return reader;
    }

    private void run() {
        byte[] chunk = new byte[CHUNK];
        try (pipe) {
            int count = pipe.read(chunk);
            while (count >= 0 && feed(Arrays.copyOf(chunk, count))) {
                count = pipe.read(chunk);
            }
            loop.callSoonThreadsafe(reader::feedEof);
        } catch (IOException lost) {
            loop.callSoonThreadsafe(() -> reader.fail(lost));
        } catch (IllegalStateException loopClosed) {
            // Nothing reads any more.
        }
    }

    /** Hands a chunk to the reader, and waits until it wants the next; false if there is no reader any more. */
    private boolean feed(byte[] chunk) {
        synchronized (this) {
            chunkTaken = false;
        }
        loop.callSoonThreadsafe(() -> {
            reader.feed(Unpooled.wrappedBuffer(chunk));
            taken();
        });
        return awaitDemand();
    }

    private synchronized void taken() {
        chunkTaken = true;
        notifyAll();
    }

    private synchronized boolean awaitDemand() {
        while (!abandoned && !(reading && chunkTaken)) {
            try {
                wait();
            } catch (InterruptedException stranger) {
                // This thread is ours: no code has a reason to interrupt it.
            }
        }
        return !abandoned;
    }

    @Override
    public synchronized void setReading(boolean on) {
        reading = on;
        notifyAll();
    }

    /** Ends the thread: the loop is gone, or the process is closed. Any thread. */
    synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }
}
