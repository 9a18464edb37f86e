package dev.skein.net;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/** Certificates, made once, and the contexts of Netty that have them, of one provider. */
record TestTls(SslProvider provider) {
    /** What a test gives to a wait that must not be over before something else happens. */
    static final Duration LONG = Duration.ofHours(1);

    static final X509Bundle AUTHORITY = authority("CN=Skein's tests");

    /** For localhost and 127.0.0.1. */
    static final X509Bundle LOCALHOST =
            issued(certificate -> certificate.addSanDnsName("localhost").addSanIpAddress("127.0.0.1"));

    /** The JDK's provider. */
    static final TestTls JDK = new TestTls(SslProvider.JDK);

    /** Skips the test where the provider is not available. */
    TestTls {
        assumeTrue(provider == SslProvider.JDK || OpenSsl.isAvailable(), () -> "no BoringSSL here");
    }

    /** One of each provider that is available. */
    static List<TestTls> all() {
        return OpenSsl.isAvailable() ? List.of(JDK, new TestTls(SslProvider.OPENSSL)) : List.of(JDK);
    }

    /** A change to a builder of a context. */
    @FunctionalInterface
    interface Change {
        SslContextBuilder apply(SslContextBuilder builder) throws Exception;
    }

    static X509Bundle authority(String subject) {
        try {
            return new CertificateBuilder()
                    .ecp256()
                    .subject(subject)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A certificate that the authority has signed. */
    static X509Bundle issued(UnaryOperator<CertificateBuilder> change) {
        try {
            CertificateBuilder builder = new CertificateBuilder()
                    .ecp256()
                    .subject("CN=test")
                    .notBefore(Instant.now().minus(Duration.ofDays(10)));
            return change.apply(builder).buildIssuedBy(AUTHORITY);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A server's context with the certificate for localhost. */
    SslContext server() {
        return server(LOCALHOST);
    }

    SslContext server(X509Bundle certificate) {
        return server(certificate, builder -> builder);
    }

    SslContext server(X509Bundle certificate, Change change) {
        return build(
                SslContextBuilder.forServer(certificate.getKeyPair().getPrivate(), certificate.getCertificatePath()),
                change);
    }

    /** A client's context that trusts the authority. */
    SslContext client() {
        return client(builder -> builder);
    }

    SslContext client(Change change) {
        return build(SslContextBuilder.forClient().trustManager(AUTHORITY.toTrustManagerFactory()), change);
    }

    private SslContext build(SslContextBuilder builder, Change change) {
        try {
            return change.apply(builder.sslProvider(provider)).build();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
