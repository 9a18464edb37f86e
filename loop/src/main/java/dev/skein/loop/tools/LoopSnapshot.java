package dev.skein.loop.tools;

import java.util.List;

/**
 * A loop and its tasks as they stand at one moment.
 *
 * @param thread the name of the loop's thread
 * @param tasks the tasks that are not done, oldest first; none of a loop that did not answer
 * @param heldBy the name of the thread that holds a loop which did not answer: the loop's own, or a coroutine's; "" of one
 *     that did
 * @param heldAt where that thread stands, innermost first
 */
public record LoopSnapshot(String thread, List<TaskSnapshot> tasks, String heldBy, List<Frame> heldAt) {
    /** Takes copies of the lists. */
    public LoopSnapshot {
        tasks = List.copyOf(tasks);
        heldAt = List.copyOf(heldAt);
    }

    /** A loop that has answered. */
    public static LoopSnapshot of(String thread, List<TaskSnapshot> tasks) {
        return new LoopSnapshot(thread, tasks, "", List.of());
    }

    /** A loop that has not: something holds its thread. */
    public static LoopSnapshot held(String thread, String by, List<Frame> at) {
        return new LoopSnapshot(thread, List.of(), by, at);
    }

    /** Whether it did not answer. */
    boolean isHeld() {
        return !heldBy.isEmpty();
    }

    /** What to say of one that did not answer. */
    String describeHeld() {
        String by = heldBy.equals(thread) ? "a callback or handler" : "task '" + heldBy + "'";
        StringBuilder text = new StringBuilder(thread + " does not answer: " + by + " holds its thread, at\n");
        heldAt.forEach(frame -> text.append("    ").append(frame).append('\n'));
        return text.toString();
    }
}
