package dev.skein.loop.sync;

import java.io.Serial;

/** A {@link Barrier} was aborted, or reset while the caller waited at it: asyncio's {@code BrokenBarrierError}. */
public final class BrokenBarrierException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    BrokenBarrierException(String message) {
        super(message);
    }
}
