package dev.skein.loop.sync;

import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Suspends;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets coroutines of one loop wait until a state that a {@link Lock} guards has changed: asyncio's {@code Condition}.
 *
 * {@snippet :
 * List<String> items = new ArrayList<>();
 * Condition changed = new Condition();
 * createTask(() -> {
 *     try (Hold _ = changed.hold()) {
 *         changed.awaitUntil(() -> !items.isEmpty());
 *         process(items.removeFirst());
 *     }
 * });
 * try (Hold _ = changed.hold()) {
 *     items.add(fetch("item"));
 *     changed.signal();
 * }
 * }
 *
 * <p>{@link #await} releases the lock, waits for a signal, and acquires the lock again, behind the others that wait for it.
 * It returns or throws with the lock held, also if the caller is cancelled, and cancelled again while it waits for the lock;
 * then it throws the latest {@link CancelledError}. A waiter that was signalled and is cancelled signals another one instead.
 * So {@code await} can return without a cause: test the state again, as {@link #awaitUntil} does.
 *
 * <p>A condition can be created anywhere, and belongs to the first loop that waits for it, as {@link Lock} does.
 */
public final class Condition {
    private final LoopBinding binding = new LoopBinding();
    private final Waiters waiters = new Waiters();
    private final Lock lock;
    private final String waitedForBy;

    /** Creates a condition with a lock of its own. */
    public Condition() {
        this(new Lock());
    }

    /** Creates a condition for a state that {@code lock} guards. Several conditions may share a lock. */
    public Condition(Lock lock) {
        this(Objects.requireNonNull(lock, "lock"), "Condition.await");
    }

    /** For a class that is built on it, and waits under its own name. */
    Condition(Lock lock, String waitedForBy) {
        this.lock = lock;
        this.waitedForBy = waitedForBy;
    }

    /** Calls {@link Lock#acquire} of its lock. */
    @Suspends
    public void acquire() {
        lock.acquire();
    }

    /** Calls {@link Lock#release} of its lock. */
    public void release() {
        lock.release();
    }

    /** Calls {@link Lock#hold} of its lock. */
    @Suspends
    public Hold hold() {
        return lock.hold();
    }

    /** Returns whether its lock is held. */
    public boolean isLocked() {
        return lock.isLocked();
    }

    /**
     * Releases the lock, suspends the caller until it is signalled, and acquires the lock again: asyncio's {@code wait}.
     *
     * @throws CancelledError if the caller is cancelled; it holds the lock then
     * @throws IllegalStateException if the lock is not held, or in a coroutine of another loop
     */
    @Suspends
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
            // Perhaps we were signalled, and another waiter must do what we will not.
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
     * Calls {@link #await} until {@code predicate}, which runs with the lock held, is true: asyncio's {@code wait_for}. If it
     * is true already, this returns at once.
     */
    @Suspends
    public void awaitUntil(BooleanSupplier predicate) {
        Objects.requireNonNull(predicate, "predicate");
        while (!predicate.getAsBoolean()) {
            await();
        }
    }

    /** Wakes the oldest waiter, as {@link #signal(int)}. */
    public void signal() {
        signal(1);
    }

    /**
     * Wakes the oldest {@code count} waiters, or as many as there are: asyncio's {@code notify}. They continue when they have
     * acquired the lock, which the caller still holds.
     *
     * @throws IllegalStateException if the lock is not held
     */
    public void signal(int count) {
        binding.checkThread();
        requireLocked("signal()");
        waiters.wake(count);
    }

    /** Wakes all waiters, as {@link #signal(int)}: asyncio's {@code notify_all}. */
    public void signalAll() {
        signal(Integer.MAX_VALUE);
    }

    /** Refuses a caller in another loop than this one's. {@code owner} is this condition, or is built on it. */
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
