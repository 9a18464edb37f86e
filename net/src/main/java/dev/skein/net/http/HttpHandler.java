package dev.skein.net.http;

/**
 * What a server does with each request.
 *
 * {@snippet :
 * HttpHandler handler = request -> request.path().equals("/time")
 *         ? Response.text(Instant.now().toString())
 *         : Response.of(HttpResponseStatus.NOT_FOUND);
 * }
 */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Answers {@code request}, in a coroutine of its connection. An exception is reported to the loop's exception
     * handler and answered with status 500, and the connection is closed.
     */
    Response handle(Request request) throws Exception;
}
