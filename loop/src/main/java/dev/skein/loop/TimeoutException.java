package dev.skein.loop;

import java.io.Serial;

/**
 * Thrown if something takes longer than it may: asyncio's {@code TimeoutError}. Unchecked, unlike the JDK's exception of that
 * name.
 *
 * <p>If {@link Asyncio#timeout} throws it, its cause is the {@link CancelledError} that ended the body.
 */
public final class TimeoutException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** Creates an exception with a message that says what took too long, and how long it was given. */
    public TimeoutException(String message) {
        super(message);
    }
}
