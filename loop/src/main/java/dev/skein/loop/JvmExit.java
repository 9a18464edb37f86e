package dev.skein.loop;

import java.util.List;

/**
 * Whether the end of the JVM was asked for inside a loop. {@code System.exit} does not return, so the task that called it
 * never ends, and waiting for it would be in vain. Any thread.
 */
final class JvmExit {
    /** Of so many tasks, the oldest, the stack is looked at. */
    private static final int TASKS = 1_000;

    /** A thread that so many looks have found waiting will not leave the loop. Looks, since the machine may stand still. */
    private static final int LOOKS = 20;

    private static final long LOOK_AGAIN_MILLIS = 5;

    private JvmExit() {}

    /** One of its coroutines is inside {@code System.exit}. */
    static boolean isCalledIn(Loop loop) {
        return loop.tasks().peek(TASKS).stream().anyMatch(JvmExit::isCalledIn);
    }

    /** Waits until only such coroutines are left, which end with the JVM. */
    static void awaitOthers(Loop loop, long limitNanos) {
        long start = System.nanoTime();
        while (!loop.tasks().peek(TASKS).stream().allMatch(JvmExit::isCalledIn)
                && System.nanoTime() - start < limitNanos) {
            loop.eventLoop().terminationFuture().awaitUninterruptibly(LOOK_AGAIN_MILLIS);
        }
    }

    private static boolean isCalledIn(Task<?> task) {
        return isIn(List.of(task.stackSeenFromOutside()));
    }

    /**
     * Whether the loop will take no step any more, since what has it is inside {@code System.exit} and stays there. A
     * coroutine that the loop has mounted leaves it a moment later, when it waits for the shutdown hooks.
     */
    static boolean holds(Loop loop) {
        int looks = 0;
        LoopWatch.Holder holder = loop.thread().holder();
        while (holder != null && isIn(holder.stack())) {
            looks += holder.waits() ? 1 : 0;
            if (looks > LOOKS) {
                return true;
            }
            loop.eventLoop().terminationFuture().awaitUninterruptibly(LOOK_AGAIN_MILLIS);
            holder = loop.thread().holder();
        }
        return false;
    }

    private static boolean isIn(List<StackTraceElement> stack) {
        return stack.stream().anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
    }
}
