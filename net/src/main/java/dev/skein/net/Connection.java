package dev.skein.net;

import io.netty.channel.Channel;
import java.net.SocketAddress;

/**
 * A connected stream: a reader, a writer, and the channel of Netty's below them. asyncio's pair of {@code StreamReader} and
 * {@code StreamWriter} in one object.
 *
 * <p>Loop only, but for {@link #channel}, the addresses and {@code toString}. Who opened it closes it, best with
 * try-with-resources; a server closes those of its handlers.
 */
public final class Connection implements AutoCloseable {
    private final StreamHandler handler;
    private final StreamReader reader;
    private final StreamWriter writer;

    Connection(StreamHandler handler, StreamReader reader, StreamWriter writer) {
        this.handler = handler;
        this.reader = reader;
        this.writer = writer;
    }

    /** What comes from the peer. */
    public StreamReader reader() {
        return reader;
    }

    /** What goes to the peer. */
    public StreamWriter writer() {
        return writer;
    }

    /** The peer's address; also after the connection is closed. */
    public SocketAddress remoteAddress() {
        return handler.remoteAddress();
    }

    /** The address of this side; also after the connection is closed. */
    public SocketAddress localAddress() {
        return handler.localAddress();
    }

    /** Netty's channel. Its pipeline may get handlers in front of ours, of bytes to bytes. */
    public Channel channel() {
        return handler.channel();
    }

    /**
     * Closes the connection when what is queued has been sent, and waits for that. A lost connection is closed too: to
     * learn of a loss, {@link StreamWriter#waitClosed}. What was not read is dropped, and a read that waits gets the end of
     * the stream.
     *
     * <p>A second call waits with the first. If the caller is cancelled it stops waiting, and the closing goes on: to drop
     * what a slow peer does not take, {@link #abort}.
     */
    @Override
    public void close() {
        handler.close();
        handler.awaitClosed();
    }

    /** Closes the connection at once and drops what is queued; does not wait. */
    public void abort() {
        handler.abort();
    }

    @Override
    public String toString() {
        return "Connection[" + handler + "]";
    }
}
