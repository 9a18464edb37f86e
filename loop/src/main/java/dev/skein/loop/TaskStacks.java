package dev.skein.loop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stacks that one task stands on: its own and, while nested bodies are in ({@link NestedBody}), theirs, each upon its host's. The
 * innermost one, in which the task's code continues, leads to the others; a task that is done has none, and null for it.
 *
 * <p>Loop only, but for what says otherwise. Nothing is kept: what a task has at each moment is its innermost stack.
 */
@Plumbing
final class TaskStacks {
    /** How far a message follows tasks that wait for tasks. */
    private static final int WAITS_SHOWN = 3;

    private TaskStacks() {}

    /** All of them, innermost first, the task's own last. */
    static List<Coroutine> from(@Nullable Coroutine innermost) {
        List<Coroutine> stacks = new ArrayList<>(1);
        for (Coroutine stack = innermost; stack != null; stack = stack.host()) {
            stacks.add(stack);
        }
        return stacks;
    }

    /** The task's own. */
    static @Nullable Coroutine own(@Nullable Coroutine innermost) {
        return innermost == null ? null : from(innermost).getLast();
    }

    /** The frames of all, innermost first. */
    static StackTraceElement[] frames(@Nullable Coroutine innermost) {
        List<StackTraceElement> frames = new ArrayList<>();
        for (Coroutine stack : from(innermost)) {
            // A loop, for a stream would stand on the stack of code that asks for its own.
            Collections.addAll(frames, stack.stack());
        }
        return frames.toArray(StackTraceElement[]::new);
    }

    // Of a task.

    /** The number of its thread, which a thread dump shows too; 0 once it is done. Loop only. */
    static long idOf(Task<?> task) {
        Coroutine mine = own(task.innermostStack());
        return mine == null ? 0 : mine.thread.threadId();
    }

    /** What it does at this moment, in a word or two. Loop only. */
    static String activityOf(Task<?> task) {
        Coroutine mine = task.innermostStack();
        if (mine == null) {
            return "done";
        }
        Future<?> awaited = task.waitingOn();
        return switch (mine.state) {
            case CREATED, QUEUED -> "ready";
            case RESUMING, RUNNING -> "running";
            case SUSPENDED -> awaited == null ? "suspended" : "waiting on " + awaited.toName();
            case BLOCKED -> "blocked in the JDK";
            case DONE -> "done";
        };
    }

    /** The end of a message about a task that is kept waiting: {@code , waiting on Queue.get}. Empty if it is not. Loop only. */
    static String describeWait(Task<?> task) {
        StringBuilder text = new StringBuilder();
        Task<?> next = task;
        for (int level = 0; next != null && level < WAITS_SHOWN; level++) {
            String activity = activityOf(next);
            boolean waits = activity.startsWith("waiting") || activity.startsWith("blocked");
            text.append(waits ? (level == 0 ? ", " : ", which is ") + activity : "");
            next = next.waitingOn() instanceof Task<?> awaited ? awaited : null;
        }
        return text.toString();
    }

    // Of a task, for a thread that looks from outside at a loop which stands still.

    /** As {@link Task#stack}, of its innermost stack alone. */
    static List<StackTraceElement> seenFromOutside(Task<?> task) {
        Coroutine mine = task.innermostStack();
        return mine == null ? List.of() : List.of(mine.thread.getStackTrace());
    }

    /** Whether it awaits. */
    static boolean isSuspended(Task<?> task) {
        Coroutine mine = task.innermostStack();
        return mine != null && mine.state == Coroutine.State.SUSPENDED;
    }

    /** Whether the JDK had stopped it and has made it runnable, and it has not continued yet. */
    static boolean isWoken(Task<?> task) {
        Coroutine mine = task.innermostStack();
        return mine != null && mine.state == Coroutine.State.BLOCKED && mine.thread.getState() == Thread.State.RUNNABLE;
    }
}
