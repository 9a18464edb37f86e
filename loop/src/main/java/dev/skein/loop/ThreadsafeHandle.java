package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * A callback from another thread, asyncio's {@code _ThreadSafeHandle}. On any thread {@link #cancel} and
 * {@link #isCancelled} find it waiting or over, never in between: while the loop runs it, they wait.
 */
final class ThreadsafeHandle extends Handle {
    /** Guarded by this, as are the fields of the superclass. */
    private boolean running;

    ThreadsafeHandle(Loop loop, Runnable callback) {
        super(loop, callback);
    }

    @Override
    public synchronized void cancel() {
        drop();
        waitWhileRunning();
    }

    @Override
    public synchronized boolean isCancelled() {
        waitWhileRunning();
        return super.isCancelled();
    }

    @Override
    void takeTurn() {
        Runnable body = begin();
        if (body == null) {
            return;
        }
        try {
            body.run();
        } finally {
            end();
        }
    }

    private synchronized @Nullable Runnable begin() {
        Runnable body = take();
        running = body != null;
        return body;
    }

    private synchronized void end() {
        running = false;
        notifyAll();
    }

    /** Not for the loop itself: there, it is the callback that asks, or a coroutine which that has started. */
    private void waitWhileRunning() {
        boolean interrupted = false;
        while (running && !loop().inLoop()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
