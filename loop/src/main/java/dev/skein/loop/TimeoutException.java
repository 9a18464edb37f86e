package dev.skein.loop;

import java.io.Serial;

/**
 * Something took longer than it was given: asyncio's {@code TimeoutError}. Unchecked, unlike the JDK's of that name.
 *
 * <p>Where {@link Asyncio#timeout} throws it, its cause is the {@link CancelledError} that ended the body.
 */
public final class TimeoutException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** With what took too long, and how long it was given. */
    public TimeoutException(String message) {
        super(message);
    }
}
