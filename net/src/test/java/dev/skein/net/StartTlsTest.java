package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.util.Arrays;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** A connection that is encrypted when both sides have spoken in clear. */
class StartTlsTest {
    private static final byte[] HELLO = hello();

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static byte[] hello() {
        byte[] bytes = new byte[100 * 1024];
        Arrays.fill(bytes, (byte) '1');
        return bytes;
    }

    private static TlsOptions localhost(SslContext client) {
        return TlsOptions.of(client).withServerName("localhost");
    }

    @EachProvider
    @PortOf("test_streams.start_tls")
    void bothSidesGoOnEncrypted(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        preferred.talk((client, peer) -> {
            Task<?> server = createTask(() -> {
                assertThat(peer.reader().readLine()).isEqualTo("hello world 1!");
                peer.writer().writeLine("go");
                assertThat(peer.tls()).isEmpty();
                peer.startTls(tls.server());
                assertThat(peer.tls()).isPresent();
                assertThat(peer.reader().readLine()).isEqualTo("hello world 2!");
                peer.writer().writeLine("bye");
            });
            client.writer().writeLine("hello world 1!");
            assertThat(client.reader().readLine()).isEqualTo("go");
            assertThat(client.tls()).isEmpty();
            client.startTls(localhost(tls.client()));
            assertThat(client.tls().orElseThrow().protocol()).isEqualTo("TLSv1.3");
            client.writer().writeLine("hello world 2!");
            assertThat(client.reader().readLine()).isEqualTo("bye");
            server.await();
        });
    }

    @EachProvider
    @PortOf("test_streams.start_tls_buffered_data")
    void aClientsHelloThatCameEarlyIsNotLost(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        helloComesEarly(tls, TlsOptions.of(tls.server()));
        helloComesEarly(tls, TlsOptions.of(name -> tls.server()));
    }

    private void helloComesEarly(TestTls tls, TlsOptions server) {
        preferred.talk((client, peer) -> {
            client.writer().writeLine("STARTTLS");
            Task<?> quick = createTask(() -> client.startTls(localhost(tls.client())));
            // The hello is in the reader's buffer, behind the line.
            until(() -> peer.reader().toString().matches(".* \\d{3,} bytes.*"));
            assertThat(peer.reader().readLine()).isEqualTo("STARTTLS");
            peer.startTls(server);
            quick.await();
            client.writer().writeLine("hello");
            assertThat(peer.reader().readLine()).isEqualTo("hello");
        });
    }

    @Test
    void clearBytesThatAClientHasNotReadStayReadable() {
        preferred.talk((client, peer) -> {
            peer.writer().writeLine("go");
            until(() -> client.reader().toString().contains(" 3 bytes"));
            Task<?> server = createTask(() -> peer.startTls(TestTls.JDK.server()));
            client.startTls(localhost(TestTls.JDK.client()));
            server.await();
            peer.writer().writeLine("encrypted");
            assertThat(client.reader().readLine()).isEqualTo("go");
            assertThat(client.reader().readLine()).isEqualTo("encrypted");
        });
    }

    @Test
    void aReaderThatWasFullIsReadOnForTheHandshake() {
        preferred.talk(options -> options.withLimit(10), options -> options, (client, peer) -> {
            peer.writer().write("x".repeat(100));
            until(() -> !client.channel().config().isAutoRead());
            Task<?> server = createTask(() -> peer.startTls(TestTls.JDK.server()));
            client.startTls(localhost(TestTls.JDK.client()));
            server.await();
            peer.writer().write("y".repeat(100));
            assertThat(client.reader().readExactly(200)).asString(UTF_8).isEqualTo("x".repeat(100) + "y".repeat(100));
        });
    }

    @Test
    void aWriteDuringTheHandshakeWaitsForIt() {
        preferred.talk((client, peer) -> {
            Task<?> handshake = createTask(() -> client.startTls(localhost(TestTls.JDK.client())));
            yieldNow();
            Task<?> writer = createTask(() -> client.writer().writeLine("secret"));
            peer.startTls(TestTls.JDK.server());
            assertThat(peer.reader().readLine()).isEqualTo("secret");
            handshake.await();
            writer.await();
        });
    }

    @EachProvider
    @PortOf("test_ssl.start_tls_client_reg_proto_1")
    @PortOf("test_sslproto.start_tls_client_reg_proto_1")
    void aClientOfAnotherKindOfServer(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> JdkPeer.serve(
                2,
                socket -> {
                    assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
                    SSLSocket tls = JdkPeer.asServer(socket);
                    tls.getOutputStream().write('O');
                    assertThat(tls.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
                    if (tls.getInputStream().read() == 'c') {
                        tls.shutdownOutput();
                    } else {
                        socket.shutdownOutput();
                    }
                    assertThat(tls.getInputStream().read()).isEqualTo(-1);
                },
                port -> {
                    for (String how : new String[] {"clean", "unclean"}) {
                        Connection client = openConnection(HOST, port);
                        client.writer().write(HELLO);
                        client.startTls(localhost(context).withTruncationAllowed());
                        assertThat(client.reader().readExactly(1))
                                .asString(UTF_8)
                                .isEqualTo("O");
                        client.writer().write(HELLO);
                        client.writer().write(how.substring(0, 1));
                        assertThat(client.reader().readAll()).isEmpty();
                        client.close();
                        client.writer().waitClosed();
                    }
                }));
    }

    @EachProvider
    @PortOf("test_ssl.start_tls_server_1")
    @PortOf("test_sslproto.start_tls_server_1")
    void aServerOfAnotherKindOfClient(SslProvider provider) {
        SslContext context = new TestTls(provider).server();
        preferred.run(() -> {
            int[] ended = new int[1];
            ConnectionHandler handler = peer -> {
                peer.writer().write(HELLO);
                peer.startTls(TlsOptions.of(context).withTruncationAllowed());
                assertThat(peer.reader().readExactly(HELLO.length)).isEqualTo(HELLO);
                peer.writer().write("answer");
                assertThat(peer.reader().readAll()).isEmpty();
                peer.writer().waitClosed();
                ended[0]++;
            };
            try (Server server = startServer(handler, HOST, 0)) {
                for (boolean clean : new boolean[] {true, false}) {
                    JdkPeer.client(server.port(), socket -> {
                                assertThat(socket.getInputStream().readNBytes(HELLO.length))
                                        .isEqualTo(HELLO);
                                SSLSocket tls = JdkPeer.asClient(socket);
                                tls.getOutputStream().write(HELLO);
                                assertThat(tls.getInputStream().readNBytes(6))
                                        .asString(UTF_8)
                                        .isEqualTo("answer");
                                if (clean) {
                                    tls.shutdownOutput();
                                } else {
                                    socket.shutdownOutput();
                                }
                                assertThat(tls.getInputStream().read()).isEqualTo(-1);
                            })
                            .await();
                }
                until(() -> ended[0] == 2);
            }
        });
    }

    @EachProvider
    @PortOf("test_ssl.start_tls_client_buf_proto_1")
    @PortOf("test_sslproto.start_tls_client_buf_proto_1")
    void anotherCoroutineTakesTheReadingOver(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
                    SSLSocket tls = JdkPeer.asServer(socket);
                    tls.getOutputStream().write("O2".getBytes(UTF_8));
                    assertThat(tls.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
                    tls.getOutputStream().write("3".getBytes(UTF_8));
                    tls.shutdownOutput();
                    assertThat(tls.getInputStream().read()).isEqualTo(-1);
                },
                port -> {
                    Connection client = openConnection(HOST, port);
                    client.writer().write(HELLO);
                    client.startTls(localhost(context));
                    createTask(() -> assertThat(client.reader().read(1)).containsExactly('O'))
                            .await();
                    createTask(() -> {
                                client.writer().write(HELLO);
                                assertThat(client.reader().readAll())
                                        .asString(UTF_8)
                                        .isEqualTo("23");
                            })
                            .await();
                    client.close();
                }));
    }

    @EachProvider
    @PortOf("test_ssl.start_tls_slow_client_cancel")
    @PortOf("test_sslproto.start_tls_slow_client_cancel")
    void aHandshakeThatIsCancelledClosesTheConnection(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.talk((client, peer) -> {
            client.writer().write(HELLO);
            peer.reader().readExactly(HELLO.length);
            Task<?> handshake = createTask(() -> client.startTls(localhost(context)));
            assertThat(peer.reader().read(1)).as("the client's hello").hasSize(1);
            handshake.cancel();
            assertThatThrownBy(handshake::await).isInstanceOf(CancelledError.class);
            assertThat(client.writer().isClosing()).isTrue();
            peer.reader().readAll();
            client.writer().waitClosed();
        });
    }

    @Test
    void aConnectionThatCannotBeEncryptedSaysWhy() {
        preferred.talk((client, peer) -> {
            client.writer().writeEof();
            assertThatThrownBy(() -> client.startTls(localhost(TestTls.JDK.client())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("write after writeEof");
            client.close();
            assertThatThrownBy(() -> client.startTls(localhost(TestTls.JDK.client())))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith(" is closed");
        });
    }

    @Test
    void aPeerThatHasEndedItsStreamIsNotWaitedFor() {
        preferred.talk((client, peer) -> {
            peer.writer().writeEof();
            assertThat(client.reader().readAll()).isEmpty();
            assertThatThrownBy(() -> client.startTls(localhost(TestTls.JDK.client())))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageEndingWith(" failed: the connection was closed during the handshake");
        });
    }

    @EachProvider
    @PortOf("test_sslproto.close_during_ssl_over_ssl")
    void closingDuringTheInnerHandshakeEndsThatAndTellsNobody(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        preferred.run(() -> {
            Server server = startServer(
                    peer -> peer.reader().readAll(),
                    HOST,
                    0,
                    o -> o.withTls(TlsOptions.of(tls.server()).withTruncationAllowed()));
            Connection client = openConnection("localhost", server.port(), o -> o.withTls(tls.client()));
            Task<?> inner = createTask(() -> client.startTls(localhost(tls.client())));
            yieldNow();
            assertThat(inner.isDone()).isFalse();
            client.close();
            assertThatThrownBy(inner::await).hasRootCauseInstanceOf(IOException.class);
            client.writer().waitClosed();
            server.close();
            server.waitClosed();
        });
    }

    @EachProvider
    @PortOf("test_ssl.create_server_ssl_over_ssl")
    @PortOf("test_sslproto.close_during_ssl_over_ssl")
    void anEncryptedConnectionIsEncryptedAgain(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        byte[] a = new byte[100_000];
        preferred.run(() -> {
            ConnectionHandler handler = peer -> {
                peer.startTls(tls.server());
                assertThat(peer.reader().readExactly(a.length)).hasSize(a.length);
                peer.writer().write("OK");
                assertThat(peer.reader().readExactly(a.length)).hasSize(a.length);
                peer.writer().write("SPAM");
            };
            Server server = startServer(handler, HOST, 0, o -> o.withTls(tls.server()));
            JdkPeer.together(5, () -> {
                Connection client = openConnection("localhost", server.port(), o -> o.withTls(tls.client()));
                client.startTls(localhost(tls.client()));
                client.writer().write(a);
                assertThat(client.reader().readExactly(2)).asString(UTF_8).isEqualTo("OK");
                client.writer().write(a);
                assertThat(client.reader().readAll()).asString(UTF_8).isEqualTo("SPAM");
                client.close();
                client.writer().waitClosed();
            });
            server.close();
            server.waitClosed();
        });
    }
}
