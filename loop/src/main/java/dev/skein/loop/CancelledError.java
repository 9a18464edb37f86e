package dev.skein.loop;

import java.io.Serial;

/**
 * Thrown in a coroutine whose task was cancelled, at the place where it awaits: asyncio's {@code CancelledError}.
 *
 * <p>An {@link Error}, so that {@code catch (Exception e)} does not swallow a cancellation. Whoever catches it cleans up
 * and throws it again; a task that returns instead has refused to be cancelled.
 */
public final class CancelledError extends Error {
    @Serial
    private static final long serialVersionUID = 1;

    /** A cancellation that gives no reason. */
    public CancelledError() {
        super();
    }

    /** A cancellation with the message that was given to {@link Future#cancel(String)}. */
    public CancelledError(String message) {
        super(message);
    }
}
