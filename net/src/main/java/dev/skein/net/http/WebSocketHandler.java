package dev.skein.net.http;

/**
 * What a server does with a WebSocket; see {@link Response#webSocket}.
 *
 * {@snippet :
 * WebSocketHandler echo = socket -> {
 *     for (WebSocket.Message message : socket) {
 *         socket.send(message.bytes());
 *     }
 * };
 * try (Server server = startHttpServer(request -> Response.webSocket(echo), "127.0.0.1", 8080)) {
 *     server.serveForever();
 * }
 * }
 */
@FunctionalInterface
public interface WebSocketHandler {
    /**
     * Serves {@code socket} to the end, in a coroutine. When it returns, the socket is closed as {@link
     * WebSocket#close()} does.
     */
    void handle(WebSocket socket) throws Exception;
}
