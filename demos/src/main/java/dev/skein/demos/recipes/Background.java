package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;

import dev.skein.loop.Awaitable;
import dev.skein.loop.Loop;
import dev.skein.loop.LoopGroup;
import java.util.concurrent.CompletableFuture;

/** A loop that runs beside an ordinary program: a field of a Spring bean, of a servlet, of a command-line tool. */
// region background
final class Background implements AutoCloseable {
    private final LoopGroup group = new LoopGroup(1);
    private final Loop loop = Loop.of(group.next());

    /** Runs {@code body} as a coroutine of the loop. May be called from any thread; cancelling the result cancels it. */
    <T> CompletableFuture<T> start(Awaitable<T> body) {
        return runCoroutineThreadsafe(body, loop);
    }

    /** Cancels what runs, and waits for it. */
    @Override
    public void close() {
        group.close();
    }
}
// endregion
