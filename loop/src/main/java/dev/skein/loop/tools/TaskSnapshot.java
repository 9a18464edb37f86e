package dev.skein.loop.tools;

import java.util.List;

/**
 * The state of a task at one moment.
 *
 * @param id the number of its thread, which a thread dump shows too
 * @param name its name
 * @param state what it does: {@code ready}, {@code running}, {@code waiting on Queue.get}
 * @param stack the stack of its coroutine, innermost frame first
 * @param awaitedBy the tasks that await it
 */
public record TaskSnapshot(long id, String name, String state, List<Frame> stack, List<Awaiter> awaitedBy) {
    /** Copies the lists. */
    public TaskSnapshot {
        stack = List.copyOf(stack);
        awaitedBy = List.copyOf(awaitedBy);
    }

    /** Its name, or its number if the name is empty. */
    String title() {
        return name.isEmpty() ? "#" + id : name;
    }
}
