package dev.skein.loop;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of the process that inspects every loop from outside, a few times within each threshold, and has those
 * report that are held ({@link LoopWatch}). It starts with the first loop and costs the loops nothing but a counter.
 */
final class Watchdog {
    private static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long SHORTEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final Watchdog THE_ONE = new Watchdog();

    // Any thread.
    private final CopyOnWriteArrayList<Watched> watched = new CopyOnWriteArrayList<>();
    private final Object change = new Object();
    private boolean started;

    private Watchdog() {}

    /** A loop, with what is inspected in it. */
    private record Watched(Loop loop, LoopWatch watch, BorderWaits borderWaits) {
        void look(long now, long late) {
            borderWaits.look(now, late, watch.thresholdNanos());
            watch.look(now, late);
        }
    }

    static void watch(Loop loop) {
        THE_ONE.add(new Watched(loop, loop.watch(), new BorderWaits(loop)));
    }

    static void forget(Loop loop) {
        THE_ONE.watched.removeIf(each -> each.loop == loop);
    }

    private void add(Watched loop) {
        synchronized (change) {
            watched.add(loop);
            if (!started) {
                Thread.ofPlatform()
                        .daemon()
                        .name("skein-watchdog")
                        .inheritInheritableThreadLocals(false)
                        .start(this::run);
                started = true;
            }
            change.notifyAll();
        }
    }

    private void run() {
        long before = System.nanoTime();
        while (true) {
            long rest = restNanos();
            try {
                rest(rest);
            } catch (InterruptedException stranger) {
                continue;
            }
            long now = System.nanoTime();
            // Where this thread was late itself, the whole process stood still: no loop is to blame.
            long late = Math.max(0, now - before - rest);
            before = now;
            for (Watched loop : watched) {
                look(loop, now, late);
            }
        }
    }

    private static void look(Watched loop, long now, long late) {
        try {
            loop.look(now, late);
        } catch (Throwable failure) {
            // This thread is the only one, for all loops.
            LoopLog.error("the watchdog cannot inspect a loop", failure);
        }
    }

    private long restNanos() {
        long rest = LONGEST_REST_NANOS;
        for (Watched loop : watched) {
            rest = Math.min(rest, loop.watch.thresholdNanos() / 4);
        }
        return Math.max(rest, SHORTEST_REST_NANOS);
    }

    private void rest(long nanos) throws InterruptedException {
        synchronized (change) {
            while (watched.isEmpty()) {
                change.wait();
            }
        }
        TimeUnit.NANOSECONDS.sleep(nanos);
    }
}
