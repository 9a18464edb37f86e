package dev.skein.loop;

import java.io.Serial;

/**
 * Thrown in a coroutine whose task was cancelled, by its current or next await: asyncio's {@code CancelledError}.
 *
 * {@snippet :
 * try {
 *     sleep(Duration.ofHours(1));
 * } catch (CancelledError cancelled) {
 *     IO.println("cleaning up");
 *     throw cancelled;
 * }
 * }
 *
 * <p>This is an {@link Error}, so that {@code catch (Exception e)} does not swallow a cancellation. Code that catches it
 * should clean up and throw it again. A task that returns instead has refused to be cancelled.
 */
public final class CancelledError extends Error {
    @Serial
    private static final long serialVersionUID = 1;

    /** Creates an error without a message. */
    public CancelledError() {
        super();
    }

    /** Creates an error with the message of {@link Future#cancel(String)}. */
    public CancelledError(String message) {
        super(message);
    }
}
