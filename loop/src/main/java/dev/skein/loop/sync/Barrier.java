package dev.skein.loop.sync;

import dev.skein.loop.Suspends;
import java.util.BitSet;
import java.util.Locale;

/**
 * A point at which a fixed number of coroutines of one loop wait for each other: asyncio's {@code Barrier}. When the last
 * party arrives, all are released and the barrier can be reused.
 *
 * {@snippet :
 * Barrier start = new Barrier(2);
 * for (String side : List.of("left", "right")) {
 *     createTask(() -> {
 *         fetch(side);
 *         start.await();
 *         IO.println(side + " sees that both are ready");
 *     });
 * }
 * }
 *
 * <pre>
 *  FILLING   -> DRAINING    the last party has arrived: all are released
 *  FILLING   -> RESETTING   reset while some wait: each of them throws
 *  DRAINING  -> FILLING     the last one has left; those that arrived meanwhile enter
 *  RESETTING -> FILLING     the last one has left; those that arrived meanwhile enter
 *  DRAINING  -> RESETTING   reset: those that have not left return or throw, as they had been woken before or not
 *  any       -> BROKEN      abort: those that wait throw, and so do those that arrive
 *  BROKEN    -> RESETTING   reset while some have not left
 *  BROKEN    -> FILLING     reset
 * </pre>
 *
 * <p>A waiter that is cancelled leaves, and the barrier waits for another one in its place. A barrier can be created
 * anywhere, and belongs to the first loop that waits for it, as {@link Lock} does.
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
     * Creates a barrier for {@code parties} coroutines.
     *
     * @throws IllegalArgumentException if {@code parties} is less than 1
     */
    public Barrier(int parties) {
        if (parties < 1) {
            throw new IllegalArgumentException("parties < 1: " + parties);
        }
        this.parties = parties;
    }

    /**
     * Suspends the caller until {@link #parties} coroutines have arrived: asyncio's {@code wait}. If the barrier is still
     * releasing the previous ones, the caller first waits for that.
     *
     * @return a number from 0 to {@code parties - 1}, a different one for each party
     * @throws BrokenBarrierException if the barrier is broken, or is aborted or reset meanwhile
     * @throws dev.skein.loop.CancelledError if the caller is cancelled
     */
    @Suspends
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

    /**
     * Takes the lowest free index. The number of those inside will not do, since one that was cancelled may have left a gap.
     */
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

    /** Resets it to empty: coroutines that wait get a {@link BrokenBarrierException}. May suspend the caller for a moment. */
    @Suspends
    public void reset() {
        try (Hold _ = hold()) {
            state = inside > 0 ? State.RESETTING : State.FILLING;
            changed.signalAll();
        }
    }

    /**
     * Breaks it until {@link #reset}: coroutines that wait or arrive get a {@link BrokenBarrierException}. May suspend the
     * caller for a moment.
     */
    @Suspends
    public void abort() {
        try (Hold _ = hold()) {
            state = State.BROKEN;
            changed.signalAll();
        }
    }

    /** Returns the number of coroutines that it waits for. */
    public int parties() {
        return parties;
    }

    /** Returns the number of coroutines that wait for the others now: asyncio's {@code n_waiting}. */
    public int waiting() {
        return state == State.FILLING ? inside : 0;
    }

    /** Returns whether it was aborted: asyncio's {@code broken}. */
    public boolean isBroken() {
        return state == State.BROKEN;
    }

    @Override
    public String toString() {
        String waiters = isBroken() ? "" : ", waiters=" + waiting() + "/" + parties;
        return "Barrier[" + state.name().toLowerCase(Locale.ROOT) + waiters + "]";
    }
}
