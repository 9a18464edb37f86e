package dev.skein.loop;

import java.util.List;

/**
 * Whether the end of the JVM was asked for inside a loop. {@code System.exit} does not return, so the task that called it
 * never ends, and waiting for it would be in vain. Any thread.
 */
final class JvmExit {
    /** Of so many tasks, the oldest, the stack is looked at. */
    private static final int TASKS = 1_000;

    private static final long PATIENCE_NANOS = 100_000_000;

    private JvmExit() {}

    /** One of its coroutines is inside {@code System.exit}. */
    static boolean isCalledIn(Loop loop) {
        return loop.tasks().peek(TASKS).stream().anyMatch(task -> isIn(List.of(task.stackSeenFromOutside())));
    }

    /**
     * Whether the loop will take no step any more, since what has it is inside {@code System.exit} and stays there. A
     * coroutine that the loop has mounted leaves it a moment later, when it waits for the shutdown hooks.
     */
    static boolean holds(Loop loop) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (isHolderIn(loop)) {
            if (System.nanoTime() > end) {
                return true;
            }
            loop.eventLoop().terminationFuture().awaitUninterruptibly(1);
        }
        return false;
    }

    private static boolean isHolderIn(Loop loop) {
        LoopWatch.Holder holder = loop.thread().holder();
        return holder != null && isIn(holder.stack());
    }

    private static boolean isIn(List<StackTraceElement> stack) {
        return stack.stream().anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
    }
}
