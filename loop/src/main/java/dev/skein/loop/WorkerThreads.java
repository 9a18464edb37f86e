package dev.skein.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a loop runs what blocks, unless it was given another executor: a daemon thread for each job, which inherits the
 * thread-locals of whoever gave the job, and at most {@link #MOST} of them at a time; further jobs wait in order.
 *
 * <p>No thread is kept for the next job: a thread takes its inheritance when it is made, so one that is used again would
 * have the first caller's. A waiting job is a thread that has been made and not started. Any thread.
 */
final class WorkerThreads extends AbstractExecutorService {
    /** Each blocks most of its time, so there may be more than processors; not without bound, for each has a stack. */
    static final int MOST = Math.max(64, Runtime.getRuntime().availableProcessors());

    private static final AtomicLong NAMES = new AtomicLong();

    private final int most;

    // Any thread, under this object's lock.
    private final ArrayList<Thread> started = new ArrayList<>();
    private final ArrayDeque<Thread> waiting = new ArrayDeque<>();
    private int working;
    private boolean shutdown;

    WorkerThreads(int most) {
        this.most = most;
    }

    @Override
    public void execute(Runnable job) {
        Thread worker = Thread.ofPlatform()
                .daemon()
                .name("skein-worker-" + NAMES.incrementAndGet())
                .unstarted(() -> work(job));
        synchronized (this) {
            if (shutdown) {
                throw new RejectedExecutionException("these worker threads are shut down");
            }
            if (working < most) {
                start(worker);
                working++;
            } else {
                waiting.add(worker);
            }
        }
    }

    private void start(Thread worker) {
        started.removeIf(thread -> !thread.isAlive());
        worker.start();
        started.add(worker);
    }

    private void work(Runnable job) {
        try {
            job.run();
        } finally {
            workNext();
        }
    }

    private synchronized void workNext() {
        Thread next = waiting.poll();
        if (next == null) {
            working--;
        } else {
            start(next);
        }
    }

    @Override
    public synchronized void shutdown() {
        shutdown = true;
    }

    /** Interrupts those that work, and forgets those that wait. */
    @Override
    public synchronized List<Runnable> shutdownNow() {
        shutdown = true;
        started.forEach(Thread::interrupt);
        List<Runnable> left = List.copyOf(waiting);
        waiting.clear();
        return left;
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutdown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return shutdown && working == 0;
    }

    /** Joins the threads: when this gives true, none is alive. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long deadline = System.nanoTime() + unit.toNanos(timeout);
        while (true) {
            List<Thread> now = alive();
            if (now.isEmpty()) {
                return isTerminated();
            }
            for (Thread worker : now) {
                if (!worker.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                    return false;
                }
            }
        }
    }

    private synchronized List<Thread> alive() {
        started.removeIf(thread -> !thread.isAlive());
        return List.copyOf(started);
    }

    @Override
    public synchronized String toString() {
        return "WorkerThreads[working=" + working + ", waiting=" + waiting.size() + "]";
    }
}
