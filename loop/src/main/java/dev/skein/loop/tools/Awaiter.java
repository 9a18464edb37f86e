package dev.skein.loop.tools;

import java.util.List;

/**
 * A task that awaits another one, in a {@link TaskSnapshot}.
 *
 * @param taskId the number of the task
 * @param stack the stack at which it awaits, innermost frame first. If it awaits through a gather or the like, that comes
 *     first
 */
public record Awaiter(long taskId, List<Frame> stack) {
    /** Copies the list. */
    public Awaiter {
        stack = List.copyOf(stack);
    }
}
