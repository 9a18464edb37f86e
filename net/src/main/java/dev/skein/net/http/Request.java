package dev.skein.net.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * An HTTP request: a server's handler gets one, and a client sends one. Immutable but for a body in chunks, which can
 * be read once.
 *
 * {@snippet :
 * Request request = Request.of(HttpMethod.PUT, "http://127.0.0.1:8080/notes/7")
 *         .withHeader("Content-Type", "text/plain")
 *         .withBody("buy milk");
 * try (HttpClient client = new HttpClient()) {
 *     IO.println(client.send(request).status());
 * }
 * }
 *
 * <p>Method and headers are Netty's. The {@code with} methods return another request. Any thread, but the methods that
 * read the body: loop only.
 */
public final class Request {
    private final HttpMethod method;
    private final String uri;
    private final HttpHeaders headers;
    private final Body body;

    Request(HttpMethod method, String uri, HttpHeaders headers, Body body) {
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.body = body;
    }

    /** Returns a request without a body, to be sent to {@code uri}: {@code http://host:port/path?query}. */
    public static Request of(HttpMethod method, String uri) {
        return new Request(method, uri, new DefaultHttpHeaders(), Body.EMPTY);
    }

    /** Returns the method. */
    public HttpMethod method() {
        return method;
    }

    /** Returns the target as it is written: in a server a path with its query, in a client the whole URI. */
    public String uri() {
        return uri;
    }

    /** Returns the target's path, decoded, without its query. */
    public String path() {
        return new QueryStringDecoder(uri).path();
    }

    /** Returns the parameters of the target's query, decoded, in their order. */
    public Map<String, List<String>> query() {
        return new QueryStringDecoder(uri).parameters();
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

    /** Returns this request with a header, which replaces those of the same name. */
    public Request withHeader(CharSequence name, Object value) {
        return new Request(method, uri, headers.copy().set(name, value), body);
    }

    /** Returns this request with a body. */
    public Request withBody(byte[] bytes) {
        return new Request(method, uri, headers, Body.of(bytes));
    }

    /** Returns this request with a body of text in UTF-8. */
    public Request withBody(String text) {
        return new Request(method, uri, headers, Body.of(text));
    }

    /**
     * Returns this request with a body that is sent chunk by chunk as {@code chunks} makes it, for instance a
     * generator.
     */
    public Request withBody(Iterable<byte[]> chunks) {
        return new Request(method, uri, headers, Body.of(chunks, Integer.MAX_VALUE));
    }

    Body content() {
        return body;
    }

    @Override
    public String toString() {
        return "Request[" + method + " " + uri + ", " + body + "]";
    }
}
