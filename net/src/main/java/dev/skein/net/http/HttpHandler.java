package dev.skein.net.http;

/** What a server does with each request. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Answers {@code request}, in a coroutine of its connection. What it throws is reported to the loop's exception handler,
     * answered with status 500, and the connection is closed.
     */
    Response handle(Request request) throws Exception;
}
