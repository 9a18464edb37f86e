package dev.skein.net;

import java.io.IOException;
import java.io.Serial;

/** A line, or what is before a separator, is longer than the stream's limit: asyncio's {@code LimitOverrunError}. */
public final class LimitOverrunException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int consumed;

    /** Says what is too long; {@code consumed} bytes of it were looked at. */
    public LimitOverrunException(String message, int consumed) {
        super(message);
        this.consumed = consumed;
    }

    /** How many bytes were looked at, all of them before the line end or separator. */
    public int consumed() {
        return consumed;
    }
}
