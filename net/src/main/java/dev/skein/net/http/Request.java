package dev.skein.net.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A request, the one that a server's handler gets as well as the one that a client sends. Immutable but for its body, which
 * can be read once if it comes in chunks.
 *
 * <p>Method and headers are Netty's. The {@code with} methods give another request. Loop only where the body is read.
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

    /** A request to be sent to {@code uri}, {@code http://host:port/path?query}, without a body. */
    public static Request of(HttpMethod method, String uri) {
        return new Request(method, uri, new DefaultHttpHeaders(), Body.EMPTY);
    }

    /** What is asked for. */
    public HttpMethod method() {
        return method;
    }

    /** The target as it is written: in a server a path with its query, in a client the whole URI. */
    public String uri() {
        return uri;
    }

    /** The target's path, decoded, without its query. */
    public String path() {
        return new QueryStringDecoder(uri).path();
    }

    /** The parameters of the target's query, decoded, in their order. */
    public Map<String, List<String>> query() {
        return new QueryStringDecoder(uri).parameters();
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

    /** This request with a header, instead of those of the same name. */
    public Request withHeader(CharSequence name, Object value) {
        return new Request(method, uri, headers.copy().set(name, value), body);
    }

    /** This request with a body. */
    public Request withBody(byte[] bytes) {
        return new Request(method, uri, headers, Body.of(bytes));
    }

    /** This request with a body of text in UTF-8. */
    public Request withBody(String text) {
        return new Request(method, uri, headers, Body.of(text));
    }

    /** This request with a body that is sent chunk by chunk as {@code chunks} makes it, a generator for instance. */
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
