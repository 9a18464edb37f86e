package dev.skein.net.http;

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
 * HTTP/1.1 and WebSocket, for static import: {@code import static dev.skein.net.http.Http.*}. They suspend, so they are
 * called in a coroutine. For requests there is {@link HttpClient}.
 */
public final class Http {
    private Http() {}

    /**
     * Listens as {@link Streams#startServer} does, and has {@code handler} called with each request. The requests of one
     * connection are served one after the other, in one task.
     *
     * <pre>{@code
     * Server server = startHttpServer(request -> Response.text("hello " + request.path()), "127.0.0.1", 8080);
     * server.serveForever();
     * }</pre>
     */
    public static Server startHttpServer(HttpHandler handler, String host, int port) throws IOException {
        return startHttpServer(handler, host, port, options -> options);
    }

    /** As {@link #startHttpServer(HttpHandler, String, int)}, as {@code options} say. */
    public static Server startHttpServer(HttpHandler handler, String host, int port, UnaryOperator<HttpOptions> options)
            throws IOException {
        HttpOptions chosen = options.apply(HttpOptions.defaults());
        return Streams.startMessageServer(
                conversation(handler, chosen), host, port, pipeline -> codec(pipeline, chosen), chosen.server());
    }

    /** As {@link #startHttpServer(HttpHandler, String, int)}, on any address, a Unix socket for instance. */
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
     * Opens a WebSocket to {@code uri}, {@code ws://host:port/path}.
     *
     * @throws IOException if it cannot be connected to, or refuses
     */
    public static WebSocket openWebSocket(String uri) throws IOException {
        return openWebSocket(uri, options -> options);
    }

    /** As {@link #openWebSocket(String)}, as {@code options} say. */
    public static WebSocket openWebSocket(String uri, UnaryOperator<HttpOptions> options) throws IOException {
        return WebSocketUpgrade.open(uri, options.apply(HttpOptions.defaults()));
    }
}
