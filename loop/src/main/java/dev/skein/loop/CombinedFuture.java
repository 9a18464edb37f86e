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
}
