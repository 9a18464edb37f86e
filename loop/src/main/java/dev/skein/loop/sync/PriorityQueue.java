package dev.skein.loop.sync;

import java.util.Comparator;
import java.util.Objects;

/**
 * A {@link Queue} that returns the smallest item first: asyncio's {@code PriorityQueue}. Equal items have no order.
 *
 * {@snippet :
 * Queue<String> words = new PriorityQueue<>(Comparator.comparing(String::length));
 * words.put("longest");
 * words.put("short");
 * IO.println(words.get()); // short
 * }
 *
 * <p>The queue refuses an item that cannot be compared with the others with a ClassCastException. If a comparison throws,
 * {@code put} and {@code get} throw the same exception, and leave the items of the queue as they were. (In asyncio such a
 * {@code put} leaves the item in the queue uncounted, and such a {@code get} loses an item.)
 *
 * @param <T> the type of the items
 */
public final class PriorityQueue<T> extends Queue<T> {
    /** Creates a queue of comparable items without a bound. */
    public PriorityQueue() {
        this(0);
    }

    /** Creates a queue for at most {@code capacity} comparable items. Zero or less means without a bound. */
    public PriorityQueue(int capacity) {
        super(capacity, new Heap<>(naturalOrder()));
    }

    /** Creates a queue in the order of {@code comparator} without a bound. */
    public PriorityQueue(Comparator<? super T> comparator) {
        this(0, comparator);
    }

    /**
     * Creates a queue in the order of {@code comparator}, for at most {@code capacity} items. Zero or less means without a
     * bound.
     */
    public PriorityQueue(int capacity, Comparator<? super T> comparator) {
        super(capacity, new Heap<>(Objects.requireNonNull(comparator, "comparator")));
    }

    @SuppressWarnings("unchecked") // what is not comparable is refused with a ClassCastException
    private static <T> Comparator<T> naturalOrder() {
        return (one, other) -> ((Comparable<T>) one).compareTo(other);
    }
}
