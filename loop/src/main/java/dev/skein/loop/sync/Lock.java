package dev.skein.loop.sync;

import dev.skein.loop.Future;
import org.jspecify.annotations.Nullable;

/**
 * A lock for the coroutines of one loop, asyncio's {@code Lock}: for a state that must not change while its holder awaits.
 * What a coroutine does between two awaits needs none.
 *
 * <p>It is fair: whoever came first is first, and a newcomer queues behind those who wait, also while the lock is free for
 * a moment. A waiter that was given the lock and is cancelled then hands it on. It is not re-entrant, and knows no owner:
 * any coroutine or callback may release it.
 *
 * <p>It can be made anywhere. The first loop that waits for it is its loop from then on: {@code acquire} in another one
 * throws IllegalStateException, {@code release} on another thread {@link WrongThreadException}. Asking how it stands is
 * not checked; another thread sees a moment ago.
 */
public final class Lock {
    private final LoopBinding binding = new LoopBinding();
    private final Waiters waiters = new Waiters();
    private final Hold hold = this::release;
    private boolean locked;

    /** A lock that is free. */
    public Lock() {}

    /**
     * Takes the lock; suspends the caller until it is free and nobody is before it.
     *
     * @throws dev.skein.loop.CancelledError if the caller is cancelled; it does not have the lock then
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
    public void acquire() {
        binding.checkLoop(this);
        if (!locked && !waiters.hasLive()) {
            locked = true;
            return;
        }
        Future<@Nullable Void> turn = binding.createFuture(this, "Lock.acquire");
        try {
            waiters.await(turn);
        } catch (Throwable notTaken) {
            if (!locked) {
                // Perhaps it was given to us; in any case the next one's turn must not be lost.
                waiters.wakeFirst();
            }
            throw notTaken;
        }
        locked = true;
    }

    /**
     * Gives the lock back; the oldest waiter goes on in the next round.
     *
     * @throws IllegalStateException if it is free
     */
    public void release() {
        binding.checkThread();
        if (!locked) {
            throw new IllegalStateException(
                    "release() of a lock that is free: call it once for each acquire(): " + this);
        }
        locked = false;
        waiters.wakeFirst();
    }

    /** {@link #acquire}, and {@link #release} when the result is closed. */
    public Hold hold() {
        acquire();
        return hold;
    }

    /** Whether somebody has it: asyncio's {@code locked}. */
    public boolean isLocked() {
        return locked;
    }

    @Override
    public String toString() {
        return "Lock[" + (locked ? "locked" : "unlocked") + waiters.describe() + "]";
    }
}
