package dev.skein.loop;

import java.util.Arrays;

/**
 * The timers of a loop, the earliest first: asyncio's heap of scheduled handles. Equal moments keep the order they were set in.
 * Loop only.
 *
 * <p>A heap whose nodes have four children, with the moments side by side in an array of their own: to find a timer's place,
 * few cache lines are read, and no timer. A cancelled timer stays until it comes up, or until more than half of all are
 * cancelled; what it would have called is dropped at once.
 */
final class TimerQueue {
    /** There is no timer. */
    static final long NONE = Long.MAX_VALUE;

    private static final int CHILDREN = 4;

    /** The number of cancelled ones that is not worth a search. */
    private static final int FEW = 64;

    private long[] moments = new long[16];
    private long[] numbers = new long[16];
    private TimerHandle[] timers = new TimerHandle[16];
    private int size;
    private int cancelled;
    private long nextNumber;
    private boolean added;

    void add(TimerHandle timer) {
        if (size == timers.length) {
            int larger = 2 * size;
            moments = Arrays.copyOf(moments, larger);
            numbers = Arrays.copyOf(numbers, larger);
            timers = Arrays.copyOf(timers, larger);
        }
        siftUp(size++, timer.when(), nextNumber++, timer);
        added = true;
    }

    /** Whether a timer has been set since this was last asked. */
    boolean takeAdded() {
        boolean since = added;
        added = false;
        return since;
    }

    /** One of the timers here has just been cancelled. */
    void cancelled() {
        cancelled++;
        if (cancelled > FEW && cancelled > size / 2) {
            dropCancelled();
        }
    }

    /** The moment of the earliest timer, or {@link #NONE}. */
    long earliest() {
        while (size > 0 && timers[0].isCancelled()) {
            removeFirst();
            cancelled--;
        }
        return size == 0 ? NONE : moments[0];
    }

    /** As {@link #earliest}, for a thread that looks from outside at a loop which stands still. */
    long earliestSeenFromOutside() {
        return size == 0 ? NONE : moments[0];
    }

    /** Takes the earliest timer, when {@link #earliest} has just said that there is one. */
    TimerHandle take() {
        TimerHandle first = timers[0];
        removeFirst();
        return first;
    }

    /** Nothing is due any more. */
    void loopClosed() {
        Arrays.fill(timers, 0, size, null);
        size = 0;
        cancelled = 0;
    }

    private void removeFirst() {
        int last = --size;
        TimerHandle timer = timers[last];
        Arrays.fill(timers, last, last + 1, null);
        if (last > 0) {
            siftDown(0, moments[last], numbers[last], timer);
        }
    }

    private void dropCancelled() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (!timers[i].isCancelled()) {
                put(kept++, moments[i], numbers[i], timers[i]);
            }
        }
        Arrays.fill(timers, kept, size, null);
        size = kept;
        cancelled = 0;
        for (int i = (kept - 2) / CHILDREN; i >= 0; i--) {
            siftDown(i, moments[i], numbers[i], timers[i]);
        }
    }

    /** Puts a timer at {@code hole} or above, and those that are later than it below. */
    private void siftUp(int hole, long moment, long number, TimerHandle timer) {
        int place = hole;
        while (place > 0) {
            int parent = (place - 1) / CHILDREN;
            if (!isBefore(moment, number, parent)) {
                break;
            }
            put(place, moments[parent], numbers[parent], timers[parent]);
            place = parent;
        }
        put(place, moment, number, timer);
    }

    /** Puts a timer at {@code hole} or below, and those that are earlier than it above. */
    private void siftDown(int hole, long moment, long number, TimerHandle timer) {
        int place = hole;
        for (int child = firstChild(place); child < size; child = firstChild(place)) {
            int earliest = child;
            int end = Math.min(child + CHILDREN, size);
            for (int other = child + 1; other < end; other++) {
                if (isBefore(moments[other], numbers[other], earliest)) {
                    earliest = other;
                }
            }
            if (isBefore(moment, number, earliest)) {
                break;
            }
            put(place, moments[earliest], numbers[earliest], timers[earliest]);
            place = earliest;
        }
        put(place, moment, number, timer);
    }

    private static int firstChild(int place) {
        return CHILDREN * place + 1;
    }

    private boolean isBefore(long moment, long number, int other) {
        return moment < moments[other] || (moment == moments[other] && number < numbers[other]);
    }

    private void put(int place, long moment, long number, TimerHandle timer) {
        moments[place] = moment;
        numbers[place] = number;
        timers[place] = timer;
    }

    @Override
    public String toString() {
        return "TimerQueue[" + size + ", " + cancelled + " of them cancelled]";
    }
}
