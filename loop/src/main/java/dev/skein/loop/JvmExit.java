package dev.skein.loop;

import java.util.List;

/**
 * Whether the end of the JVM was asked for inside a loop. {@code System.exit} does not return, so the task that called it
 * never ends, and waiting for it would be in vain. Any thread.
 */
final class JvmExit {
    /** Of so many tasks, the oldest, the stack is looked at. */
    private static final int TASKS = 1_000;

    private JvmExit() {}

    /** A coroutine, or whatever has the loop at this moment, is inside {@code System.exit}. */
    static boolean isCalledIn(Loop loop) {
        return holds(loop)
                || loop.tasks().peek(TASKS).stream().anyMatch(task -> isIn(List.of(task.stackSeenFromOutside())));
    }

    /** What has the loop at this moment is inside {@code System.exit}: the loop will take no step any more. */
    static boolean holds(Loop loop) {
        LoopWatch.Holder holder = loop.thread().holder();
        return holder != null && isIn(holder.stack());
    }

    private static boolean isIn(List<StackTraceElement> stack) {
        return stack.stream().anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
    }
}
