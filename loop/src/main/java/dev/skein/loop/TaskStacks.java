package dev.skein.loop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stacks that one task stands on: its own and, while guests are in ({@link NestedBody}), theirs, each upon its host's. The
 * innermost one, in which the task's code goes on, leads to the others; a task that is done has none, and null for it.
 *
 * <p>Loop only. Nothing is kept: what a task has at each moment is its innermost stack.
 */
@Plumbing
final class TaskStacks {
    private TaskStacks() {}

    /** All of them, innermost first, the task's own last. */
    static List<Coroutine> from(@Nullable Coroutine innermost) {
        List<Coroutine> stacks = new ArrayList<>(1);
        for (Coroutine stack = innermost; stack != null; stack = stack.host()) {
            stacks.add(stack);
        }
        return stacks;
    }

    /** The task's own. */
    static @Nullable Coroutine own(@Nullable Coroutine innermost) {
        return innermost == null ? null : from(innermost).getLast();
    }

    /** The frames of all, innermost first. */
    static StackTraceElement[] frames(@Nullable Coroutine innermost) {
        List<StackTraceElement> frames = new ArrayList<>();
        for (Coroutine stack : from(innermost)) {
            // A loop, for a stream would stand on the stack of whoever asks for its own.
            Collections.addAll(frames, stack.stack());
        }
        return frames.toArray(StackTraceElement[]::new);
    }
}
