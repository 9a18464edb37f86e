package dev.skein.loop;

/**
 * Handles the errors of a loop that no code awaits: asyncio's exception handler.
 *
 * {@snippet :
 * ExceptionHandler handler = (loop, context) -> IO.println("in " + loop + ": " + context);
 * Loop.current().setExceptionHandler(handler);
 * }
 *
 * <p>{@link Loop#setExceptionHandler} sets it.
 */
@FunctionalInterface
public interface ExceptionHandler {
    /** Handles one error, on the loop. If the handler throws, the loop logs both that exception and {@code context}. */
    void handle(Loop loop, ErrorContext context);
}
