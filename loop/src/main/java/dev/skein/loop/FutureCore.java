package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The inside of a {@link Future}: what waits for it, and whether its failure was retrieved. A base class and no part, since a
 * program may have a million futures. Loop only.
 */
@Plumbing
abstract sealed class FutureCore permits Future {
    /** The thing that waits for it, or a {@link WaiterList} of several. */
    @Nullable
    Waiter waiter;

    /** What it failed by, or the error of a cancellation. */
    @Nullable
    Throwable exception;

    /** Reports its failure unless that is retrieved before. */
    private @Nullable UnretrievedFailure unretrieved;

    /** Its failure was retrieved, or is another's to retrieve. */
    private boolean retrieved;

    /** As {@link Future#awaitedBy}, also for a thread that inspects a loop which stands still. */
    final List<Future<?>> awaiters() {
        return WaiterList.awaiters(waiter);
    }

    /** Removes each registration of {@code who}: a waiter, or the function of a done callback. */
    int removeWaiters(Object who) {
        if (waiter instanceof WaiterList several) {
            int removed = several.remove(who);
            waiter = several.size() == 0 ? null : several;
            return removed;
        }
        boolean found = waiter != null && WaiterList.keyOf(waiter) == who;
        waiter = found ? null : waiter;
        return found ? 1 : 0;
    }

    /** Whether {@code who} was the last that began to wait: for waiters that must not wait twice for the same future. */
    final boolean isLastWaiter(Waiter who) {
        return waiter instanceof WaiterList several ? several.isLast(who) : waiter == who;
    }

    /** Whether a waiter would miss its outcome if it were dropped. */
    final boolean isAwaited() {
        return waiter != null && waiter.keeps();
    }

    /** Marks its failure, and those of all futures that it stands for, as retrieved. No recursion: they can be many. */
    final void markRetrieved() {
        takeOver();
        List<? extends Future<?>> members = alsoRetrieved();
        if (!members.isEmpty()) {
            ArrayDeque<Future<?>> left = new ArrayDeque<>(members);
            while (!left.isEmpty()) {
                Future<?> member = left.remove();
                member.takeOver();
                left.addAll(member.alsoRetrieved());
            }
        }
    }

    /** From now on its own failure is the concern of other code. Its members keep theirs, if it has any. */
    final void takeOver() {
        retrieved = true;
        if (unretrieved != null) {
            unretrieved.drop();
            unretrieved = null;
        }
    }

    /** The futures that it stands for, which are retrieved with it. None at the second call. */
    List<? extends Future<?>> alsoRetrieved() {
        return List.of();
    }

    /** Reports its failure later, unless code retrieves it before. */
    final void watch() {
        if (!retrieved && unretrieved == null && exception != null && !(exception instanceof CancelledError)) {
            unretrieved = UnretrievedFailure.watch((Future<?>) this, exception);
        }
    }

    /** Reports its failure now if it was not retrieved: it will not be any more. */
    final void reportUnretrieved(String message) {
        if (unretrieved != null) {
            unretrieved.report(message);
            takeOver();
        }
    }
}
