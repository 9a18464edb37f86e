package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * A coroutine that has not started and has no result: asyncio's {@code async def} without a {@code return}.
 *
 * {@snippet :
 * Action report = () -> IO.println(fetch("report"));
 * createTask(report).await();
 * }
 *
 * <p>A lambda or method reference is an action, and its body may await. The method that takes the action decides which task
 * runs it: {@code run} and {@code createTask} create one.
 */
@FunctionalInterface
@Plumbing
public interface Action extends VoidCall<RuntimeException> {
    /** Runs the body, in a coroutine. */
    void run() throws Exception;

    /** As {@link #run}, but throws a checked exception as {@link Future#await} describes. */
    @Override
    @SuppressWarnings("FunctionalInterfaceMethodChanged") // the compiler lets no call of a lambda throw what this wraps
    default void call() {
        asAwaitable().call();
    }

    /** Returns an awaitable that runs this action, and whose result is null. */
    default Awaitable<@Nullable Void> asAwaitable() {
        return () -> {
            run();
            return null;
        };
    }
}
