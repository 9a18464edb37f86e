package dev.skein.net;

/**
 * What a server does with each connection: asyncio's {@code client_connected_cb}.
 *
 * <p>It runs in a task of its own. When it returns or throws, the connection is flushed and closed; what it throws is
 * reported to the loop's exception handler, and the server goes on.
 */
@FunctionalInterface
public interface ConnectionHandler {
    /** Serves {@code peer} to the end. Called once per connection, in a coroutine. */
    void handle(Connection peer) throws Exception;
}
