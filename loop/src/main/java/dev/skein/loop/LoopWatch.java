package dev.skein.loop;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Whether a loop gets on: a callback, a handler or a step of a coroutine that holds it longer than a threshold is
 * reported, with its stack, while it still does; and again each time when it has blocked on for twice as long.
 *
 * <p>The loop counts its steps; the {@link Watchdog} sees whether the count moves. A loop that waits in its poll does not
 * count either, and is told apart by its stack.
 */
final class LoopWatch {
    private static final int TASKS_SHOWN = 8;

    private final Loop loop;

    // Written by the loop only, read by the watchdog without more ado: it looks again.
    private long steps;

    // Any thread.
    private volatile long thresholdNanos;

    // Watchdog only.
    private boolean wasStuck;
    private long stepsSeen = -1;
    private long since;
    private long reportAfter;

    LoopWatch(Loop loop, long thresholdNanos) {
        this.loop = loop;
        this.thresholdNanos = thresholdNanos;
    }

    /** The loop begins with something else. Loop only. */
    void step() {
        steps++;
    }

    /** How often it has. Loop only. */
    long steps() {
        return steps;
    }

    /** How long a step may hold the loop; zero means as long as it likes. */
    long thresholdNanos() {
        long limit = thresholdNanos;
        return limit == 0 ? Long.MAX_VALUE : limit;
    }

    void setThreshold(long nanos) {
        thresholdNanos = nanos;
    }

    /** Looks whether the loop has got on since the last look; {@code late} is how long no thread of this process could. */
    void look(long now, long late) {
        rescueIfStuck();
        if (steps != stepsSeen) {
            stepsSeen = steps;
            since = now;
            reportAfter = thresholdNanos();
            return;
        }
        since = Math.min(now, since + late);
        long blocked = now - since;
        if (blocked >= reportAfter) {
            reportAfter = 2 * blocked;
            LoopThread.Blocker blocker = loop.thread().blocker();
            boolean wentOn = steps != stepsSeen; // while its stack was taken
            if (wentOn || blocker == null || isPolling(blocker.stack())) {
                since = now;
                reportAfter = thresholdNanos();
            } else {
                report(blocker, blocked);
            }
        }
    }

    /** Says who blocks the loop at this moment, if anything does, and what follows from that. Any thread. */
    void tellBlocked(String failed, String consequence) {
        LoopThread.Blocker blocker = loop.thread().blocker();
        if (blocker != null && !isPolling(blocker.stack())) {
            LoopLog.warn(
                    failed + ": event loop blocked by " + who(blocker) + "; " + consequence, new BlockedAt(blocker));
        }
    }

    /** A loop that was stuck at the last look too: a moment's wait there needs no help. */
    private void rescueIfStuck() {
        boolean stuck = loop.thread().isStuck();
        if (stuck && wasStuck) {
            loop.thread().rescue();
        }
        wasStuck = stuck && !wasStuck;
    }

    /** Whether it waits for I/O: it is in its poll, and the poll has called no handler. */
    static boolean isPolling(List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getMethodName().equals("handle")) {
                return false;
            }
            if (frame.getClassName().equals(SelectorEventLoop.class.getName())) {
                return frame.getMethodName().equals("poll");
            }
        }
        return false;
    }

    private void report(LoopThread.Blocker blocker, long blocked) {
        String message =
                "event loop blocked for %d ms by %s, which is still running: move blocking or CPU-bound work to toThread"
                        .formatted(TimeUnit.NANOSECONDS.toMillis(blocked), who(blocker));
        LoopLog.warn(message + describeWait(blocker) + cure(blocker), new BlockedAt(blocker));
    }

    /** Without the flag, a wait in the JDK stops the loop; with it, only what computes or waits in a class initialiser does. */
    private static String cure(LoopThread.Blocker blocker) {
        return blocker.isCoroutine() && blocker.isBlocked() && !blocker.isPinned() && VirtualThreads.lackFlag()
                ? "\nor start the JVM with " + VirtualThreads.FLAG
                        + ": then a coroutine that blocks in the JDK does not stop its loop"
                : "";
    }

    private static String who(LoopThread.Blocker blocker) {
        return blocker.isCoroutine()
                ? "task '" + blocker.thread().getName() + "'"
                : "a callback or handler on " + blocker.thread().getName();
    }

    /**
     * A blocker that waits for a lock: its holder may be a coroutine of this loop, which then never continues. Or, if the
     * blocker cannot be unmounted, one that is next in line. The JDK does not say which thread owns a lock, so both are shown.
     */
    private String describeWait(LoopThread.Blocker blocker) {
        List<Task<?>> tasks = loop.tasks().peek(TASKS_SHOWN);
        if (!blocker.waits()) {
            List<Task<?>> woken = tasks.stream().filter(TaskStacks::isWoken).toList();
            return woken.isEmpty()
                    ? ""
                    : describe("; it may be waiting for one of these, which cannot be mounted meanwhile:", woken);
        }
        String where = blocker.isPinned()
                ? " inside a class initialiser, where it cannot be unmounted, so nothing else in its loop can run: move the"
                        + " wait out of the initialiser"
                : "";
        return describe(
                "; it waits for " + blocker.waitsFor() + where
                        + "; its holder may be one of these, which cannot continue:",
                tasks);
    }

    private static String describe(String what, List<Task<?>> tasks) {
        StringBuilder text = new StringBuilder(what);
        for (Task<?> task : tasks) {
            text.append("\n  ").append(Repr.cut(task.name()));
            if (TaskStacks.isWoken(task)) {
                text.append(", which the JDK has made runnable and only this loop can mount");
            }
            for (StackTraceElement frame : framesThatHelp(TaskStacks.seenFromOutside(task))) {
                text.append("\n      at ").append(frame);
            }
        }
        return text.toString();
    }

    /** As in a call graph; all of them where Skein itself is what holds the loop. */
    static List<StackTraceElement> framesThatHelp(List<StackTraceElement> stack) {
        List<StackTraceElement> frames = StackFilter.of(stack);
        return frames.isEmpty() ? stack : frames;
    }

    /** Carries the stack of the blocker into the log. */
    private static final class BlockedAt extends Throwable {
        private static final long serialVersionUID = 1;

        BlockedAt(LoopThread.Blocker blocker) {
            super("where " + blocker.thread().getName() + " is now", null, false, true);
            setStackTrace(framesThatHelp(blocker.stack()).toArray(StackTraceElement[]::new));
        }
    }
}
