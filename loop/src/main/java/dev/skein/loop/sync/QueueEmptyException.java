package dev.skein.loop.sync;

import java.io.Serial;

/** A {@link Queue} had nothing to give at once: asyncio's {@code QueueEmpty}. */
public final class QueueEmptyException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    QueueEmptyException(String message) {
        super(message);
    }
}
