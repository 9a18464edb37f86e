package dev.skein.net;

import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import dev.skein.loop.TimeoutException;
import dev.skein.loop.Transport;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.DomainWildcardMappingBuilder;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Encrypted connections: who speaks to whom, and what the sides agree on. */
class TlsTest {
    private static final byte[] A = new byte[100_000];

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static void echo(Connection peer) throws IOException {
        byte[] chunk;
        while ((chunk = peer.reader().read(4096)) != null) {
            peer.writer().write(chunk);
        }
    }

    private static Connection connect(int port, SslContext context) throws IOException {
        return openConnection("localhost", port, o -> o.withTls(context));
    }

    // Speaking

    @EachTransport
    @PortOf("test_events.create_server_ssl")
    @PortOf("test_events.create_server_ssl_verified")
    void aClientAndAServerSpeak(Transport transport) {
        for (TestTls tls : TestTls.all()) {
            new Loopback(transport).run(() -> {
                Server server = startServer(TlsTest::echo, HOST, 0, o -> o.withTls(tls.server()));
                try (Connection connection = connect(server.port(), tls.client())) {
                    connection.writer().writeLine("hello");
                    assertThat(connection.reader().readLine()).isEqualTo("hello");
                    assertKnows(connection, server);
                    assertThat(connection.channel().pipeline().first()).isInstanceOf(SslHandler.class);
                    assertThat(connection.channel().pipeline().names()).hasSize(3);
                }
                server.close();
                server.waitClosed();
            });
        }
    }

    private static void assertKnows(Connection connection, Server server) {
        assertThat(connection.localAddress()).isNotNull();
        assertThat(connection.remoteAddress()).isEqualTo(server.addresses().getFirst());
        TlsSession session = connection.tls().orElseThrow();
        assertThat(session.protocol()).isEqualTo("TLSv1.3");
        assertThat(session.cipherSuite()).startsWith("TLS_");
        assertThat(session.peerCertificates()).startsWith(TestTls.LOCALHOST.getCertificate());
    }

    @EachTransport
    @PortOf("test_streams.open_connection_no_loop_ssl")
    @PortOf("test_events.create_ssl_connection")
    void anAnswerIsReadToItsEnd(Transport transport) {
        ConnectionHandler answer = peer -> {
            while (!String.valueOf(peer.reader().readLine()).isEmpty()) {
                // Up to the empty line.
            }
            peer.writer().write("HTTP/1.0 200 OK\r\n\r\nTest message");
        };
        for (TestTls tls : TestTls.all()) {
            new Loopback(transport).run(() -> {
                Server server = startServer(answer, HOST, 0, o -> o.withTls(tls.server()));
                try (Connection connection = connect(server.port(), tls.client())) {
                    connection.writer().write("GET / HTTP/1.0\r\n\r\n");
                    assertThat(new String(connection.reader().readAll(), UTF_8)).endsWith("\r\n\r\nTest message");
                    assertKnows(connection, server);
                }
                server.close();
                server.waitClosed();
            });
        }
    }

    @EachProvider
    @PortOf("test_ssl.create_server_ssl_1")
    void aServerServesManyClientsOfAnotherKind(SslProvider provider) {
        SslContext context = new TestTls(provider).server();
        int[] served = new int[1];
        ConnectionHandler handler = peer -> {
            assertThat(peer.reader().readExactly(A.length)).isEqualTo(A);
            peer.writer().write("OK");
            assertThat(peer.reader().readExactly(A.length)).isEqualTo(A);
            peer.writer().write("SP");
            peer.writer().write("AM");
            peer.writer().drain();
            peer.writer().close();
            served[0]++;
        };
        preferred.run(() -> {
            Server server = startServer(handler, HOST, 0, o -> o.withTls(context));
            List<Task<?>> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                clients.add(JdkPeer.client(server.port(), socket -> {
                    SSLSocket tls = JdkPeer.asClient(socket);
                    tls.getOutputStream().write(A);
                    assertThat(tls.getInputStream().readNBytes(2))
                            .asString(UTF_8)
                            .isEqualTo("OK");
                    tls.getOutputStream().write(A);
                    assertThat(tls.getInputStream().readAllBytes())
                            .asString(UTF_8)
                            .isEqualTo("SPAM");
                }));
            }
            for (Task<?> client : clients) {
                client.await();
            }
            server.close();
            server.waitClosed();
        });
        assertThat(served[0]).isEqualTo(5);
    }

    @EachProvider
    @PortOf("test_ssl.create_connection_ssl_1")
    void manyClientsSpeakToAServerOfAnotherKind(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> JdkPeer.serve(
                5,
                socket -> {
                    SSLSocket tls = JdkPeer.asServer(socket);
                    assertThat(tls.getInputStream().readNBytes(A.length)).isEqualTo(A);
                    tls.getOutputStream().write("OK".getBytes(UTF_8));
                    assertThat(tls.getInputStream().readNBytes(A.length)).isEqualTo(A);
                    tls.getOutputStream().write("SPAM".getBytes(UTF_8));
                },
                port -> JdkPeer.together(5, () -> {
                    Connection client = connect(port, context);
                    client.writer().write(A);
                    assertThat(client.reader().readExactly(2)).asString(UTF_8).isEqualTo("OK");
                    client.writer().write(A);
                    assertThat(client.reader().readExactly(4)).asString(UTF_8).isEqualTo("SPAM");
                    client.close();
                    client.writer().waitClosed();
                })));
    }

    // Agreeing

    @EachProvider
    void bothSidesReadWhatAlpnChose(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        List<String> seen = new ArrayList<>();
        ConnectionHandler handler =
                peer -> seen.add(peer.tls().orElseThrow().applicationProtocol().orElse("none"));
        preferred.run(() -> {
            SslContext both =
                    tls.server(TestTls.LOCALHOST, builder -> builder.applicationProtocolConfig(alpn("h2", "http/1.1")));
            try (Server server = startServer(handler, HOST, 0, o -> o.withTls(both))) {
                SslContext old = tls.client(builder -> builder.applicationProtocolConfig(alpn("http/1.1")));
                try (Connection connection = connect(server.port(), old)) {
                    assertThat(connection.tls().orElseThrow().applicationProtocol())
                            .hasValue("http/1.1");
                    assertThat(connection.reader().readAll()).isEmpty();
                }
                try (Connection connection = connect(server.port(), tls.client())) {
                    assertThat(connection.tls().orElseThrow().applicationProtocol())
                            .isEmpty();
                    assertThat(connection.reader().readAll()).isEmpty();
                }
            }
        });
        assertThat(seen).containsExactly("http/1.1", "none");
    }

    private static ApplicationProtocolConfig alpn(String... protocols) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, protocols);
    }

    @EachProvider
    @PortOf("test_base_events.create_connection_ssl_server_hostname_default")
    void aServerShowsTheCertificateOfTheNameThatIsAskedFor(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        X509Bundle other = TestTls.issued(certificate -> certificate.addSanDnsName("a.example.org"));
        TlsOptions names = TlsOptions.of(new DomainWildcardMappingBuilder<>(tls.server())
                .add("*.example.org", tls.server(other))
                .build());
        ConnectionHandler handler = peer ->
                peer.writer().writeLine(peer.tls().orElseThrow().serverName().orElse("none"));
        preferred.run(() -> {
            try (Server server = startServer(handler, HOST, 0, o -> o.withTls(names))) {
                for (String name : List.of("localhost", "a.example.org", "127.0.0.1")) {
                    TlsOptions asks = TlsOptions.of(tls.client()).withServerName(name);
                    try (Connection connection = openConnection(HOST, server.port(), o -> o.withTls(asks))) {
                        assertThat(connection.tls().orElseThrow().peerCertificates())
                                .startsWith((name.endsWith("org") ? other : TestTls.LOCALHOST).getCertificate());
                        assertThat(connection.reader().readLine()).isEqualTo(name.equals(HOST) ? "none" : name);
                    }
                }
                try (Connection connection = connect(server.port(), tls.client())) {
                    assertThat(connection.reader().readLine())
                            .as("the host is the name, if no other is said")
                            .isEqualTo("localhost");
                }
            }
        });
    }

    @EachProvider
    void aNameWithADotAtItsEndIsTheNameWithoutIt(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        TlsOptions dotted = TlsOptions.of(tls.client()).withServerName("localhost.");
        preferred.talk(
                o -> o.withTls(dotted),
                o -> o.withTls(tls.server()),
                (client, peer) ->
                        assertThat(peer.tls().orElseThrow().serverName()).hasValue("localhost"));
    }

    @EachProvider
    void aMappingThatHasNothingForANameFailsThatHandshakeOnly(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        TlsOptions names = TlsOptions.of(name -> {
            if (name == null) {
                throw new IllegalStateException("no name");
            }
            return tls.server();
        });
        preferred.run(() -> {
            try (Server server = startServer(TlsTest::echo, HOST, 0, o -> o.withTls(names))) {
                assertThatThrownBy(() -> openConnection(HOST, server.port(), o -> o.withTls(tls.client())))
                        .isInstanceOf(IOException.class);
                connect(server.port(), tls.client()).close();
            }
        });
    }

    @EachProvider
    void certificatesAreReplacedWhileTheServerServes(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        X509Bundle renewed = TestTls.issued(certificate -> certificate.addSanDnsName("localhost"));
        AtomicReference<SslContext> current = new AtomicReference<>(tls.server());
        preferred.run(() -> {
            try (Server server =
                            startServer(TlsTest::echo, HOST, 0, o -> o.withTls(TlsOptions.of(name -> current.get())));
                    Connection before = connect(server.port(), tls.client())) {
                current.set(tls.server(renewed));
                try (Connection after = connect(server.port(), tls.client())) {
                    assertThat(before.tls().orElseThrow().peerCertificates())
                            .startsWith(TestTls.LOCALHOST.getCertificate());
                    assertThat(after.tls().orElseThrow().peerCertificates()).startsWith(renewed.getCertificate());
                    before.writer().writeLine("still here");
                    assertThat(before.reader().readLine()).isEqualTo("still here");
                }
            }
        });
    }

    @EachProvider
    void aServerReadsItsClientsCertificate(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        X509Bundle alice = TestTls.issued(certificate -> certificate.subject("CN=alice"));
        SslContext asking = tls.server(
                TestTls.LOCALHOST,
                builder -> builder.clientAuth(ClientAuth.OPTIONAL)
                        .trustManager(TestTls.AUTHORITY.toTrustManagerFactory()));
        ConnectionHandler handler = peer ->
                peer.writer().write(peer.tls().orElseThrow().peerCertificates().isEmpty() ? "who?" : "alice");
        preferred.run(() -> {
            try (Server server = startServer(handler, HOST, 0, o -> o.withTls(asking))) {
                SslContext known = tls.client(
                        builder -> builder.keyManager(alice.getKeyPair().getPrivate(), alice.getCertificatePath()));
                for (SslContext context : List.of(known, tls.client())) {
                    try (Connection connection = connect(server.port(), context)) {
                        assertThat(connection.reader().readAll())
                                .asString(UTF_8)
                                .isEqualTo(context == known ? "alice" : "who?");
                    }
                }
            }
        });
    }

    @Test
    @PortOf("test_sslproto.get_extra_info_on_closed_connection")
    void theSessionCanBeAskedForAtAnyTime() {
        preferred.talk((client, peer) -> {
            assertThat(client.tls()).isEmpty();
            Task<?> server = dev.skein.loop.Asyncio.createTask(() -> peer.startTls(TestTls.JDK.server()));
            client.startTls(TlsOptions.of(TestTls.JDK.client()).withServerName("localhost"));
            server.await();
            TlsSession session = client.tls().orElseThrow();
            assertThat(session.protocol()).isEqualTo("TLSv1.3");
            assertThat(session.cipherSuite()).startsWith("TLS_");
            client.close();
            client.writer().waitClosed();
            assertThat(client.tls()).hasValue(session);
        });
    }

    @Test
    @PortOf("test_events.create_ssl_connection")
    void aClientWithoutAContextOfItsOwnTrustsWhomTheJdkTrusts() {
        preferred.run(() -> {
            try (Server server = startServer(TlsTest::echo, HOST, 0, o -> o.withTls(TestTls.JDK.server()))) {
                connect(server.port(), TestTls.JDK.client()).close();
                assertThatThrownBy(() -> openConnection("localhost", server.port(), o -> o.withTls()))
                        .hasMessageContaining("is not signed by a CA that the SslContext trusts");
            }
        });
    }

    // Letting go

    @EachProvider
    @PortOf("test_ssl.create_connection_memory_leak")
    @PortOf("test_sslproto.create_connection_memory_leak")
    void aConnectionThatIsClosedKeepsNoContext(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        preferred.run(() -> {
            try (Server server = startServer(TlsTest::echo, HOST, 0, o -> o.withTls(tls.server()))) {
                assertCollected(usedAndClosed(tls, server.port()));
            }
        });
    }

    @EachProvider
    @PortOf("test_sslproto.create_connection_memory_leak")
    @PortOf("test_sslproto.start_tls_client_reg_proto_1")
    void aConnectionThatItsPeerEndsUncleanlyKeepsNoContext(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        preferred.run(() -> JdkPeer.serve(
                2,
                socket -> {
                    SSLSocket peer = JdkPeer.asServer(socket);
                    peer.getOutputStream().write('O');
                    assertThat(peer.getInputStream().readNBytes(A.length)).hasSize(A.length);
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                },
                port -> {
                    for (boolean fromTheStart : new boolean[] {true, false}) {
                        assertCollected(endedByPeer(tls, port, fromTheStart));
                    }
                }));
    }

    private static WeakReference<SslContext> endedByPeer(TestTls tls, int port, boolean fromTheStart) {
        SslContext context = tls.client();
        dev.skein.loop.Asyncio.createTask(() -> {
                    Connection connection = fromTheStart ? connect(port, context) : openConnection(HOST, port);
                    if (!fromTheStart) {
                        connection.startTls(TlsOptions.of(context).withServerName("localhost"));
                    }
                    assertThat(connection.reader().readExactly(1)).containsExactly('O');
                    connection.writer().write(A);
                    Loopback.until(() -> !connection.channel().isOpen());
                })
                .await();
        return new WeakReference<>(context);
    }

    @EachProvider
    @PortOf("test_ssl.shutdown_timeout_handler_leak")
    void aConnectionWhosePeerDoesNotAnswerTheEndKeepsNoContext(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    assertThat(JdkPeer.asServer(socket).getInputStream().read()).isEqualTo(-1);
                    socket.close();
                },
                port -> assertCollected(closed(tls, port))));
    }

    private static WeakReference<SslContext> closed(TestTls tls, int port) {
        SslContext context = tls.client();
        dev.skein.loop.Asyncio.createTask(() -> connect(port, context).close()).await();
        return new WeakReference<>(context);
    }

    private static WeakReference<SslContext> usedAndClosed(TestTls tls, int port) {
        SslContext context = tls.client();
        dev.skein.loop.Asyncio.createTask(() -> {
                    Connection connection = connect(port, context);
                    connection.writer().write("O");
                    assertThat(connection.reader().readExactly(1)).containsExactly('O');
                    connection.close();
                })
                .await();
        return new WeakReference<>(context);
    }

    @EachProvider
    @PortOf("test_ssl.handshake_timeout_handler_leak")
    @PortOf("test_sslproto.handshake_timeout")
    void aHandshakeThatWasGivenUpKeepsNoContext(SslProvider provider) throws Exception {
        TestTls tls = new TestTls(provider);
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            preferred.run(() -> assertCollected(givenUp(tls, silent.getLocalPort())));
        }
    }

    private static WeakReference<SslContext> givenUp(TestTls tls, int port) {
        SslContext context = tls.client();
        Task<?> task = dev.skein.loop.Asyncio.createTask(
                () -> dev.skein.loop.Asyncio.waitFor(() -> connect(port, context), Duration.ofMillis(30)));
        assertThatThrownBy(task::await).isInstanceOf(TimeoutException.class);
        return new WeakReference<>(context);
    }

    @SuppressWarnings("SystemGc") // what is still reachable is known only then
    private static void assertCollected(WeakReference<?> reference) {
        for (int i = 0; i < 100 && reference.get() != null; i++) {
            System.gc();
            dev.skein.loop.Asyncio.sleep(Duration.ofMillis(1));
        }
        assertThat(reference.get()).isNull();
    }
}
