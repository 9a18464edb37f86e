package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * The inheritable thread-locals that a callback sees: those of the code that registered it, as they were then: asyncio's
 * {@code contextvars.Context}. A coroutine needs none, since it is a thread and inherits them.
 *
 * <p>Without the JVM flag there is no way to give a thread the values of another, and a callback sees none.
 */
final class Context {
    private final Object values;

    private Context(Object values) {
        this.values = values;
    }

    /** The caller's; null where it has set none, which costs nothing. Any thread. */
    static @Nullable Context ofCaller() {
        Object values = VirtualThreads.areMounted() ? VirtualThreads.inheritance() : null;
        return values == null ? null : new Context(values);
    }

    /** From now on the caller sees it, and sets in it, until {@link #leave}. On the loop's own thread. */
    void enter() {
        VirtualThreads.setInheritable(values);
    }

    /** From now on the caller sees nothing, also of what it has set itself. On the loop's own thread. */
    static void leave() {
        if (VirtualThreads.areMounted() && VirtualThreads.mayHaveInheritable()) {
            VirtualThreads.setInheritable(null);
        }
    }
}
