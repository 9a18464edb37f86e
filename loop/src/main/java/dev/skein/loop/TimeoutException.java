package dev.skein.loop;

/** The time was over before what was waited for was done: asyncio's {@code TimeoutError}. */
public final class TimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what was waited for, and how long. */
    public TimeoutException(String message) {
        super(message);
    }
}
