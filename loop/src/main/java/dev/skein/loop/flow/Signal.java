package dev.skein.loop.flow;

import static dev.skein.loop.Asyncio.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A signal that something has changed: one coroutine waits for it, and any thread can give it. */
final class Signal {
    /** What is seen in the description of a task that waits. */
    private final String name;

    private final AtomicReference<@Nullable Waiting> waiting = new AtomicReference<>();

    Signal(String name) {
        this.name = name;
    }

    private static final class Waiting extends CompletableFuture<@Nullable Void> {
        private final String name;

        Waiting(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Makes the coroutine that waits test again. Any thread. */
    void give() {
        Waiting one = waiting.getAndSet(null);
        if (one != null) {
            one.complete(null);
        }
    }

    /** Waits until {@code changed}, which is tested again after each {@link #give}. In a coroutine. */
    void awaitUntil(BooleanSupplier changed) {
        while (!changed.getAsBoolean()) {
            Waiting mine = new Waiting(name);
            waiting.set(mine);
            // A change before this was set has given no signal.
            if (!changed.getAsBoolean()) {
                try {
                    await(mine);
                } finally {
                    waiting.compareAndSet(mine, null);
                }
            }
        }
    }
}
