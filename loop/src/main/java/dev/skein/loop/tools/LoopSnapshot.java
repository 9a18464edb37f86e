package dev.skein.loop.tools;

import java.util.List;

/**
 * The state of a loop and its tasks at one moment.
 *
 * @param thread the name of the loop's thread
 * @param tasks the tasks that are not done, oldest first; empty if the loop did not answer
 * @param blockedBy the name of the thread that blocks a loop which did not answer: the loop's own, or a coroutine's. "" if
 *     the loop answered
 * @param blockedAt the stack of that thread, innermost frame first
 */
public record LoopSnapshot(String thread, List<TaskSnapshot> tasks, String blockedBy, List<Frame> blockedAt) {
    /** Copies the lists. */
    public LoopSnapshot {
        tasks = List.copyOf(tasks);
        blockedAt = List.copyOf(blockedAt);
    }

    /** Returns the snapshot of a loop that answered. */
    public static LoopSnapshot of(String thread, List<TaskSnapshot> tasks) {
        return new LoopSnapshot(thread, tasks, "", List.of());
    }

    /** Returns the snapshot of a loop that did not answer, since thread {@code by} blocks it. */
    public static LoopSnapshot blocked(String thread, String by, List<Frame> at) {
        return new LoopSnapshot(thread, List.of(), by, at);
    }

    /** Whether the loop did not answer. */
    boolean isBlocked() {
        return !blockedBy.isEmpty();
    }

    /** The text about a loop that did not answer. */
    String describeBlocked() {
        String by = blockedBy.equals(thread) ? "a callback or handler" : "task '" + blockedBy + "'";
        StringBuilder text = new StringBuilder(thread + " does not answer: " + by + " blocks its thread at\n");
        blockedAt.forEach(frame -> text.append("    ").append(frame).append('\n'));
        return text.toString();
    }
}
