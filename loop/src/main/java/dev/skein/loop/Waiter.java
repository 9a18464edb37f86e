package dev.skein.loop;

/**
 * Who waits for a future. Loop only.
 *
 * <p>{@link #futureDone} is called once, inside the call that completes the future, and must only append to the ready
 * queue: nothing that waits ever runs inside {@code setResult}.
 */
interface Waiter {
    void futureDone(Future<?> future);
}
