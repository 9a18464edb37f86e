package dev.skein.loop.sync;

import dev.skein.loop.Future;
import dev.skein.loop.Suspends;
import org.jspecify.annotations.Nullable;

/**
 * A lock for the coroutines of one loop, for a state that must not change while the holder awaits: asyncio's {@code Lock}.
 * Code between two awaits needs no lock.
 *
 * {@snippet :
 * Lock lock = new Lock();
 * try (Hold _ = lock.hold()) {
 *     process(fetch("balance"));
 * }
 * }
 *
 * <p>The lock is fair: waiters acquire it in the order in which they arrived, and a newcomer queues behind them even while
 * the lock is free for a moment. A waiter that was given the lock and is then cancelled passes it on. The lock is not
 * re-entrant, and has no owner: any coroutine or callback may release it.
 *
 * <p>A lock can be created anywhere. The first loop that waits for it is its loop from then on: {@code acquire} in another
 * loop throws IllegalStateException, and {@code release} on another thread throws {@link WrongThreadException}. Any thread
 * may ask for the state of the lock, but may see an earlier one.
 */
public final class Lock {
    private final LoopBinding binding = new LoopBinding();
    private final Waiters waiters = new Waiters();
    private final Hold hold = this::release;
    private boolean locked;

    /** Creates a lock that is free. */
    public Lock() {}

    /**
     * Acquires the lock, suspending the caller until it is free and no earlier waiter is left.
     *
     * @throws dev.skein.loop.CancelledError if the caller is cancelled; it does not hold the lock then
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
    @Suspends
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
     * Releases the lock. The oldest waiter continues in the next round.
     *
     * @throws IllegalStateException if the lock is free
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

    /** Acquires the lock, and returns an object whose {@link Hold#close} releases it. */
    @Suspends
    public Hold hold() {
        acquire();
        return hold;
    }

    /** Returns whether the lock is held: asyncio's {@code locked}. */
    public boolean isLocked() {
        return locked;
    }

    @Override
    public String toString() {
        return "Lock[" + (locked ? "locked" : "unlocked") + waiters.describe() + "]";
    }
}
