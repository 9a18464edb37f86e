package dev.skein.perf.server;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** TLS for servers and for what loads them: BoringSSL where it is available, else the JDK's. */
public final class Tls {
    private static final SslProvider PROVIDER = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

    private Tls() {}

    /** With a certificate of its own. */
    static SslContext server() throws IOException {
        try {
            X509Bundle certificate = new CertificateBuilder()
                    .subject("CN=localhost")
                    .addSanDnsName("localhost")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            return SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                    .sslProvider(PROVIDER)
                    .build();
        } catch (IOException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException("cannot make a certificate: " + failure.getMessage(), failure);
        }
    }

    /** Of a client that believes every server: the certificate is not what is measured. */
    public static SSLEngine clientEngine() throws SSLException {
        return Client.CONTEXT.newEngine(UnpooledByteBufAllocator.DEFAULT);
    }

    /** Made by those alone that need it. */
    private static final class Client {
        static final SslContext CONTEXT = context();

        private static SslContext context() {
            try {
                return SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .sslProvider(PROVIDER)
                        .build();
            } catch (SSLException failure) {
                throw new IllegalStateException(failure);
            }
        }
    }
}
