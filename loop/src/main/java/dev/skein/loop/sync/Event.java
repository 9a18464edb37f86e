package dev.skein.loop.sync;

import dev.skein.loop.Suspends;

/**
 * A flag that coroutines of one loop can wait for: asyncio's {@code Event}. {@link #set} wakes all waiters, even if
 * {@link #clear} follows at once.
 *
 * {@snippet :
 * Event ready = new Event();
 * createTask(() -> {
 *     fetch("settings");
 *     ready.set();
 * });
 * ready.await();
 * }
 *
 * <p>An event can be created anywhere. The first loop that waits for it is its loop from then on: {@code await} in another
 * loop throws IllegalStateException, and {@code set} and {@code clear} on another thread throw {@link WrongThreadException}.
 */
public final class Event {
    private final LoopBinding binding = new LoopBinding();
    private final Waiters waiters = new Waiters();
    private final String waitedForBy;
    private boolean isSet;

    /** Creates an event that is not set. */
    public Event() {
        this("Event.await");
    }

    /** For a class that is built on it, and waits under its own name. */
    Event(String waitedForBy) {
        this.waitedForBy = waitedForBy;
    }

    /** Sets the flag: all waiters continue in the next round. */
    public void set() {
        binding.checkThread();
        if (!isSet) {
            isSet = true;
            waiters.wake(Integer.MAX_VALUE);
        }
    }

    /** Clears the flag: coroutines that wait from now on wait for the next {@link #set}. */
    public void clear() {
        binding.checkThread();
        isSet = false;
    }

    /** Returns whether the flag is set. Another thread may see an earlier value. */
    public boolean isSet() {
        return isSet;
    }

    /**
     * Suspends the caller until the flag is set: asyncio's {@code wait}. If it is set, this returns at once.
     *
     * @throws dev.skein.loop.CancelledError if the caller is cancelled
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
    @Suspends
    public void await() {
        binding.checkLoop(this);
        if (!isSet) {
            waiters.await(binding.createFuture(this, waitedForBy));
        }
    }

    @Override
    public String toString() {
        return "Event[" + (isSet ? "set" : "unset") + waiters.describe() + "]";
    }
}
