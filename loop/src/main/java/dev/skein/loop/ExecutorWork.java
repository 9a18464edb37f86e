package dev.skein.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Work that an executor runs for a future of the loop. If the future is cancelled before a thread has begun the work, it
 * is not done; after that, it continues to its end. A loop that has closed meanwhile ignores the outcome.
 */
final class ExecutorWork<T extends @Nullable Object> implements WorkerThreads.Refusable {
    /** Any thread: what other threads than a loop's are doing at this moment. */
    private static final Set<ExecutorWork<?>> UNDER_WAY = ConcurrentHashMap.newKeySet();

    private final Loop loop;

    /** Dropped when it is settled: an executor may keep this longer than it is of use. */
    private @Nullable Callable<? extends T> work;

    /** Any thread: it has begun, or it will not. */
    private final AtomicBoolean settled = new AtomicBoolean();

    /** Set before the executor gets it, and dropped with the work. */
    private @Nullable ForeignFuture<T> future;

    /** Which does it, while it is under way. Any thread. */
    private volatile @Nullable Thread thread;

    ExecutorWork(Loop loop, Callable<? extends T> work) {
        this.loop = loop;
        this.work = work;
    }

    /** Runs it in {@code executor}, which then ends {@code mine}. Loop only. */
    void start(Executor executor, ForeignFuture<T> mine) {
        future = mine;
        loop.externalWork().work(1);
        try {
            executor.execute(this);
        } catch (Throwable refused) {
            loop.externalWork().work(-1);
            throw refused;
        }
    }

    /** The future was cancelled. Loop only. */
    void cancel() {
        if (settled.compareAndSet(false, true)) {
            work = null;
            future = null;
            loop.externalWork().work(-1);
        }
    }

    /** On the executor's thread. */
    @Override
    @SuppressWarnings("NullAway") // no value where there is a failure; the work is there until it is settled
    public void run() {
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        Callable<? extends T> mine = work;
        work = null;
        T value = null;
        Throwable failure = null;
        try {
            value = call(mine);
        } catch (Throwable thrown) {
            failure = thrown;
        }
        endOnLoop(value, failure);
    }

    private T call(Callable<? extends T> mine) throws Exception {
        if (loop.inLoop()) {
            return mine.call();
        }
        thread = Thread.currentThread();
        try {
            UNDER_WAY.add(this);
            return mine.call();
        } finally {
            UNDER_WAY.remove(this);
            thread = null;
        }
    }

    /** The stacks of the threads that work for {@code loop}. Any thread. */
    static List<List<StackTraceElement>> stacks(Loop loop) {
        return threads(loop).stream()
                .map(worker -> List.of(worker.getStackTrace()))
                .toList();
    }

    /** The threads that work for {@code loop}. Any thread. */
    static List<Thread> threads(Loop loop) {
        List<Thread> threads = new ArrayList<>();
        for (ExecutorWork<?> work : UNDER_WAY) {
            Thread worker = work.thread;
            if (work.loop == loop && worker != null) {
                threads.add(worker);
            }
        }
        return threads;
    }

    @Override
    @SuppressWarnings("NullAway") // no value where there is a failure
    public void fail(Throwable why) {
        if (settled.compareAndSet(false, true)) {
            work = null;
            endOnLoop(null, why);
        }
    }

    private void endOnLoop(T value, @Nullable Throwable failure) {
        ForeignFuture<T> mine = future;
        future = null;
        loop.executeUnlessClosed(() -> {
            loop.externalWork().work(-1);
            if (mine != null) {
                mine.end(value, failure);
            }
        });
    }

    @Override
    public String toString() {
        return "work in an executor";
    }
}
