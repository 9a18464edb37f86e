package dev.skein.loop.sync;

/**
 * A flag that coroutines of one loop wait for, asyncio's {@code Event}. {@link #set} wakes all who wait, also if
 * {@link #clear} follows at once.
 *
 * <p>It can be made anywhere. The first loop that waits for it is its loop from then on: {@code await} in another one
 * throws IllegalStateException, {@code set} and {@code clear} on another thread {@link WrongThreadException}.
 */
public final class Event {
    private final LoopBinding binding = new LoopBinding();
    private final Waiters waiters = new Waiters();
    private final String waitedForBy;
    private boolean isSet;

    /** An event that is not set. */
    public Event() {
        this("Event.await");
    }

    /** For what is built on it, and waits under its own name. */
    Event(String waitedForBy) {
        this.waitedForBy = waitedForBy;
    }

    /** Sets the flag: all who wait go on in the next round. */
    public void set() {
        binding.checkThread();
        if (!isSet) {
            isSet = true;
            waiters.wake(Integer.MAX_VALUE);
        }
    }

    /** Takes the flag back; who waits from now on waits for the next {@link #set}. */
    public void clear() {
        binding.checkThread();
        isSet = false;
    }

    /** Whether the flag is set. On another thread it is how it stood a moment ago. */
    public boolean isSet() {
        return isSet;
    }

    /**
     * Suspends the caller until the flag is set; if it is, not at all: asyncio's {@code wait}.
     *
     * @throws dev.skein.loop.CancelledError if the caller is cancelled
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
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
