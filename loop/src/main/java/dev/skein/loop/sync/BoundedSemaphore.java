package dev.skein.loop.sync;

/**
 * A {@link Semaphore} that never has more permits than it was created with: asyncio's {@code BoundedSemaphore}. It refuses a
 * {@code release} too many.
 *
 * {@snippet :
 * Semaphore connections = new BoundedSemaphore(10);
 * try (Hold _ = connections.hold()) {
 *     process(fetch("index"));
 * }
 * }
 *
 * <p>It can be created anywhere, and belongs to the first loop that waits for it, as {@link Lock} does.
 */
public final class BoundedSemaphore extends Semaphore {
    private final int bound;

    /** Creates a semaphore with one permit. */
    public BoundedSemaphore() {
        this(1);
    }

    /**
     * Creates a semaphore with {@code value} permits, which is also the bound.
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
     * @throws IllegalStateException if there are as many permits as in the beginning
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
