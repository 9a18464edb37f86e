package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * Something that can be awaited, in asyncio's word. A lambda is a coroutine that has not started, a {@link Future} is a
 * result that other code sets, and a {@link Task} is the future of a coroutine that a loop runs.
 *
 * {@snippet :
 * Awaitable<String> page = () -> fetch("index");
 * String first = await(page); // in this task
 * String second = createTask(page).await(); // in a task of its own
 * }
 *
 * <p>To await a lambda runs it in the caller's task. Functions that await several awaitables at once ({@code gather},
 * {@code asCompleted}) run each lambda in a task of its own.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
@Plumbing
public interface Awaitable<T extends @Nullable Object> extends Call<T, RuntimeException> {
    /** Returns the result, suspending the calling coroutine until there is one. In a coroutine only. */
    T await() throws Exception;

    /**
     * As {@link #await}, but throws a checked exception as {@link Future#await} describes: which ones there may be is not
     * known of every awaitable.
     */
    @Override
    @SuppressWarnings("FunctionalInterfaceMethodChanged") // the compiler lets no call of a lambda throw what this wraps
    default T call() {
        Coroutine me = Coroutine.require("await()");
        try {
            return await();
        } catch (InterruptedException e) {
            throw Failures.unchecked(me.task().meaningOf(e));
        } catch (Exception e) {
            throw Failures.unchecked(e);
        }
    }
}
