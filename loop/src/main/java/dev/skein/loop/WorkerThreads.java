package dev.skein.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a loop runs what blocks, unless it was given another executor: a daemon thread for each job, which inherits the
 * thread-locals of the thread that gave the job, and at most {@link #MOST} of them at a time; further jobs wait in order.
 *
 * <p>No thread is kept for the next job: a thread takes its inheritance when it is made, so one that is used again would
 * have the first caller's. A waiting job is a thread that has been made and not started. A job whose thread cannot be
 * started fails; those behind it wait for one that ends, if any is left. Any thread.
 */
final class WorkerThreads extends AbstractExecutorService {
    /** Each blocks most of its time, so there may be more than processors; not without bound, for each has a stack. */
    static final int MOST = Math.max(64, Runtime.getRuntime().availableProcessors());

    private static final AtomicLong NAMES = new AtomicLong();

    private final int most;
    private final ThreadFactory factory;

    // Any thread. No lock: coroutines, callbacks and workers meet here.
    private final Queue<Job> waiting = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> started = new ConcurrentLinkedQueue<>();
    private final AtomicInteger working = new AtomicInteger();
    private volatile boolean shutdown;

    WorkerThreads(int most) {
        this(most, WorkerThreads::newThread);
    }

    WorkerThreads(int most, ThreadFactory factory) {
        this.most = most;
        this.factory = factory;
    }

    private static Thread newThread(Runnable body) {
        return Thread.ofPlatform()
                .daemon()
                .name("skein-worker-" + NAMES.incrementAndGet())
                .unstarted(body);
    }

    /** A job that wants to know if it will never be done. */
    interface Refusable extends Runnable {
        /** Its thread could not be started. Any thread. */
        void fail(Throwable why);
    }

    /** What is to be done, and the thread that was made for it. */
    private record Job(Runnable body, Thread thread) {
        void fail(Throwable why) {
            if (body instanceof Refusable work) {
                work.fail(why);
            }
        }
    }

    @Override
    public void execute(Runnable job) {
        if (shutdown) {
            throw new RejectedExecutionException("these worker threads are shut down");
        }
        waiting.add(new Job(job, factory.newThread(() -> work(job))));
        startWaiting();
    }

    private void work(Runnable job) {
        try {
            job.run();
        } finally {
            working.decrementAndGet();
            startWaiting();
        }
    }

    /** Called after a job was added or a place given back: so one of the two sees the other. */
    private void startWaiting() {
        boolean more = true;
        while (more && !waiting.isEmpty() && takePlace()) {
            Job next = waiting.poll();
            if (next == null) {
                working.decrementAndGet();
            } else {
                more = startOrFail(next);
            }
        }
    }

    private boolean takePlace() {
        int now = working.get();
        while (now < most) {
            if (working.compareAndSet(now, now + 1)) {
                return true;
            }
            now = working.get();
        }
        return false;
    }

    /** Whether another can be tried: not right after a failure, unless no thread would do that later. */
    private boolean startOrFail(Job job) {
        started.removeIf(WorkerThreads::hasEnded);
        started.add(job.thread);
        try {
            job.thread.start();
            return true;
        } catch (Throwable notStarted) {
            started.remove(job.thread);
            job.fail(notStarted);
            return working.decrementAndGet() == 0;
        }
    }

    private static boolean hasEnded(Thread worker) {
        return worker.getState() == Thread.State.TERMINATED;
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    /** Interrupts those that work, and forgets those that wait. */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> left = new ArrayList<>();
        for (Job job = waiting.poll(); job != null; job = waiting.poll()) {
            left.add(job.body);
        }
        // After that: one that is interrupted ends, and would start the next that waits.
        started.forEach(Thread::interrupt);
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && waiting.isEmpty() && working.get() == 0;
    }

    /** Joins the threads: when this gives true, none is alive. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long deadline = System.nanoTime() + unit.toNanos(timeout);
        while (true) {
            started.removeIf(WorkerThreads::hasEnded);
            Thread worker = started.peek();
            if (worker == null) {
                return isTerminated();
            }
            if (!worker.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                return false;
            }
        }
    }

    @Override
    public String toString() {
        return "WorkerThreads[working=" + working + ", waiting=" + waiting.size() + "]";
    }
}
