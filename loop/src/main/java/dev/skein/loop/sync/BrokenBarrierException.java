package dev.skein.loop.sync;

import java.io.Serial;

/** Thrown if a {@link Barrier} was aborted, or was reset while the caller waited: asyncio's {@code BrokenBarrierError}. */
public final class BrokenBarrierException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    BrokenBarrierException(String message) {
        super(message);
    }
}
