package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * A coroutine that has not started and gives no result: what asyncio writes as an {@code async def} without a
 * {@code return}.
 *
 * <p>A lambda or method reference is one. Its body may await. Whoever takes an action decides where it runs:
 * {@code run} and {@code createTask} give it a task of its own.
 */
@FunctionalInterface
@Plumbing
public interface Action {
    /** Runs the body, in a coroutine. */
    void run() throws Exception;

    /** The same body as an awaitable whose result is null. */
    default Awaitable<@Nullable Void> asAwaitable() {
        return () -> {
            run();
            return null;
        };
    }
}
