package dev.skein.loop.tools;

import java.util.List;

/**
 * A task that awaits another.
 *
 * @param taskId its number
 * @param stack where it awaits, innermost first; what it awaits the other through, such as a gather, comes before
 */
public record Awaiter(long taskId, List<Frame> stack) {
    /** Takes a copy of the list. */
    public Awaiter {
        stack = List.copyOf(stack);
    }
}
