package dev.skein.net.torture;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/** One context for all servers and one for all clients, of the JDK's provider, whose locks are what is meant. */
record TortureTls(SslContext server, SslContext client) {
    static TortureTls make() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=torture")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SslContext server = SslContextBuilder.forServer(
                        certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
                .sslProvider(SslProvider.JDK)
                .build();
        SslContext client = SslContextBuilder.forClient()
                .trustManager(certificate.toTrustManagerFactory())
                .sslProvider(SslProvider.JDK)
                .build();
        return new TortureTls(server, client);
    }

    ByteBufAllocator allocator() {
        return ByteBufAllocator.DEFAULT;
    }
}
