package dev.skein.net.http;

import dev.skein.loop.Suspends;
import dev.skein.net.MessagesHandler;
import dev.skein.net.Server;
import dev.skein.net.Streams;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.UnaryOperator;

/**
 * HTTP/1.1 and WebSocket servers, and WebSocket clients, for static import: {@code import static
 * dev.skein.net.http.Http.*}. They suspend, so a coroutine calls them. {@link HttpClient} sends requests.
 *
 * {@snippet :
 * try (Server server = startHttpServer(request -> Response.text("hello " + request.path()), "127.0.0.1", 8080)) {
 *     server.serveForever();
 * }
 * }
 *
 * <p>Loop only.
 */
public final class Http {
    private Http() {}

    /**
     * Listens as {@link Streams#startServer} does, and calls {@code handler} with each request. The requests of one
     * connection are served one after the other, in one task.
     *
     * @throws java.net.BindException if the port is taken, or may not be used
     */
    public static Server startHttpServer(HttpHandler handler, String host, int port) throws IOException {
        return startHttpServer(handler, host, port, options -> options);
    }

    /** Listens as {@link #startHttpServer(HttpHandler, String, int)} does, with options. */
    public static Server startHttpServer(HttpHandler handler, String host, int port, UnaryOperator<HttpOptions> options)
            throws IOException {
        HttpOptions chosen = options.apply(HttpOptions.defaults());
        return Streams.startMessageServer(
                conversation(handler, chosen), host, port, pipeline -> codec(pipeline, chosen), chosen.server());
    }

    /** Listens as {@link #startHttpServer(HttpHandler, String, int)} does, on any address, for instance a Unix socket. */
    public static Server startHttpServer(HttpHandler handler, SocketAddress address, UnaryOperator<HttpOptions> options)
            throws IOException {
        HttpOptions chosen = options.apply(HttpOptions.defaults());
        return Streams.startMessageServer(
                conversation(handler, chosen), address, pipeline -> codec(pipeline, chosen), chosen.server());
    }

    private static MessagesHandler<HttpObject, HttpObject> conversation(HttpHandler handler, HttpOptions options) {
        return peer -> new HttpServerConnection(peer, handler, options).run();
    }

    private static void codec(ChannelPipeline pipeline, HttpOptions options) {
        pipeline.addLast(new HttpServerCodec(options.decoder()));
    }

    /**
     * Opens a WebSocket to {@code uri}, for instance {@code ws://host:port/path}.
     *
     * @throws IOException if the server cannot be connected to, or refuses
     */
    @Suspends
    public static WebSocket openWebSocket(String uri) throws IOException {
        return openWebSocket(uri, options -> options);
    }

    /** Opens a WebSocket as {@link #openWebSocket(String)} does, with options. */
    @Suspends
    public static WebSocket openWebSocket(String uri, UnaryOperator<HttpOptions> options) throws IOException {
        return WebSocketUpgrade.open(uri, options.apply(HttpOptions.defaults()));
    }
}
