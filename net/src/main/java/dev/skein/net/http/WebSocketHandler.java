package dev.skein.net.http;

/** What a server does with a WebSocket; see {@link Response#webSocket}. */
@FunctionalInterface
public interface WebSocketHandler {
    /** Serves {@code socket} to the end, in a coroutine. When it returns, the socket is closed as {@link WebSocket#close()} does. */
    void handle(WebSocket socket) throws Exception;
}
