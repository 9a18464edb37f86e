package dev.skein.loop.sync;

import java.io.Serial;

/** A {@link Queue} had no room at once: asyncio's {@code QueueFull}. */
public final class QueueFullException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    QueueFullException(String message) {
        super(message);
    }
}
