package dev.skein.net;

import dev.skein.loop.Loop;
import dev.skein.loop.Suspends;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * A connected byte stream: a reader, a writer, and Netty's channel below them. asyncio's pair of {@code StreamReader}
 * and {@code StreamWriter} in one object.
 *
 * {@snippet :
 * try (Connection connection = openConnection("example.org", 80)) {
 *     connection.writer().write("HEAD / HTTP/1.0\r\n\r\n");
 *     IO.println(connection.reader().readLine());
 * }
 * }
 *
 * <p>The code that opens a connection closes it, best with try-with-resources. A server closes the connections of its
 * handlers.
 *
 * <p>Loop only, but for {@link #channel}, the addresses and {@code toString}.
 */
public final class Connection implements AutoCloseable {
    private final StreamEndpoint handler;

    Connection(StreamEndpoint handler) {
        this.handler = handler;
    }

    /**
     * Returns the streams of a channel that is already open, on its own loop: from now on, the bytes that its pipeline
     * passes on are read here. Call it where the pipeline is made, or in {@code channelActive}, so that no bytes come
     * before. Netty's option {@code ALLOW_HALF_CLOSURE} decides whether the end of the peer's stream closes the
     * connection too.
     *
     * @throws IllegalArgumentException if the channel's event loop is not one of Skein's
     */
    public static Connection of(Channel channel) {
        Loop.of(channel.eventLoop()).checkThread();
        return StreamEndpoint.install(channel, StreamReader.DEFAULT_LIMIT).connection();
    }

    /** Returns the reader of the bytes from the peer. */
    public StreamReader reader() {
        return handler.reader();
    }

    /** Returns the writer of the bytes to the peer. */
    public StreamWriter writer() {
        return handler.output().writer();
    }

    /** Returns the peer's address; also after the connection is closed. */
    public SocketAddress remoteAddress() {
        return handler.remoteAddress();
    }

    /** Returns the address of this side; also after the connection is closed. */
    public SocketAddress localAddress() {
        return handler.localAddress();
    }

    /** Returns Netty's channel. Its pipeline may get handlers in front of Skein's own, of bytes to bytes. */
    public Channel channel() {
        return handler.channel();
    }

    /**
     * Encrypts the connection from here on: asyncio's {@code start_tls}. Suspends until the handshake is complete. If
     * that fails, or the caller is cancelled, the connection is closed. The context says which side this is, client or
     * server.
     *
     * <p>No coroutine should read meanwhile, and a write waits. On a server, the bytes that have come and were not read
     * belong to the handshake, since a client may be quick. On a client they stay to be read: they were not encrypted,
     * and a careful protocol refuses them.
     *
     * @param context a server's, or a client's that does not verify host names; else use {@link #startTls(TlsOptions)}
     * @throws javax.net.ssl.SSLHandshakeException if the sides cannot agree, or the peer's certificate is not accepted
     * @throws IOException if the connection is closed or lost
     */
    @Suspends
    public void startTls(SslContext context) throws IOException {
        startTls(TlsOptions.of(context));
    }

    /**
     * Encrypts the connection as {@link #startTls(SslContext)} does, with options. A client says whose certificate it
     * expects: {@code startTls(TlsOptions.of(context).withServerName("mail.example.org"))}.
     *
     * @throws IllegalArgumentException if a client verifies host names, but has none to verify
     */
    @Suspends
    public void startTls(TlsOptions options) throws IOException {
        // A client's hello may be here already; what is here for a client was sent in clear, and is read as such.
        handler.startTls(options, !options.isClient());
    }

    /**
     * Returns what the sides have agreed on; empty if the connection is not encrypted. Stays after the connection is
     * closed.
     */
    public Optional<TlsSession> tls() {
        Tls tls = handler.tls();
        return tls == null ? Optional.empty() : tls.session();
    }

    /**
     * Closes the connection as soon as the queued bytes have been sent, and waits for that. Unread bytes are dropped,
     * and a read that waits gets the end of the stream. A lost connection is closed too, without an exception: {@link
     * StreamWriter#waitClosed} throws it.
     *
     * <p>A second call waits with the first. If the caller is cancelled, it stops waiting and the closing continues;
     * {@link #abort} drops what a slow peer does not read.
     */
    @Override
    @Suspends
    public void close() {
        handler.close();
        handler.awaitClosed();
    }

    /** Closes the connection at once and drops the queued bytes. Does not wait. */
    public void abort() {
        handler.abort();
    }

    @Override
    public String toString() {
        return "Connection[" + handler + "]";
    }
}
