package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of the JVM, seen from the shutdown hook of a loop: how long it waits for that. {@code System.exit} does not
 * return, so a task or a job of an executor that has called it never ends, and code that waits for it does not either. They
 * are not waited for; all else is, so that each {@code finally} runs to its end.
 *
 * <p>It looks at the loop from outside, and counts looks: a machine that stands still in between has not looked.
 */
final class SystemExitCheck {
    /** The number of tasks, the oldest ones, whose stacks are inspected. */
    private static final int TASKS = 1_000;

    /** The number of looks after which a thread that waits will not leave the loop. */
    private static final int LOOKS = 20;

    private static final long LOOK_AGAIN_MILLIS = 5;

    /** The number of looks after which a loop that has taken no step stands still. */
    private static final int STILL = 10;

    /** The number after which a loop that stands still, without a timer or outside work, waits for what cannot come. */
    private static final int FOR_GOOD = 80;

    private final Loop loop;
    private final List<Task<?>> tasks;
    private final Set<Future<?>> endless = new HashSet<>();
    private final int endlessTasks;
    private final int endlessJobs;
    private final int jobs;

    /** How things stand, in a loop that stands still. */
    private SystemExitCheck(Loop loop) {
        this.loop = loop;
        this.tasks = loop.tasks().peek(TASKS);
        ArrayDeque<Future<?>> left = new ArrayDeque<>();
        tasks.stream().filter(SystemExitCheck::isCalledIn).forEach(left::add);
        this.endlessTasks = left.size();
        while (!left.isEmpty()) {
            Future<?> next = left.remove();
            if (endless.add(next)) {
                left.addAll(next.awaiters());
            }
        }
        List<List<StackTraceElement>> stacks = ExecutorWork.stacks(loop);
        this.jobs = stacks.size();
        this.endlessJobs = (int) stacks.stream().filter(SystemExitCheck::isIn).count();
    }

    /** One of its coroutines is inside {@code System.exit}. */
    static boolean isCalledIn(Loop loop) {
        return loop.tasks().peek(TASKS).stream().anyMatch(SystemExitCheck::isCalledIn);
    }

    private static boolean isCalledIn(Task<?> task) {
        // Whose stack is taken while it awaits would disturb the loop, which then does not stand still.
        return !TaskStacks.isSuspended(task) && isIn(TaskStacks.seenFromOutside(task));
    }

    /** Waits until the loop, which was told to end, has, or nothing is left that can. */
    static void awaitEnd(Loop loop, long limitNanos) {
        long start = System.nanoTime();
        awaitNextTurn(loop, limitNanos);
        long steps = -1;
        int still = 0;
        int nextLook = STILL;
        while (!loop.eventLoop().terminationFuture().isDone() && System.nanoTime() - start < limitNanos) {
            if (loop.watch().steps() != steps || loop.ready().size() > 0) {
                steps = loop.watch().steps();
                still = 0;
                nextLook = STILL;
            } else if (++still == nextLook) {
                nextLook *= 2;
                if (hasOnlyEndlessThings(loop, still >= FOR_GOOD, start + limitNanos)) {
                    return;
                }
            }
            loop.eventLoop().terminationFuture().awaitUninterruptibly(LOOK_AGAIN_MILLIS);
        }
    }

    /** By then it has heard what it was told before. */
    private static void awaitNextTurn(Loop loop, long limitNanos) {
        CountDownLatch turn = new CountDownLatch(1);
        if (loop.executeUnlessClosed(turn::countDown)) {
            try {
                turn.await(limitNanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean hasOnlyEndlessThings(Loop loop, boolean forGood, long limit) {
        try {
            SystemExitCheck now = new SystemExitCheck(loop);
            return now.isAllEndless() || (forGood && now.waitsInVain(limit));
        } catch (RuntimeException movedMeanwhile) {
            return false;
        }
    }

    private boolean isAllEndless() {
        if (tasks.isEmpty()) {
            // What is left is the end of the executor.
            return endlessJobs > 0
                    && endlessJobs == jobs
                    && loop.openGenerators().isEmpty();
        }
        return endless.containsAll(tasks);
    }

    /** Whether nothing will come that could wake one of its tasks before {@code limit}: only I/O could, and has not so far. */
    private boolean waitsInVain(long limit) {
        long timeout = limit - System.nanoTime();
        long timer = loop.timers().earliestSeenFromOutside();
        boolean timerComes = timer != TimerQueue.NONE && timer - loop.clock.nanoTime() < timeout;
        int endlessThings = endlessTasks + endlessJobs;
        return endlessThings > 0 && !timerComes && loop.externalWork().working() <= endlessThings;
    }

    /**
     * Whether the loop will take no step any more, since what has it is inside {@code System.exit} and stays there. A
     * coroutine that the loop has mounted leaves it a moment later, when it waits for the shutdown hooks.
     */
    static boolean holds(Loop loop) {
        int looks = 0;
        LoopThread.Blocker blocker = loop.thread().blocker();
        while (blocker != null && isIn(blocker.stack())) {
            looks += blocker.waits() ? 1 : 0;
            if (looks > LOOKS) {
                return true;
            }
            loop.eventLoop().terminationFuture().awaitUninterruptibly(LOOK_AGAIN_MILLIS);
            blocker = loop.thread().blocker();
        }
        return false;
    }

    private static boolean isIn(List<StackTraceElement> stack) {
        return stack.stream().anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
    }
}
