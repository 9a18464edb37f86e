package dev.skein.loop.sync;

import dev.skein.loop.Future;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits for the coroutines of one loop, asyncio's {@code Semaphore}: {@link #acquire} takes one, or waits for
 * one, {@link #release} adds one. For instance: at most ten requests at a time.
 *
 * <p>It is fair: a permit that becomes free belongs to the oldest waiter from that moment on, and a newcomer queues behind
 * those who wait. A waiter that was given a permit and is cancelled then hands it on. Nobody owns a permit: any coroutine
 * or callback may release one, also one that was never acquired; {@link BoundedSemaphore} refuses that.
 *
 * <p>It can be made anywhere, and belongs to the first loop that waits for it, as {@link Lock} does.
 */
public sealed class Semaphore permits BoundedSemaphore {
    private final LoopBinding binding = new LoopBinding();
    private final Waiters waiters = new Waiters();
    private final Hold hold = this::release;
    private int value;

    /** A semaphore with one permit. */
    public Semaphore() {
        this(1);
    }

    /**
     * A semaphore with {@code value} permits.
     *
     * @throws IllegalArgumentException if {@code value} is negative
     */
    public Semaphore(int value) {
        if (value < 0) {
            throw new IllegalArgumentException("value < 0: " + value);
        }
        this.value = value;
    }

    /**
     * Takes a permit; suspends the caller until there is one and nobody is before it.
     *
     * @throws dev.skein.loop.CancelledError if the caller is cancelled; it does not have a permit then
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
    public final void acquire() {
        binding.checkLoop(this);
        if (isLocked()) {
            awaitPermit(binding.createFuture(this, "Semaphore.acquire"));
        } else {
            value--;
        }
    }

    /** Whoever wakes us takes the permit out for us. */
    private void awaitPermit(Future<@Nullable Void> turn) {
        try {
            waiters.await(turn);
        } catch (Throwable notTaken) {
            if (Waiters.wasGranted(turn)) {
                value++;
            }
            throw notTaken;
        } finally {
            // Others may have queued behind us although there are permits.
            grant();
        }
    }

    private void grant() {
        value -= waiters.wake(value);
    }

    /** Adds a permit, which goes to the oldest waiter if there is one. */
    public void release() {
        checkThread();
        value++;
        value -= waiters.wake(1);
    }

    /** {@link #acquire}, and {@link #release} when the result is closed. */
    public final Hold hold() {
        acquire();
        return hold;
    }

    /** Whether {@link #acquire} would wait now: there is no permit, or others are first. asyncio's {@code locked}. */
    public final boolean isLocked() {
        return value == 0 || waiters.hasLive();
    }

    final void checkThread() {
        binding.checkThread();
    }

    /** The permits that belong to nobody. */
    final int value() {
        return value;
    }

    @Override
    public final String toString() {
        String state = isLocked() ? "locked" : "unlocked";
        return getClass().getSimpleName() + "[" + state + ", value=" + value + waiters.describe() + "]";
    }
}
