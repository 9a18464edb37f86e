package dev.skein.loop.sync;

import java.util.BitSet;
import java.util.Locale;

/**
 * A place where a fixed number of coroutines of one loop wait for each other, asyncio's {@code Barrier}. When the last of
 * them has come, all go on, and the barrier fills anew.
 *
 * <pre>
 *  FILLING   -> DRAINING    the last party has come: all go on
 *  FILLING   -> RESETTING   reset while some wait: each of them throws
 *  DRAINING  -> FILLING     the last one has left; who came meanwhile is let in
 *  RESETTING -> FILLING     the last one has left; who came meanwhile is let in
 *  DRAINING  -> RESETTING   reset: who has not left yet goes on or throws, as it had been woken before or not
 *  any       -> BROKEN      abort: who waits throws, and so does who comes
 *  BROKEN    -> RESETTING   reset while some have not left
 *  BROKEN    -> FILLING     reset
 * </pre>
 *
 * <p>A waiter that is cancelled leaves, and the barrier waits for another in its place. It can be made anywhere, and
 * belongs to the first loop that waits for it, as {@link Lock} does.
 */
public final class Barrier {
    private enum State {
        FILLING,
        DRAINING,
        RESETTING,
        BROKEN
    }

    private final Condition changed = new Condition(new Lock(), "Barrier.await");
    private final BitSet taken = new BitSet();
    private final int parties;
    private State state = State.FILLING;
    private int inside;

    /**
     * A barrier for {@code parties} coroutines.
     *
     * @throws IllegalArgumentException if {@code parties} is less than one
     */
    public Barrier(int parties) {
        if (parties < 1) {
            throw new IllegalArgumentException("parties < 1: " + parties);
        }
        this.parties = parties;
    }

    /**
     * Suspends the caller until {@link #parties} coroutines have come: asyncio's {@code wait}. While the barrier still lets
     * those before go on, a newcomer waits for that first.
     *
     * @return from 0 to {@code parties - 1}, another one for each who waits
     * @throws BrokenBarrierException if the barrier is or gets broken, or is reset meanwhile
     * @throws dev.skein.loop.CancelledError if the caller is cancelled
     */
    public int await() {
        try (Hold _ = hold()) {
            changed.awaitUntil(() -> state != State.DRAINING && state != State.RESETTING);
            if (state == State.BROKEN) {
                throw new BrokenBarrierException("the barrier was aborted: call reset() to use it again: " + this);
            }
            int index = enter();
            try {
                awaitOthers();
                return index;
            } finally {
                leave(index);
            }
        }
    }

    private Hold hold() {
        changed.checkLoop(this);
        return changed.hold();
    }

    /** A place that nobody has: not just the number of those inside, since one that was cancelled may have left a gap. */
    private int enter() {
        int index = taken.nextClearBit(0);
        taken.set(index);
        inside++;
        return index;
    }

    private void awaitOthers() {
        if (inside == parties) {
            state = State.DRAINING;
            changed.signalAll();
            return;
        }
        changed.awaitUntil(() -> state != State.FILLING);
        if (state != State.DRAINING) {
            throw new BrokenBarrierException("the barrier was aborted or reset while this task waited: " + this);
        }
    }

    private void leave(int index) {
        taken.clear(index);
        inside--;
        if (inside == 0) {
            if (state != State.BROKEN) {
                state = State.FILLING;
            }
            changed.signalAll();
        }
    }

    /** Makes it as new: who waits gets a {@link BrokenBarrierException}. Can suspend the caller for a moment. */
    public void reset() {
        try (Hold _ = hold()) {
            state = inside > 0 ? State.RESETTING : State.FILLING;
            changed.signalAll();
        }
    }

    /**
     * Breaks it until it is {@link #reset}: who waits, and who comes, gets a {@link BrokenBarrierException}. Can suspend the
     * caller for a moment.
     */
    public void abort() {
        try (Hold _ = hold()) {
            state = State.BROKEN;
            changed.signalAll();
        }
    }

    /** How many coroutines it waits for. */
    public int parties() {
        return parties;
    }

    /** How many wait for the others now: asyncio's {@code n_waiting}. */
    public int waiting() {
        return state == State.FILLING ? inside : 0;
    }

    /** Whether it was aborted: asyncio's {@code broken}. */
    public boolean isBroken() {
        return state == State.BROKEN;
    }

    @Override
    public String toString() {
        String waiters = isBroken() ? "" : ", waiters=" + waiting() + "/" + parties;
        return "Barrier[" + state.name().toLowerCase(Locale.ROOT) + waiters + "]";
    }
}
