package dev.skein.net.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A response, the one that a server's handler gives as well as the one that a client gets. Immutable but for its body, which
 * can be read once if it comes in chunks.
 *
 * <p>Status and headers are Netty's. The {@code with} methods give another response. Loop only where the body is read.
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

    /** A response without a body. */
    public static Response of(HttpResponseStatus status) {
        return new Response(status, new DefaultHttpHeaders(), Body.EMPTY);
    }

    /** Status 200 and {@code text}, in UTF-8. */
    public static Response text(String text) {
        return of(HttpResponseStatus.OK)
                .withHeader(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .withBody(text);
    }

    /**
     * Makes the connection a WebSocket, and has {@code handler} called with it; it is closed when that returns. A request
     * that did not ask for one gets status 426.
     */
    public static Response webSocket(WebSocketHandler handler) {
        return new Response(HttpResponseStatus.SWITCHING_PROTOCOLS, new DefaultHttpHeaders(), Body.EMPTY, handler);
    }

    /** How the request went. */
    public HttpResponseStatus status() {
        return status;
    }

    /** The headers, whose names know no case. A copy: change them with {@link #withHeader}. */
    public HttpHeaders headers() {
        return headers.copy();
    }

    /** The body, chunk by chunk as it comes; {@code hasNext} and {@code next} suspend, and throw UncheckedIOException. */
    public Iterable<byte[]> body() {
        return body.chunks();
    }

    /**
     * All of the body.
     *
     * @throws IOException if it is longer than the limit of the options, or the connection is lost before its end
     */
    public byte[] bytes() throws IOException {
        return body.bytes();
    }

    /** As {@link #bytes}, read as UTF-8. */
    public String text() throws IOException {
        return body.text();
    }

    /** This response with a header, instead of those of the same name. */
    public Response withHeader(CharSequence name, Object value) {
        return new Response(status, headers.copy().set(name, value), body, upgrade);
    }

    /** This response with a body. */
    public Response withBody(byte[] bytes) {
        return new Response(status, headers, Body.of(bytes), upgrade);
    }

    /** This response with a body of text in UTF-8. */
    public Response withBody(String text) {
        return new Response(status, headers, Body.of(text), upgrade);
    }

    /**
     * This response with a body that is sent chunk by chunk as {@code chunks} makes it, a generator for instance, which is
     * closed at the end, also if the client has gone.
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
