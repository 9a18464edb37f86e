package dev.skein.net;

/**
 * What a server of messages does with each connection, as {@link ConnectionHandler} for one of bytes.
 *
 * {@snippet :
 * MessagesHandler<String, String> echo = peer -> {
 *     for (String message : peer) {
 *         peer.send(message);
 *     }
 * };
 * }
 *
 * <p>It runs in a task of its own. When it returns or throws, the connection is flushed and closed. An exception is
 * reported to the loop's exception handler, and the server continues.
 *
 * @param <I> what the pipeline decodes
 * @param <O> what it encodes
 */
@FunctionalInterface
public interface MessagesHandler<I, O> {
    /** Serves {@code peer} to the end. Called once for each connection, in a coroutine. */
    void handle(Messages<I, O> peer) throws Exception;
}
