package dev.skein.net;

import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What the two sides of an encrypted connection have agreed on: asyncio's {@code get_extra_info} of {@code peercert},
 * {@code cipher} and {@code ssl_object}. It stays unchanged after the connection is closed. Any thread.
 *
 * {@snippet :
 * try (Connection connection = openConnection("example.org", 443, o -> o.withTls())) {
 *     TlsSession session = connection.tls().orElseThrow();
 *     IO.println(session.protocol() + ", " + session.cipherSuite());
 * }
 * }
 *
 * @param protocol the version, as {@code TLSv1.3}
 * @param cipherSuite the JDK's name for the cipher suite
 * @param applicationProtocol the protocol that ALPN chose, as {@code h2}; empty if the sides did not agree on any
 * @param peerCertificates the peer's certificate, and those that signed it; empty for a client that has shown none
 * @param serverName the name that the client asked for (SNI); empty if it asked for none
 */
public record TlsSession(
        String protocol,
        String cipherSuite,
        Optional<String> applicationProtocol,
        List<Certificate> peerCertificates,
        Optional<String> serverName) {
    static TlsSession of(SslHandler handler) {
        SSLSession session = handler.engine().getSession();
        return new TlsSession(
                session.getProtocol(),
                session.getCipherSuite(),
                Optional.ofNullable(handler.applicationProtocol()),
                peerCertificates(session),
                serverName(session));
    }

    private static List<Certificate> peerCertificates(SSLSession session) {
        try {
            return List.of(session.getPeerCertificates());
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    private static Optional<String> serverName(SSLSession session) {
        if (!(session instanceof ExtendedSSLSession extended)) {
            return Optional.empty();
        }
        return extended.getRequestedServerNames().stream()
                .filter(SNIHostName.class::isInstance)
                .map(name -> ((SNIHostName) name).getAsciiName())
                .findFirst();
    }
}
