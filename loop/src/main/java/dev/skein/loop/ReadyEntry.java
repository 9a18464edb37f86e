package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/** What waits in a loop's ready queue: a callback, or the next step of a coroutine. Loop only. */
abstract class ReadyEntry {
    /** Called once per entry in the queue, by the loop. What it throws is reported, and the loop continues. */
    abstract void takeTurn();

    /** Whether it is a coroutine's step, which the loop's carrier takes; all else is the loop's own thread's. */
    boolean isStep() {
        return false;
    }

    /**
     * What {@link #takeTurn} threw. On the loop's own thread.
     *
     * @return false if that is to be reported
     */
    boolean hasDealtWith(Throwable failure) {
        return false;
    }

    /** What a callback sees of the thread-locals of the code that registered it; null for nothing. */
    @Nullable
    Context context() {
        return null;
    }

    /** What it is the turn of, for reports. */
    Object subject() {
        return this;
    }

    /** Called instead where the loop has closed before its turn came. */
    void loopClosed() {}
}
