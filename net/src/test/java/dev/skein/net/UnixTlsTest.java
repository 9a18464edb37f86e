package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.io.TempDir;

/** Unix sockets that are encrypted, and one whose server is ended by its own handler. */
class UnixTlsTest {
    private final UnixDomainSocketAddress address;

    UnixTlsTest(@TempDir Path directory) {
        address = UnixDomainSocketAddress.of(directory.resolve("socket"));
    }

    private static void echo(Connection peer) throws IOException {
        for (String line : peer.reader().lines()) {
            peer.writer().writeLine(line);
        }
    }

    private static TlsOptions trusting(TestTls tls) {
        return TlsOptions.of(tls.client()).withServerName("localhost");
    }

    @EachTransport
    @PortOf("test_events.create_unix_server_ssl")
    @PortOf("test_events.create_unix_server_ssl_verified")
    void aServerProvesThatItIsWhomTheClientNames(Transport transport) {
        for (TestTls tls : TestTls.all()) {
            new Loopback(transport).run(() -> {
                Server server = startServer(UnixTlsTest::echo, address, o -> o.withTls(tls.server()));
                try (Connection connection = openConnection(address, o -> o.withTls(trusting(tls)))) {
                    connection.writer().writeLine("hello");
                    assertThat(connection.reader().readLine()).isEqualTo("hello");
                    TlsSession session = connection.tls().orElseThrow();
                    assertThat(session.peerCertificates()).startsWith(TestTls.LOCALHOST.getCertificate());
                }
                server.close();
                server.waitClosed();
            });
        }
    }

    @EachTransport
    @PortOf("test_streams.open_unix_connection_no_loop_ssl")
    @PortOf("test_events.create_ssl_unix_connection")
    void anAnswerIsReadToItsEndAndBothKnowWhomTheySpeakTo(Transport transport) {
        ConnectionHandler answer = peer -> {
            while (!String.valueOf(peer.reader().readLine()).isEmpty()) {
                // Up to the empty line.
            }
            peer.writer().write("HTTP/1.0 200 OK\r\n\r\nTest message");
        };
        for (TestTls tls : TestTls.all()) {
            new Loopback(transport).run(() -> {
                Server server = startServer(answer, address, o -> o.withTls(tls.server()));
                try (Connection connection = openConnection(address, o -> o.withTls(trusting(tls)))) {
                    connection.writer().write("GET / HTTP/1.0\r\n\r\n");
                    assertThat(new String(connection.reader().readAll(), US_ASCII))
                            .endsWith("\r\n\r\nTest message");
                    assertThat(connection.remoteAddress()).isEqualTo(address);
                    assertThat(connection.localAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
                    TlsSession session = connection.tls().orElseThrow();
                    assertThat(session.cipherSuite()).startsWith("TLS_");
                    assertThat(session.peerCertificates()).startsWith(TestTls.LOCALHOST.getCertificate());
                }
                server.close();
                server.waitClosed();
            });
        }
    }

    @EachTransport
    @PortOf("test_events.create_ssl_unix_connection")
    @PortOf("test_events.create_unix_server_ssl_verify_failed")
    void aCertificateThatTheJdkDoesNotTrustIsRefusedAndNoHandlerRuns(Transport transport) {
        new Loopback(transport).run(() -> {
            int[] served = new int[1];
            Server server = startServer(peer -> served[0]++, address, o -> o.withTls(TestTls.JDK.server()));
            TlsOptions strict =
                    TlsOptions.of(SslContextBuilder.forClient().build()).withServerName("localhost");
            assertThatThrownBy(() -> openConnection(address, o -> o.withTls(strict)))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("is not signed by a CA that the SslContext trusts");
            server.close();
            server.waitClosed();
            assertThat(served[0]).isZero();
        });
    }

    @EachTransport
    @PortOf("test_unix_events.create_unix_connection_ssl_noserverhost")
    void aClientThatDoesNotSayWhoseCertificateItExpectsIsRefused(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startServer(UnixTlsTest::echo, address, o -> o.withTls(TestTls.JDK.server()));
            assertThatThrownBy(() -> openConnection(address, o -> o.withTls(TestTls.JDK.client())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("use withServerName(host), or withoutHostnameVerification()");
            server.close();
            server.waitClosed();
        });
    }

    @EachTransport
    @PortOf("test_server.start_unix_server_1")
    void aHandlerMayEndTheServerThatServesForever(Transport transport) {
        new Loopback(transport).run(() -> {
            Task<?>[] main = new Task<?>[1];
            Server server = startServer(
                    peer -> {
                        peer.reader().readLine();
                        main[0].cancel();
                        peer.writer().write("1");
                    },
                    address,
                    o -> o.withStartServing(false));
            Task<?> serving = createTask(() -> {
                try (server) {
                    assertThat(server.isServing()).isFalse();
                    server.startServing();
                    assertThat(server.isServing()).isTrue();
                    server.serveForever();
                }
            });
            main[0] = serving;
            try (Connection client = openConnection(address)) {
                client.writer().writeLine("1".repeat(5 * 1024));
                assertThat(client.reader().readAll()).asString().isEqualTo("1");
            }
            assertThatThrownBy(serving::await).isInstanceOf(CancelledError.class);
            assertThat(server.isServing()).isFalse();
            assertThatThrownBy(server::serveForever)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is closed");
        });
    }
}
