package dev.skein.loop.sync;

import java.util.Comparator;
import java.util.Objects;

/**
 * A {@link Queue} that gives the smallest item first, asyncio's {@code PriorityQueue}. Of equal ones, any.
 *
 * <p>An item that cannot be compared with the others is refused with a ClassCastException. What the comparison throws,
 * {@code put} and {@code get} throw: then they have put or taken nothing, and all that was in the queue is in it. (In asyncio
 * the item that was put is in it nevertheless, uncounted, and one that was to be taken is lost.)
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
        super(capacity, new Heap<>(naturalOrder()));
    }

    /** A queue in the order of {@code comparator}, without a bound. */
    public PriorityQueue(Comparator<? super T> comparator) {
        this(0, comparator);
    }

    /** A queue in the order of {@code comparator}, for at most {@code capacity} items; zero or less means without a bound. */
    public PriorityQueue(int capacity, Comparator<? super T> comparator) {
        super(capacity, new Heap<>(Objects.requireNonNull(comparator, "comparator")));
    }

    @SuppressWarnings("unchecked") // what is not comparable is refused with a ClassCastException
    private static <T> Comparator<T> naturalOrder() {
        return (one, other) -> ((Comparable<T>) one).compareTo(other);
    }
}
