package dev.skein.loop;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Work that an executor runs for a future of the loop. If the future is cancelled before a thread has begun the work, it
 * is not done; after that, it goes on to its end. A loop that has closed meanwhile does not want to know how it ended.
 */
final class ExecutorWork<T extends @Nullable Object> implements Runnable {
    private final Loop loop;
    private final Callable<? extends T> work;

    /** Any thread: it has begun, or it will not. */
    private final AtomicBoolean settled = new AtomicBoolean();

    /** Set once, before the executor gets it. */
    private @Nullable ForeignFuture<T> future;

    ExecutorWork(Loop loop, Callable<? extends T> work) {
        this.loop = loop;
        this.work = work;
    }

    /** Has {@code executor} do it, and end {@code mine}. Loop only. */
    void start(Executor executor, ForeignFuture<T> mine) {
        future = mine;
        loop.outside().work(1);
        try {
            executor.execute(this);
        } catch (Throwable refused) {
            loop.outside().work(-1);
            throw refused;
        }
    }

    /** The future was cancelled. Loop only. */
    void cancel() {
        if (settled.compareAndSet(false, true)) {
            loop.outside().work(-1);
        }
    }

    /** On the executor's thread. */
    @Override
    @SuppressWarnings("NullAway") // no value where there is a failure
    public void run() {
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        T value = null;
        Throwable failure = null;
        try {
            value = work.call();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        endOnLoop(value, failure);
    }

    private void endOnLoop(T value, @Nullable Throwable failure) {
        ForeignFuture<T> mine = future;
        loop.executeUnlessClosed(() -> {
            loop.outside().work(-1);
            if (mine != null) {
                mine.end(value, failure);
            }
        });
    }
}
