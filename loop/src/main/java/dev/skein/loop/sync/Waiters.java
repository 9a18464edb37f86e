package dev.skein.loop.sync;

import dev.skein.loop.Future;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait in one place, oldest first. Whoever is woken or cancelled stays in the list until its coroutine has its
 * turn, and so keeps its place before newcomers. Loop only.
 */
final class Waiters {
    private final ArrayDeque<Future<@Nullable Void>> turns = new ArrayDeque<>(1);

    /** Suspends the caller until {@code turn} is done. When this returns or throws, it is out of the list. */
    void await(Future<@Nullable Void> turn) {
        turns.add(turn);
        try {
            turn.await();
        } finally {
            turns.remove(turn);
        }
    }

    /** Whether there is one that was not cancelled: it waits, or was woken and is about to go on. */
    boolean hasLive() {
        for (Future<@Nullable Void> turn : turns) {
            if (!turn.isCancelled()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Wakes the oldest, unless that one is about to have its turn anyway: one that was woken is served first, and one
     * that was cancelled hands on.
     */
    void wakeFirst() {
        Future<@Nullable Void> first = turns.peek();
        if (first != null && !first.isDone()) {
            first.setResult(null);
        }
    }

    /**
     * Wakes the oldest {@code count} of those who still wait.
     *
     * @return how many there were
     */
    int wake(int count) {
        int woken = 0;
        for (Future<@Nullable Void> turn : turns) {
            if (woken >= count) {
                break;
            }
            if (!turn.isDone()) {
                woken++;
                turn.setResult(null);
            }
        }
        return woken;
    }

    /** Whether {@code turn} was given to a waiter who now cannot take it. */
    static boolean wasGranted(Future<@Nullable Void> turn) {
        return turn.isDone() && !turn.isCancelled();
    }

    int size() {
        return turns.size();
    }

    /** For {@code toString}: their number, or nothing. */
    String describe() {
        return turns.isEmpty() ? "" : ", waiters=" + turns.size();
    }
}
