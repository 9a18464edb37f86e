package dev.skein.loop.sync;

import java.io.Serial;

/** Thrown by {@link Queue#putNowait} if the queue is full: asyncio's {@code QueueFull}. */
public final class QueueFullException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    QueueFullException(String message) {
        super(message);
    }
}
