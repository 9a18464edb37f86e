package dev.skein.net;

import io.netty.handler.ssl.SslContext;
import io.netty.util.Mapping;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a connection is encrypted. Immutable; made from Netty's {@link SslContext}, which has the certificates, the trust, the
 * protocols and the provider: {@code withTls(TlsOptions.of(context).withHandshakeTimeout(...))}. What needs no more than a
 * context takes the context itself.
 *
 * @param contexts which context speaks for which host name
 * @param serverName whose certificate a client wants to see, and asks for (SNI); if empty, the host that is connected to
 * @param hostnameVerification whether a client refuses a certificate that is not for that name
 * @param handshakeTimeout how long a handshake may take
 * @param shutdownTimeout how long closing may take: to send what is queued, and to get the peer's own end
 * @param truncationAllowed whether the end of the peer's TCP stream is an end of what is read also without a close_notify
 */
public record TlsOptions(
        Mapping<? super String, ? extends SslContext> contexts,
        Optional<String> serverName,
        boolean hostnameVerification,
        Duration handshakeTimeout,
        Duration shutdownTimeout,
        boolean truncationAllowed) {
    // asyncio's.
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(30);

    /** The same context for all names. */
    record Always(SslContext context) implements Mapping<String, SslContext> {
        @Override
        public SslContext map(@Nullable String name) {
            return context;
        }
    }

    /** Refuses a timeout that is not positive. */
    public TlsOptions {
        checkPositive("handshakeTimeout", handshakeTimeout);
        checkPositive("shutdownTimeout", shutdownTimeout);
    }

    private static void checkPositive(String name, Duration timeout) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException(name + " <= 0: " + DurationText.of(timeout));
        }
    }

    /**
     * One context; host names are verified; asyncio's timeouts: 60 seconds for a handshake, 30 to close; a peer that ends
     * without a close_notify has broken off.
     *
     * @param context made by {@code SslContextBuilder.forClient()} or {@code forServer(...)}, without its {@code startTls}
     */
    public static TlsOptions of(SslContext context) {
        return of(new Always(context));
    }

    /**
     * For a server with several names, or with certificates that are replaced while it serves: {@code contexts} is asked at
     * each handshake for the name that the client asks for, or for null if it asks for none, on the loop's thread. Netty's
     * {@link io.netty.util.DomainWildcardMappingBuilder} makes one of names with wildcards.
     */
    public static TlsOptions of(Mapping<? super String, ? extends SslContext> contexts) {
        return new TlsOptions(contexts, Optional.empty(), true, HANDSHAKE_TIMEOUT, SHUTDOWN_TIMEOUT, false);
    }

    /** These options with the name that a client asks for and verifies, where it is not the host that is connected to. */
    public TlsOptions withServerName(String other) {
        return new TlsOptions(
                contexts,
                Optional.of(other),
                hostnameVerification,
                handshakeTimeout,
                shutdownTimeout,
                truncationAllowed);
    }

    /** These options for a client that takes a trusted certificate of any name: for tests, and for peers without a name. */
    public TlsOptions withoutHostnameVerification() {
        return new TlsOptions(contexts, serverName, false, handshakeTimeout, shutdownTimeout, truncationAllowed);
    }

    /** These options with another handshake timeout. */
    public TlsOptions withHandshakeTimeout(Duration other) {
        return new TlsOptions(contexts, serverName, hostnameVerification, other, shutdownTimeout, truncationAllowed);
    }

    /** These options with another shutdown timeout. */
    public TlsOptions withShutdownTimeout(Duration other) {
        return new TlsOptions(contexts, serverName, hostnameVerification, handshakeTimeout, other, truncationAllowed);
    }

    /**
     * These options for peers that end their TCP stream without the end of TLS, a close_notify: that is an end then, Python's
     * {@code suppress_ragged_eofs} and OpenSSL's {@code SSL_OP_IGNORE_UNEXPECTED_EOF}, and not an IOException. Whoever is
     * on the way can then cut off what the peer sends, so what is sent should say where it ends.
     */
    public TlsOptions withTruncationAllowed() {
        return new TlsOptions(contexts, serverName, hostnameVerification, handshakeTimeout, shutdownTimeout, true);
    }

    /** For a client of {@code address}: it expects the certificate of that host, unless these say which. */
    TlsOptions forClientOf(SocketAddress address) {
        return serverName.isEmpty() && address instanceof InetSocketAddress inet
                ? withServerName(inet.getHostString())
                : this;
    }

    /** Whether a client's context was given; a mapping is a server's. */
    boolean isClient() {
        return contexts instanceof Always always && always.context().isClient();
    }

    void checkForClient() {
        if (!isClient()) {
            throw new IllegalArgumentException(
                    "a client was given a server's SslContext: make one with SslContextBuilder.forClient()");
        }
    }

    void checkForServer() {
        if (isClient()) {
            throw new IllegalArgumentException("a server was given a client's SslContext: make one with"
                    + " SslContextBuilder.forServer(key, certificates)");
        }
    }
}
