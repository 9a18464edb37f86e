package dev.skein.loop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The future that {@code shield} gives: it ends as {@code inner} does, but cancelling it leaves {@code inner} alone. From
 * then on no code may be left to retrieve the failure of {@code inner}, so that is reported at once, and not when it is
 * collected. Loop only.
 */
final class ShieldFuture<T extends @Nullable Object> extends CombinedFuture<T> {
    private final Future<T> inner;

    /** What is named in its place: in a chain of shields the one that all of them are for. */
    private final Future<?> root;

    /** Whether it has ended as {@link #inner} did: then retrieving it retrieves that too. */
    private boolean endedAsInner;

    private boolean retrieved;

    private ShieldFuture(Loop loop, Future<T> inner) {
        super(loop);
        this.inner = inner;
        this.root = inner instanceof ShieldFuture<T> shield ? shield.root : inner;
        loop.debug().created(this);
    }

    static <T extends @Nullable Object> Future<T> of(Loop loop, Awaitable<? extends T> awaitable) {
        Future<T> inner = Awaitables.start(loop, "shield", awaitable);
        if (!inner.isPending()) {
            return inner;
        }
        ShieldFuture<T> outer = new ShieldFuture<>(loop, inner);
        inner.addWaiter(outer);
        return outer;
    }

    @Override
    public void futureDone(Future<?> done) {
        loop().makeReady(new Ending());
    }

    private final class Ending extends ReadyEntry {
        @Override
        void takeTurn() {
            if (isPending()) {
                endAsInner();
            }
        }
    }

    private void endAsInner() {
        endedAsInner = true;
        if (retrieved) {
            inner.markRetrieved();
        } else {
            inner.takeOver();
        }
        Throwable failure = inner.failure();
        if (failure == null) {
            setResult(inner.value());
        } else if (inner.isCancelled()) {
            finishCancelled(inner.cancelledError());
        } else {
            setException(failure);
        }
    }

    @Override
    public boolean cancel(@Nullable String message) {
        if (!loop().inLoop()) {
            return loop().asMaker(() -> cancel(message));
        }
        boolean cancelled = super.cancel(message);
        if (cancelled) {
            inner.removeWaiters(this);
            Orphans.adopt(inner);
        }
        return cancelled;
    }

    @Override
    List<Future<T>> alsoRetrieved() {
        boolean first = !retrieved;
        retrieved = true;
        return first && endedAsInner ? List.of(inner) : List.of();
    }

    /** If it is cancelled before its turn, it has {@link Orphans} look. */
    @Override
    public boolean retrieves() {
        return isPending();
    }

    @Override
    Future<?> namesake() {
        return namesakeOf(root);
    }

    @Override
    int gathersAround() {
        return gathersAround(root);
    }

    @Override
    String toName() {
        return "shield of " + root.toName();
    }

    @Override
    public String toString() {
        return "Shield[" + describeState() + ", of " + root.toName() + "]";
    }

    /** Waits for each future whose shield was cancelled: one for all, so that it can tell whether it does already. */
    private static final class Orphans implements Waiter {
        private static final Orphans ONE = new Orphans();

        static void adopt(Future<?> inner) {
            inner.removeWaiters(ONE);
            if (inner.isPending()) {
                inner.addWaiter(ONE);
            } else {
                // The shield was to retrieve this a round from now; any other waiter will have done so by then.
                inner.watch();
                ONE.futureDone(inner);
            }
        }

        @Override
        public void futureDone(Future<?> inner) {
            inner.loop().makeReady(new Orphan(inner, false));
        }

        /** An operation of others whose every shield was cancelled can be dropped. */
        @Override
        public boolean keeps() {
            return false;
        }
    }

    /** Reports the failure of {@code inner} in the round after the one in which the waiters run. */
    private static final class Orphan extends ReadyEntry {
        private final Future<?> inner;
        private final boolean othersHadTheirTurn;

        Orphan(Future<?> inner, boolean othersHadTheirTurn) {
            this.inner = inner;
            this.othersHadTheirTurn = othersHadTheirTurn;
        }

        @Override
        void takeTurn() {
            if (othersHadTheirTurn) {
                inner.reportUnretrieved(
                        "exception of " + inner.toName() + ", which no task awaits since its shield was cancelled");
            } else {
                inner.loop().makeReady(new Orphan(inner, true));
            }
        }
    }
}
