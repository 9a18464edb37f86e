package dev.skein.loop.sync;

import java.io.Serial;

/** Thrown if a {@link Queue} was shut down: asyncio's {@code QueueShutDown}. For a consumer it is the end of the items. */
public final class QueueShutDownException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    QueueShutDownException(String message) {
        super(message);
    }
}
