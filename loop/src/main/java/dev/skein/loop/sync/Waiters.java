package dev.skein.loop.sync;

import dev.skein.loop.Future;
import org.jspecify.annotations.Nullable;

/**
 * The coroutines that wait in one place, oldest first. One that is woken or cancelled stays in the list until it runs, and so
 * keeps its place before newcomers. Loop only.
 *
 * <p>A burst of wake-ups precedes the first woken coroutine, so the list may begin with many that are done. A coroutine that
 * is done stays done: two marks in the list, which only move forward, spare each call a look at all of them.
 */
final class Waiters {
    /** A waiter's place in the list. */
    static final class Place {
        private final Future<@Nullable Void> turn;
        private @Nullable Place before;
        private @Nullable Place after;
        private boolean in = true;

        private Place(Future<@Nullable Void> turn) {
            this.turn = turn;
        }
    }

    private @Nullable Place first;
    private @Nullable Place last;

    /** All before it are done. */
    private @Nullable Place mayWait;

    /** All before it were cancelled. */
    private @Nullable Place mayLive;

    private int size;

    /** Suspends the caller until {@code turn} is done. When this returns or throws, it is out of the list. */
    void await(Future<@Nullable Void> turn) {
        Place mine = add(turn);
        try {
            turn.await();
        } finally {
            remove(mine);
        }
    }

    Place add(Future<@Nullable Void> turn) {
        Place place = new Place(turn);
        Place before = last;
        place.before = before;
        if (before == null) {
            first = place;
        } else {
            before.after = place;
        }
        last = place;
        mayWait = mayWait == null ? place : mayWait;
        mayLive = mayLive == null ? place : mayLive;
        size++;
        return place;
    }

    /** Takes it out; if it is out already, nothing happens. */
    void remove(Place place) {
        if (!place.in) {
            return;
        }
        place.in = false;
        Place before = place.before;
        Place after = place.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        mayWait = mayWait == place ? after : mayWait;
        mayLive = mayLive == place ? after : mayLive;
        size--;
    }

    /** Whether one was not cancelled: it waits, or was woken and is about to continue. */
    boolean hasLive() {
        Place place = mayLive;
        while (place != null && place.turn.isCancelled()) {
            place = place.after;
        }
        mayLive = place;
        return place != null;
    }

    private @Nullable Place oldestThatWaits() {
        Place place = mayWait;
        while (place != null && place.turn.isDone()) {
            place = place.after;
        }
        mayWait = place;
        return place;
    }

    /**
     * Wakes the oldest, unless that one is about to have its turn anyway: one that was woken is served first, and one
     * that was cancelled hands on.
     */
    void wakeFirst() {
        Place oldest = first;
        if (oldest != null && !oldest.turn.isDone()) {
            oldest.turn.setResult(null);
        }
    }

    /**
     * Wakes the oldest {@code count} of those that still wait.
     *
     * @return how many there were
     */
    int wake(int count) {
        int woken = 0;
        while (woken < count) {
            Place oldest = oldestThatWaits();
            if (oldest == null) {
                break;
            }
            woken++;
            oldest.turn.setResult(null);
        }
        return woken;
    }

    /**
     * Wakes the oldest of those that still wait, and removes it from the list at once.
     *
     * @return false if none waits
     */
    boolean wakeOut() {
        Place oldest = oldestThatWaits();
        if (oldest != null) {
            remove(oldest);
            oldest.turn.setResult(null);
        }
        return oldest != null;
    }

    /** Whether {@code turn} was given to a waiter that now cannot take it. */
    static boolean wasGranted(Future<@Nullable Void> turn) {
        return turn.isDone() && !turn.isCancelled();
    }

    int size() {
        return size;
    }

    /** For {@code toString}: their number, or nothing. */
    String describe() {
        return size == 0 ? "" : ", waiters=" + size;
    }
}
