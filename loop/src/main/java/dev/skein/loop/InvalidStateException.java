package dev.skein.loop;

import java.io.Serial;

/**
 * A future was asked for what it does not have yet, or completed twice: asyncio's {@code InvalidStateError}. The mistake
 * is the caller's.
 */
public final class InvalidStateException extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1;

    InvalidStateException(String message) {
        super(message);
    }
}
