package dev.skein.loop;

import java.io.Serial;

/**
 * Thrown if code asks for the outcome of a future that is not done, or completes a future twice: asyncio's
 * {@code InvalidStateError}.
 */
public final class InvalidStateException extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1;

    InvalidStateException(String message) {
        super(message);
    }
}
