package dev.skein.loop.tools;

import java.util.List;

/**
 * A loop and its tasks as they stand at one moment.
 *
 * @param thread the name of the loop's thread
 * @param tasks the tasks that are not done, oldest first; none of a loop that did not answer
 * @param blockedBy the name of the thread that holds a loop which did not answer: the loop's own, or a coroutine's; "" of one
 *     that did
 * @param blockedAt where that thread stands, innermost first
 */
public record LoopSnapshot(String thread, List<TaskSnapshot> tasks, String blockedBy, List<Frame> blockedAt) {
    /** Takes copies of the lists. */
    public LoopSnapshot {
        tasks = List.copyOf(tasks);
        blockedAt = List.copyOf(blockedAt);
    }

    /** A loop that has answered. */
    public static LoopSnapshot of(String thread, List<TaskSnapshot> tasks) {
        return new LoopSnapshot(thread, tasks, "", List.of());
    }

    /** A loop that has not: something holds its thread. */
    public static LoopSnapshot blocked(String thread, String by, List<Frame> at) {
        return new LoopSnapshot(thread, List.of(), by, at);
    }

    /** Whether it did not answer. */
    boolean isBlocked() {
        return !blockedBy.isEmpty();
    }

    /** What to say of one that did not answer. */
    String describeBlocked() {
        String by = blockedBy.equals(thread) ? "a callback or handler" : "task '" + blockedBy + "'";
        StringBuilder text = new StringBuilder(thread + " does not answer: " + by + " blocks its thread at\n");
        blockedAt.forEach(frame -> text.append("    ").append(frame).append('\n'));
        return text.toString();
    }
}
