package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/** A future that ends as others do, for which it waits: what combinators make. Loop only. */
abstract non-sealed class CombinedFuture<T extends @Nullable Object> extends Future<T> implements Waiter {
    CombinedFuture(Loop loop) {
        super(loop);
    }

    @Override
    public final Future<?> awaiter() {
        return this;
    }

    /** The future whose name says the most about this one's failure: never one that is named after another. */
    abstract Future<?> namesake();

    /** In how many gathers {@link #namesake} has failed, one in another. */
    abstract int gathersAround();

    static Future<?> namesakeOf(Future<?> any) {
        return any instanceof CombinedFuture<?> combined ? combined.namesake() : any;
    }

    static int gathersAround(Future<?> any) {
        return any instanceof CombinedFuture<?> combined ? combined.gathersAround() : 0;
    }
}
