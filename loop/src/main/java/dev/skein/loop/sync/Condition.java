package dev.skein.loop.sync;

import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A place where coroutines of one loop wait for a state that a {@link Lock} guards to change, asyncio's {@code Condition}.
 *
 * <pre>{@code
 * try (Hold _ = condition.hold()) {
 *     condition.awaitUntil(() -> !items.isEmpty());
 *     items.remove();
 * }
 * }</pre>
 *
 * <p>{@link #await} gives the lock back, waits to be signalled, and takes the lock again, queueing for it like anybody
 * else. It returns or throws with the lock held, also if it is cancelled, and cancelled again while it waits for the lock;
 * then the latest {@link CancelledError} is thrown. One that was signalled and is cancelled signals another instead, so
 * {@code await} can return without cause: look at the state again, as {@link #awaitUntil} does.
 *
 * <p>It can be made anywhere, and belongs to the first loop that waits for it, as {@link Lock} does.
 */
public final class Condition {
    private final LoopBinding binding = new LoopBinding();
    private final Waiters waiters = new Waiters();
    private final Lock lock;
    private final String waitedForBy;

    /** A condition with a lock of its own. */
    public Condition() {
        this(new Lock());
    }

    /** A condition of the state that {@code lock} guards; several may share one lock. */
    public Condition(Lock lock) {
        this(Objects.requireNonNull(lock, "lock"), "Condition.await");
    }

    /** For what is built on it, and waits under its own name. */
    Condition(Lock lock, String waitedForBy) {
        this.lock = lock;
        this.waitedForBy = waitedForBy;
    }

    /** {@link Lock#acquire} of its lock. */
    public void acquire() {
        lock.acquire();
    }

    /** {@link Lock#release} of its lock. */
    public void release() {
        lock.release();
    }

    /** {@link Lock#hold} of its lock. */
    public Hold hold() {
        return lock.hold();
    }

    /** Whether somebody has its lock. */
    public boolean isLocked() {
        return lock.isLocked();
    }

    /**
     * Gives the lock back, suspends the caller until it is signalled, and takes the lock again: asyncio's {@code wait}.
     *
     * @throws CancelledError if the caller is cancelled; it has the lock then
     * @throws IllegalStateException if nobody has the lock, or in a coroutine of another loop
     */
    public void await() {
        checkLoop(this);
        requireLocked("await()");
        Future<@Nullable Void> signalled = binding.createFuture(this, waitedForBy);
        lock.release();
        try {
            try {
                waiters.await(signalled);
            } finally {
                acquireThroughCancellations();
            }
        } catch (Throwable notWoken) {
            // Perhaps we were signalled, and somebody else must do what we will not.
            waiters.wake(1);
            throw notWoken;
        }
    }

    private void acquireThroughCancellations() {
        CancelledError latest = null;
        boolean acquired = false;
        while (!acquired) {
            try {
                lock.acquire();
                acquired = true;
            } catch (CancelledError again) {
                latest = again;
            }
        }
        if (latest != null) {
            throw latest;
        }
    }

    /**
     * {@link #await}s until {@code predicate}, called with the lock held, is true: asyncio's {@code wait_for}. If it is true
     * already, nothing is waited for.
     */
    public void awaitUntil(BooleanSupplier predicate) {
        Objects.requireNonNull(predicate, "predicate");
        while (!predicate.getAsBoolean()) {
            await();
        }
    }

    /** {@link #signal(int)} for one. */
    public void signal() {
        signal(1);
    }

    /**
     * Wakes the oldest {@code count} waiters, or as many as there are: asyncio's {@code notify}. They go on when they have
     * the lock, which the caller still holds.
     *
     * @throws IllegalStateException if nobody has the lock
     */
    public void signal(int count) {
        binding.checkThread();
        requireLocked("signal()");
        waiters.wake(count);
    }

    /** {@link #signal(int)} for all who wait: asyncio's {@code notify_all}. */
    public void signalAll() {
        signal(Integer.MAX_VALUE);
    }

    /** Refuses the caller of {@code owner}, which is this or built on it, if it is in another loop than this. */
    void checkLoop(Object owner) {
        binding.checkLoop(owner);
    }

    private void requireLocked(String call) {
        if (!lock.isLocked()) {
            throw new IllegalStateException(
                    call + " of a condition whose lock is free: acquire() it first, or hold() it: " + this);
        }
    }

    @Override
    public String toString() {
        return "Condition[" + (isLocked() ? "locked" : "unlocked") + waiters.describe() + "]";
    }
}
