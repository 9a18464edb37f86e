package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * The future that {@code shield} gives: it ends as {@code inner} does, but cancelling it leaves {@code inner} alone. From
 * then on nobody may be left to look at how {@code inner} fails, so that is reported at once, and not when it is
 * collected. Loop only.
 */
final class ShieldFuture<T extends @Nullable Object> extends Future<T> implements Waiter {
    private final Future<T> inner;

    /** What is named in its place: in a chain of shields the one that all of them are for. */
    private final Future<?> root;

    private ShieldFuture(Loop loop, Future<T> inner) {
        super(loop);
        this.inner = inner;
        this.root = inner instanceof ShieldFuture<T> shield ? shield.root : inner;
        loop.debug().created(this);
    }

    static <T extends @Nullable Object> Future<T> of(Loop loop, Awaitable<? extends T> awaitable) {
        Future<T> inner = Members.start(loop, "shield", awaitable);
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

    private final class Ending extends Ready {
        @Override
        void takeTurn() {
            if (isPending()) {
                endAsInner();
            }
        }
    }

    private void endAsInner() {
        Throwable failure = inner.failure();
        if (failure == null) {
            setResult(inner.value());
        } else if (inner.isCancelled()) {
            finishCancelled(inner.cancelledError());
        } else {
            inner.observe();
            setException(failure);
        }
    }

    @Override
    public boolean cancel(@Nullable String message) {
        boolean cancelled = super.cancel(message);
        if (cancelled) {
            inner.removeWaiters(this);
            Orphans.adopt(inner);
        }
        return cancelled;
    }

    @Override
    public boolean observes() {
        return isObserved();
    }

    @Override
    public Future<?> awaiter() {
        return this;
    }

    @Override
    Future<?> namesake() {
        return root.namesake();
    }

    @Override
    int gathersAround() {
        return root.gathersAround();
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
                // The shield was to look at this a round from now; whoever else waits will have done so by then.
                inner.watch();
                ONE.futureDone(inner);
            }
        }

        @Override
        public void futureDone(Future<?> inner) {
            inner.loop().makeReady(new Ready() {
                @Override
                void takeTurn() {
                    inner.reportUnobserved(
                            "exception of " + inner.toName() + ", whose shield was cancelled: nobody awaits it");
                }
            });
        }

        @Override
        public boolean observes() {
            return false;
        }

        /** An operation of others whose every shield was cancelled can be dropped. */
        @Override
        public boolean keeps() {
            return false;
        }
    }
}
