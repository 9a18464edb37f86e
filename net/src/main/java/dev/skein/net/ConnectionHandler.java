package dev.skein.net;

/**
 * What a server does with each connection: asyncio's {@code client_connected_cb}.
 *
 * {@snippet :
 * ConnectionHandler shout = peer -> {
 *     for (String line : peer.reader().lines()) {
 *         peer.writer().writeLine(line.toUpperCase(Locale.ROOT));
 *     }
 * };
 * }
 *
 * <p>It runs in a task of its own. When it returns or throws, the connection is flushed and closed. An exception is
 * reported to the loop's exception handler, and the server continues.
 */
@FunctionalInterface
public interface ConnectionHandler {
    /** Serves {@code peer} to the end. Called once for each connection, in a coroutine. */
    void handle(Connection peer) throws Exception;
}
