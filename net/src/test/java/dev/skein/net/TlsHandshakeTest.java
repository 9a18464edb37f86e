package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handshakes that fail, take too long, or are not wanted any more. */
class TlsHandshakeTest {
    private static final Duration SHORT = Duration.ofMillis(30);

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static void readToTheEnd(Connection peer) throws IOException {
        peer.reader().readAll();
    }

    private static void readToTheEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (IOException reset) {
            // That is an end too.
        }
    }

    private static Connection connect(int port, SslContext context) throws IOException {
        return openConnection("localhost", port, o -> o.withTls(context));
    }

    // Refused

    @EachProvider
    @PortOf("test_ssl.create_connection_ssl_failed_certificate")
    @PortOf("test_sslproto.create_connection_ssl_failed_certificate")
    void aCertificateThatNobodyTrustedHasSignedIsRefused(SslProvider provider) {
        SslContext stranger = new TestTls(provider)
                .client(builder -> builder.trustManager(
                        TestTls.authority("CN=somebody else").toTrustManagerFactory()));
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> assertThatThrownBy(() -> JdkPeer.asServer(socket)).isInstanceOf(IOException.class),
                port -> assertThatThrownBy(() -> connect(port, stranger))
                        .isInstanceOf(SSLHandshakeException.class)
                        .hasMessageStartingWith("TLS handshake with localhost (127.0.0.1:" + port
                                + ") failed: the peer's certificate is not signed by a CA that the SslContext trusts (")
                        .hasMessageEndingWith(
                                "if you trust the signer, add it with SslContextBuilder.trustManager(...)")));
    }

    @EachProvider
    @PortOf("test_events.create_server_ssl_verify_failed")
    void theHandlerOfAServerThatAClientDoesNotTrustNeverRuns(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        SslContext stranger = tls.client(builder ->
                builder.trustManager(TestTls.authority("CN=somebody else").toTrustManagerFactory()));
        int[] served = new int[1];
        preferred.run(() -> {
            Server server = startServer(peer -> served[0]++, HOST, 0, o -> o.withTls(tls.server()));
            assertThatThrownBy(() -> connect(server.port(), stranger)).isInstanceOf(SSLHandshakeException.class);
            server.close();
            server.waitClosed();
        });
        assertThat(served[0]).isZero();
    }

    @EachProvider
    @PortOf("test_events.create_server_ssl_match_failed")
    void aCertificateForAnotherNameIsRefused(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        int[] served = new int[1];
        ConnectionHandler handler = peer -> {
            served[0]++;
            readToTheEnd(peer);
        };
        preferred.run(() -> {
            try (Server server = startServer(handler, HOST, 0, o -> o.withTls(tls.server()))) {
                TlsOptions other = TlsOptions.of(tls.client()).withServerName("example.org");
                assertThatThrownBy(() -> openConnection(HOST, server.port(), o -> o.withTls(other)))
                        .isInstanceOf(SSLHandshakeException.class)
                        .hasMessageStartingWith("TLS handshake with example.org (127.0.0.1:" + server.port()
                                + ") failed: the peer's certificate is not for example.org (No subject alternative DNS"
                                + " name matching example.org found")
                        .hasMessageEndingWith(
                                "if the peer has another name, set it with TlsOptions.withServerName(...)");
                assertThat(served[0]).isZero();
                openConnection(HOST, server.port(), o -> o.withTls(other.withoutHostnameVerification()))
                        .close();
            }
        });
    }

    @EachProvider
    void soItIsWithAContextThatDoesNotAskForTheName(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        for (String none : new @Nullable String[] {null, ""}) {
            SslContext careless = tls.client(builder -> builder.endpointIdentificationAlgorithm(none));
            TlsOptions other = TlsOptions.of(careless).withServerName("example.org");
            preferred.run(() -> {
                try (Server server =
                        startServer(TlsHandshakeTest::readToTheEnd, HOST, 0, o -> o.withTls(tls.server()))) {
                    assertThatThrownBy(() -> openConnection(HOST, server.port(), o -> o.withTls(other)))
                            .isInstanceOf(SSLHandshakeException.class)
                            .hasMessageContaining("the peer's certificate is not for example.org");
                    assertThatThrownBy(() -> openMessages(HOST, server.port(), pipeline -> {}, o -> o.withTls(other)))
                            .isInstanceOf(SSLHandshakeException.class)
                            .hasMessageContaining("the peer's certificate is not for example.org");
                    openConnection(HOST, server.port(), o -> o.withTls(other.withoutHostnameVerification()))
                            .close();
                }
            });
        }
    }

    @EachProvider
    void aCertificateThatHasExpiredOrIsNotYetValidIsRefused(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        X509Bundle old = TestTls.issued(certificate ->
                certificate.addSanDnsName("localhost").notAfter(Instant.now().minus(Duration.ofDays(1))));
        X509Bundle early = TestTls.issued(certificate ->
                certificate.addSanDnsName("localhost").notBefore(Instant.now().plus(Duration.ofDays(1))));
        for (X509Bundle invalid : List.of(old, early)) {
            preferred.run(() -> {
                try (Server server =
                        startServer(TlsHandshakeTest::readToTheEnd, HOST, 0, o -> o.withTls(tls.server(invalid)))) {
                    assertThatThrownBy(() -> connect(server.port(), tls.client()))
                            .hasMessageContaining(" failed: the peer's certificate has expired or is not yet valid (")
                            .hasMessageEndingWith("): the peer must renew it, or one of the clocks is wrong");
                }
            });
        }
    }

    /** Of a trust manager of the program's own. */
    @EachProvider
    void aCertificateThatIsRefusedForAnotherReasonIsToldWithThat(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        preferred.run(() -> {
            try (Server server = startServer(TlsHandshakeTest::readToTheEnd, HOST, 0, o -> o.withTls(tls.server()))) {
                String failed = "TLS handshake with localhost (127.0.0.1:" + server.port() + ") failed: ";
                assertThatThrownBy(() -> connect(server.port(), refusing(tls, new CertificateException("revoked"))))
                        .isInstanceOf(SSLHandshakeException.class)
                        .hasMessage(failed + "revoked");
                assertThatThrownBy(() -> connect(server.port(), refusing(tls, new CertificateException())))
                        .hasMessage(failed + "java.security.cert.CertificateException");
            }
        });
    }

    private static SslContext refusing(TestTls tls, CertificateException why) {
        return tls.client(builder -> builder.trustManager(new X509ExtendedTrustManager() {
            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                    throws CertificateException {
                throw why;
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        }));
    }

    @Test
    void aPeerThatRefusesIsSaidToKnowWhy() {
        SslContext old = TestTls.JDK.server(TestTls.LOCALHOST, builder -> builder.protocols("TLSv1.2"));
        SslContext modern = TestTls.JDK.client(builder -> builder.protocols("TLSv1.3"));
        preferred.run(() -> {
            try (Server server = startServer(TlsHandshakeTest::readToTheEnd, HOST, 0, o -> o.withTls(old))) {
                assertThatThrownBy(() -> connect(server.port(), modern))
                        .hasMessageContaining("fatal alert")
                        .hasMessageEndingWith(": the peer refused the handshake; its log may say why");
            }
        });
    }

    @EachProvider
    void aPeerThatDoesNotSpeakTlsIsToldApart(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> {
            ConnectionHandler greets = peer -> {
                peer.writer().writeLine("220 mail.example.org ESMTP");
                peer.reader().read(10);
            };
            try (Server server = startServer(greets, HOST, 0)) {
                assertThatThrownBy(() -> connect(server.port(), context))
                        .isInstanceOf(SSLHandshakeException.class)
                        .hasMessage(
                                "TLS handshake with localhost (127.0.0.1:" + server.port() + ") failed: the peer did"
                                        + " not send TLS: is it another port, or a plaintext protocol that needs startTls?");
            }
        });
    }

    @EachProvider
    void aServerGoesOnAfterAHandshakeThatFailed(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        preferred.run(() -> {
            try (Server server = startServer(TlsHandshakeTest::readToTheEnd, HOST, 0, o -> o.withTls(tls.server()))) {
                try (Connection plain = openConnection(HOST, server.port())) {
                    plain.writer().writeLine("GET / HTTP/1.1");
                    assertThatThrownBy(() -> {
                                plain.reader().readAll();
                                throw new IOException("an end");
                            })
                            .isInstanceOf(IOException.class);
                }
                SslContext stranger = tls.client(builder ->
                        builder.trustManager(TestTls.authority("CN=other").toTrustManagerFactory()));
                assertThatThrownBy(() -> connect(server.port(), stranger)).isInstanceOf(SSLHandshakeException.class);
                connect(server.port(), tls.client()).close();
            }
        });
    }

    @Test
    void aHandshakeThatFailedInAServerIsReportedInDebugMode() {
        preferred.run(() -> {
            Loop.current().setDebug(true);
            Loop.current().setSlowCallbackDuration(TestTls.LONG);
            try (Server server =
                    startServer(TlsHandshakeTest::readToTheEnd, HOST, 0, o -> o.withTls(TestTls.JDK.server()))) {
                try (Connection plain = openConnection(HOST, server.port())) {
                    plain.writer().writeLine("GET / HTTP/1.1");
                    until(() -> !preferred.errors().isEmpty());
                    assertThat(preferred.takeError().message())
                            .isEqualTo("TLS handshake of an incoming connection failed, so it is closed");
                }
            }
        });
    }

    // Ended by the peer

    @EachProvider
    @PortOf("test_ssl.ssl_handshake_connection_lost")
    @PortOf("test_sslproto.eof_received_waiter")
    void aPeerThatEndsItsStreamFailsTheHandshake(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    socket.getInputStream().read();
                    socket.shutdownOutput();
                    readToTheEnd(socket);
                },
                port -> assertThatThrownBy(() -> connect(port, context))
                        .isInstanceOf(SSLHandshakeException.class)
                        .hasMessageEndingWith(" failed: the connection was closed during the handshake")));
    }

    @EachProvider
    @PortOf("test_sslproto.connection_lost")
    void aPeerThatResetsFailsTheHandshake(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    socket.getInputStream().read();
                    socket.setSoLinger(true, 0);
                },
                port -> assertThatThrownBy(() -> connect(port, context)).isInstanceOf(SSLHandshakeException.class)));
    }

    // Given up

    @EachProvider
    @PortOf("test_ssl.create_connection_ssl_slow_handshake")
    @PortOf("test_sslproto.create_connection_ssl_slow_handshake")
    void aHandshakeThatTakesTooLongIsGivenUp(SslProvider provider) {
        TlsOptions impatient = TlsOptions.of(new TestTls(provider).client()).withHandshakeTimeout(SHORT);
        preferred.run(() -> JdkPeer.serve(
                1,
                TlsHandshakeTest::readToTheEnd,
                port -> assertThatThrownBy(() -> openConnection("localhost", port, o -> o.withTls(impatient)))
                        .isInstanceOf(SslHandshakeTimeoutException.class)
                        .hasMessage("TLS handshake with 127.0.0.1:" + port + " was not complete within 30 ms, so the"
                                + " connection was aborted: does the peer speak TLS on this port?")));
    }

    /** Netty's own limit is 10 seconds. */
    @EachProvider
    void aHandshakeMayTakeAsLongAsTheOptionsSay(SslProvider provider, @TempDir Path directory) {
        VirtualLoopback virtual = new VirtualLoopback(directory);
        TlsOptions patient = TlsOptions.of(new TestTls(provider).client())
                .withServerName("localhost")
                .withHandshakeTimeout(Duration.ofMinutes(5));
        Duration taken = virtual.run(() -> {
            try (Server server = startServer(TlsHandshakeTest::readToTheEnd, virtual.address())) {
                assertThatThrownBy(() -> openConnection(server.addresses().getFirst(), o -> o.withTls(patient)))
                        .isInstanceOf(SslHandshakeTimeoutException.class)
                        .hasMessageContaining("within 300 s");
            }
        });
        assertThat(taken).isEqualTo(Duration.ofMinutes(5));
    }

    @EachProvider
    void aServerGivesUpAClientThatSaysNothing(SslProvider provider) {
        TlsOptions impatient = TlsOptions.of(new TestTls(provider).server()).withHandshakeTimeout(SHORT);
        preferred.run(() -> {
            try (Server server = startServer(TlsHandshakeTest::readToTheEnd, HOST, 0, o -> o.withTls(impatient));
                    Connection silent = openConnection(HOST, server.port())) {
                assertThat(silent.reader().readAll()).isEmpty();
            }
        });
    }

    @EachProvider
    @PortOf("test_ssl.ssl_handshake_timeout")
    @PortOf("test_sslproto.handshake_timeout")
    void aHandshakeThatIsCancelledClosesTheSocketAndTellsNobody(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> {
            Future<@Nullable Void> hello = Loop.current().createFuture();
            ConnectionHandler silent = peer -> {
                peer.reader().readExactly(1);
                hello.setResult(null);
                peer.reader().readAll();
            };
            Server server = startServer(silent, HOST, 0);
            long before = Descriptors.sockets();
            Task<?> opening = createTask(() -> openConnection(HOST, server.port(), o -> o.withTls(context)));
            hello.await();
            opening.cancel();
            assertThatThrownBy(opening::await).isInstanceOf(CancelledError.class);
            until(() -> Descriptors.sockets() == before);
            server.close();
            server.waitClosed();
        });
    }

    @EachProvider
    @PortOf("test_sslproto.close_during_handshake")
    void closingDuringAHandshakeClosesTheSocket(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        new Loopback(Transport.preferred()).talk((client, peer) -> {
            Task<?> handshake =
                    createTask(() -> client.startTls(TlsOptions.of(context).withServerName("localhost")));
            assertThat(peer.reader().read(1)).isNotNull();
            client.close();
            assertThat(client.channel().isOpen()).isFalse();
            assertThatThrownBy(handshake::await).hasRootCauseInstanceOf(IOException.class);
        });
    }

    @Test
    void aServerThatIsClosedDropsThoseWhoStillShakeHands() {
        preferred.run(() -> {
            Server server = startServer(TlsHandshakeTest::readToTheEnd, HOST, 0, o -> o.withTls(TestTls.JDK.server()));
            try (Connection silent = openConnection(HOST, server.port())) {
                until(() -> server.toString().contains("1 connections"));
                yieldNow();
                server.close();
                server.closeClients();
                assertThat(silent.reader().readAll()).isEmpty();
                server.waitClosed();
            }
        });
    }

    @Test
    @PortOf("test_ssl.connect_timeout_warning")
    void aConnectionThatIsRefusedBeforeAnyHandshakeLeavesNothing() {
        preferred.run(() -> {
            long before = Descriptors.sockets();
            try (RefusingPort port = new RefusingPort()) {
                assertThatThrownBy(() -> openConnection(HOST, port.number(), o -> o.withTls(TestTls.JDK.client())))
                        .isInstanceOf(IOException.class);
            }
            until(() -> Descriptors.sockets() == before);
        });
    }

    // Options

    @Test
    @PortOf("test_sslproto.handshake_timeout_zero")
    @PortOf("test_sslproto.handshake_timeout_negative")
    void timeoutsThatAreNotPositiveAreRefused() {
        TlsOptions options = TlsOptions.of(TestTls.JDK.client());
        assertThatThrownBy(() -> options.withHandshakeTimeout(Duration.ZERO)).hasMessage("handshakeTimeout <= 0: 0 s");
        assertThatThrownBy(() -> options.withHandshakeTimeout(Duration.ofSeconds(-10)))
                .hasMessage("handshakeTimeout <= 0: -10 s");
        assertThatThrownBy(() -> options.withShutdownTimeout(Duration.ZERO)).hasMessage("shutdownTimeout <= 0: 0 s");
    }

    @Test
    void aContextForTheOtherSideIsRefused() {
        assertThatThrownBy(() -> ConnectOptions.defaults().withTls(TestTls.JDK.server()))
                .hasMessage("a client was given a server's SslContext: make one with SslContextBuilder.forClient()");
        assertThatThrownBy(() -> ServerOptions.defaults().withTls(TestTls.JDK.client()))
                .hasMessage("a server was given a client's SslContext: make one with SslContextBuilder.forServer(key,"
                        + " certificates)");
    }

    @Test
    @PortOf("test_base_events.create_connection_ssl_server_hostname_errors")
    void aClientThatDoesNotSayWhoseCertificateItExpectsIsRefused() {
        preferred.talk((client, peer) -> {
            assertThatThrownBy(() -> client.startTls(TestTls.JDK.client()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "startTls with " + Loopback.text(client.remoteAddress())
                                    + " has no host name to verify its certificate against: use withServerName(host), or withoutHostnameVerification()");
            client.writer().writeLine("goes on");
            assertThat(peer.reader().readLine()).isEqualTo("goes on");
            assertThat(client.tls()).isEmpty();
        });
    }
}
