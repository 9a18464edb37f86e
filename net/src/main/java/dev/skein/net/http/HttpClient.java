package dev.skein.net.http;

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
 * A client of HTTP/1.1 that keeps its connections, to be made once and used for many requests.
 *
 * <pre>{@code
 * try (HttpClient client = new HttpClient()) {
 *     Response response = waitFor(() -> client.get("http://127.0.0.1:8080/hello"), Duration.ofSeconds(3));
 *     print(response.text());
 * }
 * }</pre>
 *
 * <p>A response of any status is a response, and no redirect is followed. There is no timeout but the caller's, with
 * {@code waitFor} or {@code timeout}: a request that is cancelled drops its connection. A request whose kept connection turns
 * out to be closed is sent once more, if it may be sent twice.
 *
 * <p>Loop only; several coroutines may use it at once. At most {@link HttpOptions#maxConnectionsPerHost} are open to one server;
 * further requests wait their turn.
 */
public final class HttpClient implements AutoCloseable {
    private static final Set<HttpMethod> REPEATABLE = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.TRACE);

    private final HttpOptions options;
    private final Map<Origin, Pool> pools = new HashMap<>();
    private boolean closed;

    /**
     * What is done with a response whose body is read chunk by chunk.
     *
     * @param <T> what comes of it
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

    /** A client with {@link HttpOptions#defaults}. */
    public HttpClient() {
        this(options -> options);
    }

    /** A client as {@code options} say. */
    public HttpClient(UnaryOperator<HttpOptions> options) {
        this.options = options.apply(HttpOptions.defaults());
    }

    /** The answer to a GET, with its whole body. */
    public Response get(String uri) throws IOException {
        return send(Request.of(HttpMethod.GET, uri));
    }

    /** The answer to a POST of {@code text}, with its whole body. */
    public Response post(String uri, String text) throws IOException {
        return send(Request.of(HttpMethod.POST, uri).withBody(text));
    }

    /** The answer to a POST of {@code bytes}, with its whole body. */
    public Response post(String uri, byte[] bytes) throws IOException {
        return send(Request.of(HttpMethod.POST, uri).withBody(bytes));
    }

    /**
     * The answer to {@code request}, with its whole body.
     *
     * @throws IOException if the server cannot be connected to, the connection is lost, or the body is too long
     */
    public Response send(Request request) throws IOException {
        return stream(request, response -> {
            response.bytes();
            return response;
        });
    }

    /** Sends {@code request}, and has {@code exchange} called with the answer as soon as its head has come. */
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

    /** Closes the connections that are kept, and waits for that; those in use end with their requests. */
    @Override
    public void close() {
        closed = true;
        for (Pool pool : pools.values()) {
            while (!pool.idle.isEmpty()) {
                pool.idle.remove().close();
            }
        }
    }
}
