package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * A callback that was given to a loop, asyncio's {@code Handle}: it can be cancelled until it has run.
 *
 * <p>Loop only: its methods are called by coroutines and callbacks of the loop it belongs to.
 */
public sealed class Handle extends Ready permits TimerHandle {
    private final Loop loop;
    private @Nullable Runnable callback;
    private boolean cancelled;

    Handle(Loop loop, Runnable callback) {
        this.loop = loop;
        this.callback = callback;
    }

    /** Makes sure that the callback does not run any more. After it has run, or a second time, this does nothing. */
    public void cancel() {
        loop.checkThread();
        cancelled = true;
        callback = null;
    }

    /** Whether {@link #cancel} was called, as asyncio's {@code cancelled}. */
    public boolean isCancelled() {
        return cancelled;
    }

    final Loop loop() {
        return loop;
    }

    @Override
    final void run() {
        Runnable body = callback;
        if (body != null) {
            callback = null;
            body.run();
        }
    }

    @Override
    public String toString() {
        String what = cancelled ? "cancelled" : callback == null ? "done" : callback.toString();
        return getClass().getSimpleName() + "[" + what + "]";
    }
}
