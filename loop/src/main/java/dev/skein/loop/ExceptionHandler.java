package dev.skein.loop;

/** Takes the errors that nobody awaits, asyncio's exception handler: see {@link Loop#setExceptionHandler}. */
@FunctionalInterface
public interface ExceptionHandler {
    /** Called on the loop. What it throws is logged together with what it was called for. */
    void handle(Loop loop, ErrorContext context);
}
