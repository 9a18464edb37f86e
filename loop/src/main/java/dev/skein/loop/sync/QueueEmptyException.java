package dev.skein.loop.sync;

import java.io.Serial;

/** Thrown by {@link Queue#getNowait} if the queue is empty: asyncio's {@code QueueEmpty}. */
public final class QueueEmptyException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    QueueEmptyException(String message) {
        super(message);
    }
}
