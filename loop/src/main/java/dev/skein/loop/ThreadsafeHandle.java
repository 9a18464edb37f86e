package dev.skein.loop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A callback from another thread, asyncio's {@code _ThreadSafeHandle}. On any thread {@link #cancel} and
 * {@link #isCancelled} find it waiting or over, never in between: while the loop runs it, they wait. The loop never does.
 */
final class ThreadsafeHandle extends Handle {
    /**
     * How far it is.
     *
     * <pre>
     *  WAITING          -&gt; RUNNING  the loop runs it
     *  WAITING          -&gt; OVER     it was cancelled before
     *  RUNNING          -&gt; a latch  a thread waits for its end
     *  RUNNING, a latch -&gt; OVER     it has run; the latch opens
     * </pre>
     */
    private enum State {
        WAITING,
        RUNNING,
        OVER
    }

    /** A {@link State}, or the latch of the threads that wait for its end. */
    private final AtomicReference<Object> state = new AtomicReference<>(State.WAITING);

    private volatile boolean cancelled;

    ThreadsafeHandle(Loop loop, Runnable callback) {
        super(loop, callback);
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (state.compareAndSet(State.WAITING, State.OVER)) {
            drop();
        } else {
            waitWhileRunning();
        }
    }

    @Override
    public boolean isCancelled() {
        waitWhileRunning();
        return cancelled;
    }

    @Override
    void takeTurn() {
        if (!state.compareAndSet(State.WAITING, State.RUNNING)) {
            return;
        }
        try {
            super.takeTurn();
        } finally {
            if (state.getAndSet(State.OVER) instanceof CountDownLatch end) {
                end.countDown();
            }
        }
    }

    /** Not for the loop itself: there, it is the callback that asks, or a coroutine which that has started. */
    private void waitWhileRunning() {
        CountDownLatch end = loop().inLoop() ? null : endOfRun();
        if (end == null) {
            return;
        }
        boolean interrupted = false;
        while (true) {
            try {
                end.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What opens when the run that is under way has ended; null if none is. */
    private @Nullable CountDownLatch endOfRun() {
        state.compareAndSet(State.RUNNING, new CountDownLatch(1));
        return state.get() instanceof CountDownLatch end ? end : null;
    }
}
