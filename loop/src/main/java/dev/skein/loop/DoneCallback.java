package dev.skein.loop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A function that waits for a future: it becomes a callback of the loop when the future is done. Loop only. */
final class DoneCallback<T extends @Nullable Object> implements Waiter {
    private final Loop loop;
    private final Consumer<? super Future<T>> function;
    private final @Nullable Context context = Context.ofCaller();

    DoneCallback(Loop loop, Consumer<? super Future<T>> function) {
        this.loop = loop;
        this.function = function;
    }

    Object function() {
        return function;
    }

    @Override
    @SuppressWarnings("unchecked") // the future that calls its waiters is the one they were added to
    public void futureDone(Future<?> future) {
        loop.makeReady(new Call<>(this, (Future<T>) future));
    }

    private static final class Call<T extends @Nullable Object> extends ReadyEntry {
        private final DoneCallback<T> callback;
        private final Future<T> future;

        Call(DoneCallback<T> callback, Future<T> future) {
            this.callback = callback;
            this.future = future;
        }

        @Override
        @Nullable
        Context context() {
            return callback.context;
        }

        @Override
        void takeTurn() {
            callback.function.accept(future);
        }

        @Override
        public String toString() {
            return "done callback " + Repr.of(callback.function) + " of " + future;
        }
    }
}
