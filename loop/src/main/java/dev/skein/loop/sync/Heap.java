package dev.skein.loop.sync;

import java.util.AbstractQueue;
import java.util.Arrays;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Items of which the smallest is first: a heap whose order may fail. The comparator is a user's. It can throw, or change the
 * heap for which it compares. So each change makes all comparisons before it moves the first item, and a comparison that
 * fails leaves everything as it was. The JDK's heap moves as it compares, and loses items.
 */
final class Heap<T> extends AbstractQueue<T> {
    private final Comparator<? super T> order;
    private @Nullable Object[] items = new @Nullable Object[8];
    private int size;
    private int changes;

    Heap(Comparator<? super T> order) {
        this.order = order;
    }

    @Override
    public boolean offer(T item) {
        int before = changes;
        int place = placeFor(item);
        requireUnchanged(before);
        changes++;
        if (size == items.length) {
            items = Arrays.copyOf(items, 2 * size);
        }
        int hole = size++;
        while (hole != place) {
            int parent = parentOf(hole);
            items[hole] = items[parent];
            hole = parent;
        }
        items[place] = item;
        return true;
    }

    /** Where it belongs on the way from the end to the root. */
    private int placeFor(T item) {
        if (size == 0) {
            // Has one refused here that will never be compared with anything.
            compare(item, item);
        }
        int place = size;
        while (place > 0 && compare(item, at(parentOf(place))) < 0) {
            place = parentOf(place);
        }
        return place;
    }

    @Override
    public @Nullable T poll() {
        if (size == 0) {
            return null;
        }
        int before = changes;
        T last = at(size - 1);
        int place = placeFromRoot(last);
        requireUnchanged(before);
        changes++;
        size--;
        T first = at(0);
        Object carried = last;
        for (int hole = place; hole > 0; hole = parentOf(hole)) {
            Object up = items[hole];
            items[hole] = carried;
            carried = up;
        }
        items[0] = carried;
        items[size] = null;
        return first;
    }

    /** Where the last item belongs on the way down along the smaller ones, once the root and it are gone. */
    private int placeFromRoot(T last) {
        int end = size - 1;
        int place = 0;
        for (int child = 1; child < end; child = 2 * place + 1) {
            int smaller = child + 1 < end && compare(at(child + 1), at(child)) < 0 ? child + 1 : child;
            if (compare(last, at(smaller)) <= 0) {
                break;
            }
            place = smaller;
        }
        return place;
    }

    private int compare(T one, T other) {
        return order.compare(one, other);
    }

    private void requireUnchanged(int before) {
        if (changes != before) {
            throw new ConcurrentModificationException(
                    "the comparator changed the queue whose items it compares: it must only compare");
        }
    }

    private static int parentOf(int place) {
        return (place - 1) / 2;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // below size there are items, and only items of T are put
    private T at(int place) {
        return (T) items[place];
    }

    @Override
    public @Nullable T peek() {
        return size == 0 ? null : at(0);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void clear() {
        changes++;
        Arrays.fill(items, 0, size, null);
        size = 0;
    }

    /** In no order. */
    @Override
    @SuppressWarnings("unchecked") // only items of T are put
    public Iterator<T> iterator() {
        return (Iterator<T>) Arrays.asList(Arrays.copyOf(items, size)).iterator();
    }
}
