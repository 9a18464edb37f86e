package dev.skein.loop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A callback that was scheduled in a loop, and that can be cancelled until it has run: asyncio's {@code Handle}.
 *
 * {@snippet :
 * Handle handle = Loop.current().callSoon(() -> IO.println("never printed"));
 * handle.cancel();
 * }
 *
 * <p>Loop only: the coroutines and callbacks of its loop may call its methods. A handle from {@link Loop#callSoonThreadsafe}
 * is for any thread: a thread that cancels it while the callback runs waits for its end, so after {@code cancel} the callback
 * has run or never will.
 */
@Plumbing
public sealed class Handle extends ReadyEntry permits TimerHandle, ThreadsafeHandle {
    private final Loop loop;
    private final @Nullable Context context;
    private @Nullable Runnable callback;
    private boolean cancelled;

    Handle(Loop loop, Runnable callback) {
        this(loop, callback, Context.ofCaller());
    }

    Handle(Loop loop, Runnable callback, @Nullable Context context) {
        this.loop = loop;
        this.callback = Objects.requireNonNull(callback, "callback");
        this.context = context;
    }

    /** Prevents the callback from running. After it has run, or at a second call, this does nothing. */
    public void cancel() {
        if (!loop.inLoop()) {
            loop.runAsMaker(this::cancel);
            return;
        }
        drop();
    }

    /** Returns whether {@link #cancel} was called: asyncio's {@code cancelled}. */
    public boolean isCancelled() {
        return cancelled;
    }

    final Loop loop() {
        return loop;
    }

    final void drop() {
        cancelled = true;
        callback = null;
    }

    /** The callback, if it is still to run; from now on it is not. */
    final @Nullable Runnable take() {
        Runnable body = callback;
        callback = null;
        return body;
    }

    /** What is still to run, for a report. */
    final @Nullable Object callback() {
        return callback;
    }

    @Override
    final @Nullable Context context() {
        return context;
    }

    @Override
    void takeTurn() {
        Runnable body = take();
        if (body != null) {
            body.run();
        }
    }

    @Override
    public String toString() {
        Object left = callback;
        return describe(cancelled ? "cancelled" : left == null ? "done" : Repr.of(left));
    }

    final String describe(String what) {
        return getClass().getSimpleName() + "[" + what + "]";
    }
}
