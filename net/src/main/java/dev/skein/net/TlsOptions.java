package dev.skein.net;

import io.netty.handler.ssl.SslContext;
import io.netty.util.Mapping;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options of an encrypted connection. Immutable. They are made from Netty's {@link SslContext}, which has the
 * certificates, the trusted authorities, the protocols and the provider. A call that needs no more than a context takes
 * the context itself.
 *
 * {@snippet :
 * SslContext context = SslContextBuilder.forClient().trustManager(new File("ca.pem")).build();
 * TlsOptions tls = TlsOptions.of(context).withServerName("db.example.org");
 * try (Connection connection = openConnection("10.0.0.7", 5433, o -> o.withTls(tls))) {
 *     IO.println(connection.tls());
 * }
 * }
 *
 * @param contexts the context for each host name
 * @param serverName the host name that a client asks for (SNI) and verifies; if empty, the host that is connected to
 * @param hostnameVerification whether a client refuses a certificate that is not for that name
 * @param handshakeTimeout how long a handshake may take
 * @param shutdownTimeout how long closing may take: to send the queued bytes, and to get the peer's own close_notify
 * @param truncationAllowed whether the end of the peer's TCP stream ends what is read also without a close_notify
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

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a timeout is zero or less
     */
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
     * Returns the defaults for a context. Host names are verified. asyncio's timeouts hold: 60 s for a handshake, 30 s
     * to close. A peer that ends its stream without a close_notify has cut it off.
     *
     * @param context made by {@code SslContextBuilder.forClient()} or {@code forServer(...)}, without its {@code
     *     startTls}
     */
    public static TlsOptions of(SslContext context) {
        return of(new Always(context));
    }

    /**
     * Returns the defaults for a server with several names, or with certificates that are replaced while it serves. At
     * each handshake it asks {@code contexts} for the name that the client asks for, or for null if the client asks for
     * none, on the loop's thread. Netty's {@link io.netty.util.DomainWildcardMappingBuilder} makes a mapping of names
     * with wildcards.
     */
    public static TlsOptions of(Mapping<? super String, ? extends SslContext> contexts) {
        return new TlsOptions(contexts, Optional.empty(), true, HANDSHAKE_TIMEOUT, SHUTDOWN_TIMEOUT, false);
    }

    /**
     * Returns these options with the name that a client asks for and verifies, if it is not the host that it connects
     * to.
     */
    public TlsOptions withServerName(String other) {
        return new TlsOptions(
                contexts,
                Optional.of(other),
                hostnameVerification,
                handshakeTimeout,
                shutdownTimeout,
                truncationAllowed);
    }

    /**
     * Returns these options for a client that accepts a trusted certificate of any name: for tests, and for peers
     * without a name.
     */
    public TlsOptions withoutHostnameVerification() {
        return new TlsOptions(contexts, serverName, false, handshakeTimeout, shutdownTimeout, truncationAllowed);
    }

    /** Returns these options with another handshake timeout. */
    public TlsOptions withHandshakeTimeout(Duration other) {
        return new TlsOptions(contexts, serverName, hostnameVerification, other, shutdownTimeout, truncationAllowed);
    }

    /** Returns these options with another shutdown timeout. */
    public TlsOptions withShutdownTimeout(Duration other) {
        return new TlsOptions(contexts, serverName, hostnameVerification, handshakeTimeout, other, truncationAllowed);
    }

    /**
     * Returns these options for peers that end their TCP stream without TLS's close_notify. That is then an end of
     * stream, and not an IOException: Python's {@code suppress_ragged_eofs}, OpenSSL's {@code
     * SSL_OP_IGNORE_UNEXPECTED_EOF}. The peer's data can then be cut off unnoticed, so it should say where it ends.
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
