package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * Something that can be awaited, asyncio's word for it: a lambda is a coroutine that has not started, a {@link Future}
 * is a result that somebody else completes, a {@link Task} is the future of a coroutine that a loop runs.
 *
 * <p>Awaiting a lambda runs it in the caller's own task. Where several awaitables are awaited together ({@code gather},
 * {@code asCompleted}), each lambda becomes a task.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
@Plumbing
public interface Awaitable<T extends @Nullable Object> {
    /** Gives the result, suspending the calling coroutine until it is there. Called in a coroutine only. */
    T await() throws Exception;
}
