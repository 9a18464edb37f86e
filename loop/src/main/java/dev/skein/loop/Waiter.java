package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * Who waits for a future. Loop only.
 *
 * <p>{@link #futureDone} is called once, inside the call that completes the future, and must only append to the ready
 * queue: nothing that waits ever runs inside {@code setResult}.
 */
interface Waiter {
    void futureDone(Future<?> future);

    /** Whether it looks at how the future ends, so that a failure needs no other report. */
    default boolean observes() {
        return true;
    }

    /** Whether the future is to end for it, and so to live until then. */
    default boolean keeps() {
        return true;
    }

    /** The task or future that waits through this, for the call graph; null where nobody in particular does. */
    default @Nullable Future<?> awaiter() {
        return null;
    }
}
