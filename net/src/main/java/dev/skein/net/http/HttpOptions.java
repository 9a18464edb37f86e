package dev.skein.net.http;

import dev.skein.net.ConnectOptions;
import dev.skein.net.ServerOptions;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * The options of HTTP and WebSocket. Immutable; a function changes them:
 *
 * {@snippet :
 * try (HttpClient client = new HttpClient(o -> o.withMaxBody(10_000_000).withMaxConnectionsPerHost(4))) {
 *     IO.println(client.get("http://127.0.0.1:8080/").text());
 * }
 * }
 *
 * @param maxHeaderSize the longest first line, and the longest headers together, in bytes
 * @param maxBody the longest body that {@code bytes} and {@code text} keep in memory, and the longest WebSocket
 *     message, in bytes; a body that is read chunk by chunk may be longer
 * @param requestHeaderTimeout how long a server waits until a request's head is complete, from the connection or the
 *     response before, and for the rest of a body that its handler has not read
 * @param maxConnectionsPerHost how many connections a client has to one server at most
 * @param server the options of a server's connections
 * @param connect the options of a client's connections
 */
public record HttpOptions(
        int maxHeaderSize,
        int maxBody,
        Duration requestHeaderTimeout,
        int maxConnectionsPerHost,
        UnaryOperator<ServerOptions> server,
        UnaryOperator<ConnectOptions> connect) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a number is below 1, or the timeout zero or less
     */
    public HttpOptions {
        checkPositive("maxHeaderSize", maxHeaderSize);
        checkPositive("maxBody", maxBody);
        checkPositive("maxConnectionsPerHost", maxConnectionsPerHost);
        if (!requestHeaderTimeout.isPositive()) {
            throw new IllegalArgumentException("requestHeaderTimeout <= 0: " + requestHeaderTimeout.toMillis() + " ms");
        }
    }

    private static void checkPositive(String what, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(what + " < 1: " + number);
        }
    }

    /** Returns the defaults: heads of 16 KiB, bodies of 1 MiB, a minute for a head, 32 connections to a server. */
    public static HttpOptions defaults() {
        return new HttpOptions(
                16 * 1024, 1024 * 1024, Duration.ofMinutes(1), 32, UnaryOperator.identity(), UnaryOperator.identity());
    }

    /** Returns these options with another limit for heads, in bytes. */
    public HttpOptions withMaxHeaderSize(int other) {
        return new HttpOptions(other, maxBody, requestHeaderTimeout, maxConnectionsPerHost, server, connect);
    }

    /** Returns these options with another limit for bodies in memory and WebSocket messages, in bytes. */
    public HttpOptions withMaxBody(int other) {
        return new HttpOptions(maxHeaderSize, other, requestHeaderTimeout, maxConnectionsPerHost, server, connect);
    }

    /** Returns these options with another timeout for a request's head. */
    public HttpOptions withRequestHeaderTimeout(Duration other) {
        return new HttpOptions(maxHeaderSize, maxBody, other, maxConnectionsPerHost, server, connect);
    }

    /** Returns these options with another number of connections to one server. */
    public HttpOptions withMaxConnectionsPerHost(int other) {
        return new HttpOptions(maxHeaderSize, maxBody, requestHeaderTimeout, other, server, connect);
    }

    /** Returns these options with others for a server: {@code o -> o.withServer(s -> s.withBacklog(512))}. */
    public HttpOptions withServer(UnaryOperator<ServerOptions> other) {
        return new HttpOptions(maxHeaderSize, maxBody, requestHeaderTimeout, maxConnectionsPerHost, other, connect);
    }

    /**
     * Returns these options with others for a client's connections: {@code o -> o.withConnect(c -> c.withLimit(1024))}.
     */
    public HttpOptions withConnect(UnaryOperator<ConnectOptions> other) {
        return new HttpOptions(maxHeaderSize, maxBody, requestHeaderTimeout, maxConnectionsPerHost, server, other);
    }

    /** As {@link #connect}; https and wss are encrypted, as that says or with the JDK's defaults. */
    UnaryOperator<ConnectOptions> connectTo(Origin origin) {
        return options -> {
            ConnectOptions chosen = connect.apply(options);
            return origin.isSecure() && chosen.tls().isEmpty() ? chosen.withTls() : chosen;
        };
    }

    HttpDecoderConfig decoder() {
        return new HttpDecoderConfig().setMaxInitialLineLength(maxHeaderSize).setMaxHeaderSize(maxHeaderSize);
    }
}
