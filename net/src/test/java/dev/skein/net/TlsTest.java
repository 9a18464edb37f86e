package dev.skein.net;

import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Transport;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import javax.net.ssl.SSLHandshakeException;

/** Encrypted connections: who speaks to whom, and what the sides agree on. */
class TlsTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    private static void echo(Connection peer) throws IOException {
        byte[] chunk;
        while ((chunk = peer.reader().read(4096)) != null) {
            peer.writer().write(chunk);
        }
    }

    @EachProvider
    void aServerAndAClientSpeak(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        preferred.run(() -> {
            Server server = startServer(TlsTest::echo, HOST, 0, o -> o.withTls(tls.server()));
            try (Connection connection = openConnection("localhost", server.port(), o -> o.withTls(tls.client()))) {
                connection.writer().writeLine("hello");
                assertThat(connection.reader().readLine()).isEqualTo("hello");
                assertThat(connection.tls().orElseThrow().serverName()).hasValue("localhost");
            }
            server.close();
            server.waitClosed();
        });
    }

    @EachProvider
    void aCertificateForAnotherNameIsRefused(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        preferred.run(() -> {
            Server server = startServer(TlsTest::echo, HOST, 0, o -> o.withTls(tls.server()));
            assertThatThrownBy(() -> openConnection(
                            HOST,
                            server.port(),
                            o -> o.withTls(TlsOptions.of(tls.client()).withServerName("example.org"))))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageStartingWith("TLS handshake with example.org (127.0.0.1:" + server.port()
                            + ") failed: the peer's certificate is not for example.org (No subject alternative DNS name"
                            + " matching example.org found")
                    .hasMessageEndingWith("if the peer has another name, say it with TlsOptions.withServerName(...)");
            server.close();
            server.waitClosed();
        });
    }
}
