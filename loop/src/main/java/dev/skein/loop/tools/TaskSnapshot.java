package dev.skein.loop.tools;

import java.util.List;

/**
 * A task as it stands at one moment.
 *
 * @param id the number of its thread, by which a thread dump calls it too
 * @param name its name
 * @param state what it does: {@code ready}, {@code running}, {@code waiting on Queue.get}
 * @param stack where its coroutine stands, innermost first
 * @param awaitedBy the tasks that await it
 */
public record TaskSnapshot(long id, String name, String state, List<Frame> stack, List<Awaiter> awaitedBy) {
    /** Takes copies of the lists. */
    public TaskSnapshot {
        stack = List.copyOf(stack);
        awaitedBy = List.copyOf(awaitedBy);
    }

    /** Its name, or its number where that is empty. */
    String title() {
        return name.isEmpty() ? "#" + id : name;
    }
}
