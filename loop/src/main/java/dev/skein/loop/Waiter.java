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

    /**
     * Whether it promises to retrieve a failure, asked just before it is told: in its turn it calls {@link Future#markRetrieved}
     * or {@link Future#takeOver} or, if it does not come to that, {@link Future#watch}. To be told is not to retrieve: a
     * callback may ask how the future ended, or may not. It answers at once, and calls no other code.
     */
    default boolean retrieves() {
        return false;
    }

    /** Whether the future is to end for it, and so to live until then. */
    default boolean keeps() {
        return true;
    }

    /** The task or future that waits through this, for the call graph; null if none in particular does. */
    default @Nullable Future<?> awaiter() {
        return null;
    }
}
