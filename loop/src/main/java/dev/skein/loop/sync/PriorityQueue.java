package dev.skein.loop.sync;

import java.util.Comparator;

/**
 * A {@link Queue} that gives the smallest item first, asyncio's {@code PriorityQueue}. Of equal ones, any. An item that
 * cannot be compared with the others is refused with a ClassCastException.
 *
 * @param <T> the type of the items
 */
public final class PriorityQueue<T> extends Queue<T> {
    /** A queue of comparable items, without a bound. */
    public PriorityQueue() {
        this(0);
    }

    /** A queue of comparable items, at most {@code capacity} of them; zero or less means without a bound. */
    public PriorityQueue(int capacity) {
        super(capacity, new java.util.PriorityQueue<>());
    }

    /** A queue in the order of {@code comparator}, without a bound. */
    public PriorityQueue(Comparator<? super T> comparator) {
        this(0, comparator);
    }

    /** A queue in the order of {@code comparator}, for at most {@code capacity} items; zero or less means without a bound. */
    public PriorityQueue(int capacity, Comparator<? super T> comparator) {
        super(capacity, new java.util.PriorityQueue<>(comparator));
    }
}
