package dev.skein.net.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP response: a server's handler returns one, and a client gets one. Immutable but for a body in chunks, which
 * can be read once.
 *
 * {@snippet :
 * HttpHandler handler = request -> {
 *     String name = request.query().getOrDefault("name", List.of("world")).getFirst();
 *     return Response.text("hello " + name).withHeader("Cache-Control", "no-store");
 * };
 * }
 *
 * <p>Status and headers are Netty's. The {@code with} methods return another response. Any thread, but the methods that
 * read the body: loop only.
 */
public final class Response {
    private final HttpResponseStatus status;
    private final HttpHeaders headers;
    private final Body body;
    private final @Nullable WebSocketHandler upgrade;

    Response(HttpResponseStatus status, HttpHeaders headers, Body body) {
        this(status, headers, body, null);
    }

    private Response(HttpResponseStatus status, HttpHeaders headers, Body body, @Nullable WebSocketHandler upgrade) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.upgrade = upgrade;
    }

    /** Returns a response without a body. */
    public static Response of(HttpResponseStatus status) {
        return new Response(status, new DefaultHttpHeaders(), Body.EMPTY);
    }

    /** Returns a response with status 200 and {@code text} in UTF-8. */
    public static Response text(String text) {
        return of(HttpResponseStatus.OK)
                .withHeader(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .withBody(text);
    }

    /**
     * Returns a response that makes the connection a WebSocket, calls {@code handler} with it, and closes it when that
     * returns. A request that did not ask for one gets status 426.
     */
    public static Response webSocket(WebSocketHandler handler) {
        return new Response(HttpResponseStatus.SWITCHING_PROTOCOLS, new DefaultHttpHeaders(), Body.EMPTY, handler);
    }

    /** Returns the status. */
    public HttpResponseStatus status() {
        return status;
    }

    /** Returns a copy of the headers; names are case-insensitive. {@link #withHeader} changes them. */
    public HttpHeaders headers() {
        return headers.copy();
    }

    /**
     * Returns the body, chunk by chunk as it comes; {@code hasNext} and {@code next} suspend, and throw
     * UncheckedIOException.
     */
    public Iterable<byte[]> body() {
        return body.chunks();
    }

    /**
     * Returns all of the body. Suspends until it has come.
     *
     * @throws IOException if it is longer than the limit of the options, or the connection is lost before its end
     */
    public byte[] bytes() throws IOException {
        return body.bytes();
    }

    /** Returns all of the body as {@link #bytes} does, decoded as UTF-8. */
    public String text() throws IOException {
        return body.text();
    }

    /** Returns this response with a header, which replaces those of the same name. */
    public Response withHeader(CharSequence name, Object value) {
        return new Response(status, headers.copy().set(name, value), body, upgrade);
    }

    /** Returns this response with a body. */
    public Response withBody(byte[] bytes) {
        return new Response(status, headers, Body.of(bytes), upgrade);
    }

    /** Returns this response with a body of text in UTF-8. */
    public Response withBody(String text) {
        return new Response(status, headers, Body.of(text), upgrade);
    }

    /**
     * Returns this response with a body that is sent chunk by chunk as {@code chunks} makes it, for instance a
     * generator. It is closed at the end, also if the client has gone.
     */
    public Response withBody(Iterable<byte[]> chunks) {
        return new Response(status, headers, Body.of(chunks, Integer.MAX_VALUE), upgrade);
    }

    Body content() {
        return body;
    }

    @Nullable
    WebSocketHandler upgrade() {
        return upgrade;
    }

    @Override
    public String toString() {
        return "Response[" + status + ", " + body + "]";
    }
}
