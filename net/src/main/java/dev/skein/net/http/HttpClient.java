package dev.skein.net.http;

import dev.skein.loop.Suspends;
import dev.skein.loop.sync.Semaphore;
import dev.skein.net.Messages;
import dev.skein.net.Streams;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client of HTTP/1.1 that keeps its connections. A program makes one and sends many requests with it.
 *
 * {@snippet :
 * try (HttpClient client = new HttpClient()) {
 *     Response response = waitFor(() -> client.get("http://127.0.0.1:8080/hello"), Duration.ofSeconds(3));
 *     IO.println(response.status() + " " + response.text());
 * }
 * }
 *
 * <p>A response of any status is a response, and no redirect is followed. The only timeout is the caller's, with {@code
 * waitFor} or {@code timeout}: a request that is cancelled drops its connection. If a kept connection turns out to be
 * closed, the request is sent once more, if it may be sent twice.
 *
 * <p>Loop only; several coroutines may use it at once. At most {@link HttpOptions#maxConnectionsPerHost} connections
 * are open to one server, and further requests wait for one.
 */
public final class HttpClient implements AutoCloseable {
    private static final Set<HttpMethod> REPEATABLE = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.TRACE);

    private final HttpOptions options;
    private final Map<Origin, Pool> pools = new HashMap<>();
    private boolean closed;

    /**
     * Reads a response whose body comes chunk by chunk.
     *
     * @param <T> the result
     */
    @FunctionalInterface
    public interface Exchange<T extends @Nullable Object> {
        /** Reads {@code response}, which is of no use afterwards. */
        T read(Response response) throws IOException;
    }

    /** The connections to one server. */
    private static final class Pool {
        final Semaphore turns;
        final ArrayDeque<Messages<HttpObject, HttpObject>> idle = new ArrayDeque<>();

        Pool(int connections) {
            turns = new Semaphore(connections);
        }

        /** The one that was used last, if it is still open. */
        @Nullable
        Messages<HttpObject, HttpObject> take() {
            while (true) {
                Messages<HttpObject, HttpObject> peer = idle.pollLast();
                if (peer == null || !peer.isClosing()) {
                    return peer;
                }
            }
        }
    }

    /** Constructs a client with {@link HttpOptions#defaults}. */
    public HttpClient() {
        this(options -> options);
    }

    /** Constructs a client with options. */
    public HttpClient(UnaryOperator<HttpOptions> options) {
        this.options = options.apply(HttpOptions.defaults());
    }

    /** Sends a GET, and returns the response with its whole body. */
    @Suspends
    public Response get(String uri) throws IOException {
        return send(Request.of(HttpMethod.GET, uri));
    }

    /** Sends a POST of {@code text}, and returns the response with its whole body. */
    @Suspends
    public Response post(String uri, String text) throws IOException {
        return send(Request.of(HttpMethod.POST, uri).withBody(text));
    }

    /** Sends a POST of {@code bytes}, and returns the response with its whole body. */
    @Suspends
    public Response post(String uri, byte[] bytes) throws IOException {
        return send(Request.of(HttpMethod.POST, uri).withBody(bytes));
    }

    /**
     * Sends {@code request}, and returns the response with its whole body.
     *
     * @throws IOException if the server cannot be connected to, the connection is lost, or the body is too long
     * @throws IllegalStateException if the client is closed
     */
    @Suspends
    public Response send(Request request) throws IOException {
        return stream(request, response -> {
            response.bytes();
            return response;
        });
    }

    /**
     * Sends {@code request}, and calls {@code exchange} with the response as soon as its head has come.
     *
     * @throws IOException if the server cannot be connected to, or the connection is lost
     * @throws IllegalStateException if the client is closed
     */
    @Suspends
    public <T extends @Nullable Object> T stream(Request request, Exchange<T> exchange) throws IOException {
        if (closed) {
            throw new IllegalStateException("this client is closed");
        }
        URI uri = URI.create(request.uri());
        Origin origin = Origin.of(uri);
        Pool pool = pools.computeIfAbsent(origin, t -> new Pool(options.maxConnectionsPerHost()));
        pool.turns.acquire();
        try {
            ClientExchange sent = exchangeWith(pool, origin, uri, request);
            return sent.read(exchange, options.maxBody(), kept -> keep(pool, kept));
        } finally {
            pool.turns.release();
        }
    }

    /** Sends the request and waits for the answer's head. */
    private ClientExchange exchangeWith(Pool pool, Origin origin, URI uri, Request request) throws IOException {
        Messages<HttpObject, HttpObject> kept = pool.take();
        if (kept != null) {
            try {
                return ClientExchange.begin(kept, origin, uri, request);
            } catch (IOException lost) {
                boolean again = request.content().isKnown() && REPEATABLE.contains(request.method());
                if (!again) {
                    throw lost;
                }
            }
        }
        return ClientExchange.begin(connect(origin), origin, uri, request);
    }

    private Messages<HttpObject, HttpObject> connect(Origin origin) throws IOException {
        return Streams.openMessages(
                origin.host(),
                origin.port(),
                pipeline -> pipeline.addLast(new HttpClientCodec(options.decoder(), false, false)),
                // Not half-closed: a server that has ended its side will not answer any more.
                connect ->
                        options.connectTo(origin).apply(connect.withOption(ChannelOption.ALLOW_HALF_CLOSURE, false)));
    }

    private void keep(Pool pool, Messages<HttpObject, HttpObject> peer) {
        if (closed) {
            peer.abort();
        } else {
            pool.idle.add(peer);
        }
    }

    /** Closes the idle connections, and waits for that. Connections in use end with their requests. */
    @Override
    @Suspends
    public void close() {
        closed = true;
        for (Pool pool : pools.values()) {
            while (!pool.idle.isEmpty()) {
                pool.idle.remove().close();
            }
        }
    }
}
