package dev.skein.loop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A function that waits for a future: it becomes a callback of the loop when the future is done. Loop only. */
final class DoneCallback<T extends @Nullable Object> implements Waiter {
    private final Loop loop;
    private final Consumer<? super Future<T>> function;

    DoneCallback(Loop loop, Consumer<? super Future<T>> function) {
        this.loop = loop;
        this.function = function;
    }

    /** Whether {@code waiter} is {@code who}, or the callback of that very function. */
    static boolean is(Waiter waiter, Object who) {
        return waiter == who || (waiter instanceof DoneCallback<?> callback && callback.function == who);
    }

    @Override
    @SuppressWarnings("unchecked") // the future that calls its waiters is the one they were added to
    public void futureDone(Future<?> future) {
        loop.makeReady(new Call<>(function, (Future<T>) future));
    }

    private static final class Call<T extends @Nullable Object> extends Ready {
        private final Consumer<? super Future<T>> function;
        private final Future<T> future;

        Call(Consumer<? super Future<T>> function, Future<T> future) {
            this.function = function;
            this.future = future;
        }

        @Override
        void takeTurn() {
            function.accept(future);
        }

        @Override
        public String toString() {
            return "done callback " + function + " of " + future;
        }
    }
}
