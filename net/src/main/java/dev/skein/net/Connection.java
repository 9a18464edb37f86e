package dev.skein.net;

import dev.skein.loop.Loop;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * A connected stream: a reader, a writer, and the channel of Netty's below them. asyncio's pair of {@code StreamReader} and
 * {@code StreamWriter} in one object.
 *
 * <p>Loop only, but for {@link #channel}, the addresses and {@code toString}. Who opened it closes it, best with
 * try-with-resources; a server closes those of its handlers.
 */
public final class Connection implements AutoCloseable {
    private final StreamEndpoint handler;

    Connection(StreamEndpoint handler) {
        this.handler = handler;
    }

    /**
     * The streams of a channel that is open already, in its own loop: what its pipeline passes on, as bytes, is read here from
     * now on. Call it where the pipeline is made, or in {@code channelActive}, so that no bytes come before. Netty's option
     * {@code ALLOW_HALF_CLOSURE} decides whether the peer's end closes the connection too.
     *
     * @throws IllegalArgumentException if the channel's event loop is none of Skein's
     */
    public static Connection of(Channel channel) {
        Loop.of(channel.eventLoop()).checkThread();
        return StreamEndpoint.install(channel, StreamReader.DEFAULT_LIMIT).connection();
    }

    /** What comes from the peer. */
    public StreamReader reader() {
        return handler.reader();
    }

    /** What goes to the peer. */
    public StreamWriter writer() {
        return handler.output().writer();
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
     * Encrypts the connection from here on: asyncio's {@code start_tls}. Suspends until both sides have agreed; if that
     * fails, or the caller is cancelled, the connection is closed. Which side this is, client or server, is the context's.
     *
     * <p>Nobody should read meanwhile, and a write waits. If this is the server, what has come and was not read belongs to
     * the handshake, since a client may be quick. If this is the client, it stays to be read, and was not encrypted: a
     * careful protocol refuses it.
     *
     * @param context a server's, or a client's that does not verify host names; else use {@link #startTls(TlsOptions)}
     * @throws javax.net.ssl.SSLHandshakeException if the sides cannot agree, or the peer is not who it should be
     * @throws IOException if the connection is closed or lost
     */
    public void startTls(SslContext context) throws IOException {
        startTls(TlsOptions.of(context));
    }

    /**
     * As {@link #startTls(SslContext)}, as {@code options} say. A client says whose certificate it expects: {@code
     * startTls(TlsOptions.of(context).withServerName("mail.example.org"))}.
     */
    public void startTls(TlsOptions options) throws IOException {
        // A client's hello may be here already; what is here for a client was sent in clear, and is read as such.
        handler.startTls(options, !options.isClient());
    }

    /** What the sides have agreed on, if the connection is encrypted; also after it is closed. */
    public Optional<TlsSession> tls() {
        Tls tls = handler.tls();
        return tls == null ? Optional.empty() : tls.session();
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
