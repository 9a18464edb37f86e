package dev.skein.loop.sync;

/**
 * A {@link Semaphore} that never has more permits than it began with, asyncio's {@code BoundedSemaphore}: one
 * {@code release} too many is a mistake, and is told.
 */
public final class BoundedSemaphore extends Semaphore {
    private final int bound;

    /** A semaphore with one permit. */
    public BoundedSemaphore() {
        this(1);
    }

    /**
     * A semaphore with {@code value} permits, and never more.
     *
     * @throws IllegalArgumentException if {@code value} is negative
     */
    public BoundedSemaphore(int value) {
        super(value);
        bound = value;
    }

    /**
     * Adds a permit, which goes to the oldest waiter if there is one.
     *
     * @throws IllegalStateException if there are as many as in the beginning
     */
    @Override
    public void release() {
        checkThread();
        if (value() >= bound) {
            throw new IllegalStateException(
                    "release() above the bound of " + bound + ": call it once for each acquire(): " + this);
        }
        super.release();
    }
}
