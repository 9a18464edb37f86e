package dev.skein.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a lock at the border of a generator. Its body and its consumer are one task, but two threads: a lock that the one
 * holds is not the other's, so each can wait in vain for what its own task has. The loop is idle then, and no thread is to
 * see.
 *
 * <p>The JDK does not say which thread holds a lock, so what is reported is a long wait, with the stacks of both sides.
 * Watchdog only.
 */
final class BorderWaits {
    /** The number of tasks, and of bodies that were left in an emit, that are inspected. */
    private static final int MOST = 1_000;

    private static final int MOST_SHOWN = 8;

    private final Loop loop;
    private Map<Coroutine, Wait> waits = new HashMap<>();

    BorderWaits(Loop loop) {
        this.loop = loop;
    }

    private static final class Wait {
        private final List<StackTraceElement> stack;
        private long since;
        private long reportAfter;

        Wait(List<StackTraceElement> stack, long since, long reportAfter) {
            this.stack = stack;
            this.since = since;
            this.reportAfter = reportAfter;
        }
    }

    /** Reports the tasks that have waited for longer than {@code threshold}; for the rest see {@link LoopWatch#look}. */
    void look(long now, long late, long threshold) {
        if (!loop.externalWork().isWorking() && waits.isEmpty()) {
            return;
        }
        try {
            lookAtTasks(now, late, threshold);
        } catch (RuntimeException movedMeanwhile) {
            // The loop continued while it was inspected.
            waits = new HashMap<>();
        }
    }

    private void lookAtTasks(long now, long late, long threshold) {
        Map<Coroutine, Wait> still = new HashMap<>();
        List<String> told = new ArrayList<>();
        for (Task<?> task : loop.tasks().peek(MOST)) {
            Coroutine stack = task.innermostStack();
            if (stack == null || !stack.waitsForLock() || !isAtBorder(stack)) {
                continue;
            }
            Wait wait = waitOf(stack, now, threshold);
            still.put(stack, wait);
            wait.since = Math.min(now, wait.since + late);
            long length = now - wait.since;
            if (length >= wait.reportAfter) {
                wait.reportAfter = 2 * length;
                String text = describe(task, stack, length);
                LoopLog.warn(text, new Stopped(stack.thread.getName(), wait.stack));
                told.add(text);
            }
        }
        waits = still;
        if (!told.isEmpty() && loop.clock.isVirtual()) {
            loop.executeUnlessClosed(() -> endRun(told, still.size()));
        }
    }

    /** The one that lasts since an earlier look, or a new one. */
    private Wait waitOf(Coroutine stack, long now, long threshold) {
        List<StackTraceElement> where = List.of(stack.stack());
        Wait before = waits.get(stack);
        return before != null && before.stack.equals(where) ? before : new Wait(where, now, threshold);
    }

    private boolean isAtBorder(Coroutine stack) {
        return stack.host() != null || !leftBodies().isEmpty();
    }

    /** The bodies that their consumers have left, and that wait in an emit. */
    private List<NestedBody> leftBodies() {
        List<NestedBody> left = new ArrayList<>();
        for (AutoCloseable open : loop.openGenerators().peek(MOST)) {
            if (open instanceof NestedBody body && body.stackSeenFromOutside() != null && body.host() == null) {
                left.add(body);
            }
        }
        return left;
    }

    private String describe(Task<?> task, Coroutine stack, long length) {
        StringBuilder text =
                new StringBuilder("task '%s' has been waiting for a lock for %d ms in %s; a lock is not re-entrant"
                                .formatted(task.name(), TimeUnit.NANOSECONDS.toMillis(length), sideOf(stack))
                        + " between the body of a generator and its consumer, and its holder may be one of these, which"
                        + " cannot continue:");
        for (Coroutine host = stack.host(); host != null; host = host.host()) {
            append(text, "the consumer, " + sideOf(host), host);
        }
        for (NestedBody body : leftBodies().stream().limit(MOST_SHOWN).toList()) {
            append(text, "the body of " + body.name() + ", in its emit", body.stackSeenFromOutside());
        }
        return text.toString();
    }

    private static String sideOf(Coroutine stack) {
        return (stack.host() == null ? "task '" : "the body of '") + stack.thread.getName() + "'";
    }

    private static void append(StringBuilder text, String who, @Nullable Coroutine stack) {
        if (stack != null) {
            text.append("\n  ").append(who);
            LoopWatch.framesThatHelp(List.of(stack.stack()))
                    .forEach(frame -> text.append("\n      at ").append(frame));
        }
    }

    /** In virtual time no user reads a log: if nothing else can come, the run fails. Loop only. */
    private void endRun(List<String> told, int waiting) {
        boolean nothingElse = loop.ready().size() == 0
                && loop.timers().earliest() == TimerQueue.NONE
                && loop.externalWork().working() == waiting;
        if (nothingElse) {
            loop.state()
                    .failRun(new IllegalStateException("probable deadlock: every task waits, and no timer is pending:\n"
                            + String.join("\n", told)));
        }
    }

    /** Carries the stack of the waiting thread into the log. */
    private static final class Stopped extends Throwable {
        private static final long serialVersionUID = 1;

        Stopped(String who, List<StackTraceElement> stack) {
            super("where " + who + " is now", null, false, true);
            setStackTrace(LoopWatch.framesThatHelp(stack).toArray(StackTraceElement[]::new));
        }
    }
}
