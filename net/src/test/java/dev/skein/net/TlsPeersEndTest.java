package dev.skein.net;

import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Transport;
import dev.skein.testsupport.Await;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** How an encrypted connection ends that the peer closes, ends, breaks or resets. */
class TlsPeersEndTest {
    /** More than the sockets' own buffers hold. */
    private static final byte[] MUCH = new byte[4_000_000];

    private final Loopback preferred = new Loopback(Transport.preferred());

    /** For a peer that ends its TCP stream only. */
    private static TlsOptions ragged(SslContext context) {
        return TlsOptions.of(context).withTruncationAllowed();
    }

    private static Connection connect(int port, SslContext context) throws IOException {
        return openConnection("localhost", port, o -> o.withTls(context));
    }

    @EachProvider
    @PortOf("test_ssl.shutdown_cleanly")
    void thePeersEndIsTheEndOfWhatIsRead(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        byte[] question = new byte[100_000];
        int clients = 5;
        preferred.run(() -> JdkPeer.serve(
                clients,
                socket -> {
                    SSLSocket tls = JdkPeer.asServer(socket);
                    assertThat(tls.getInputStream().readNBytes(question.length)).hasSize(question.length);
                    tls.getOutputStream().write("OK".getBytes(UTF_8));
                    tls.shutdownOutput();
                    assertThat(tls.getInputStream().read()).isEqualTo(-1);
                },
                port -> JdkPeer.together(clients, () -> {
                    Connection connection = connect(port, context);
                    connection.writer().write(question);
                    assertThat(connection.reader().readExactly(2))
                            .asString(UTF_8)
                            .isEqualTo("OK");
                    assertThat(connection.reader().readAll()).isEmpty();
                    connection.close();
                    connection.writer().waitClosed();
                })));
    }

    @EachProvider
    @PortOf("test_ssl.remote_shutdown_receives_trailing_data")
    void aPeerThatHasEndedItsSideStillGetsWhatWasQueuedForIt(SslProvider provider) {
        endsBeforeItReads(provider, SSLSocket::shutdownOutput, options -> options);
    }

    @EachProvider
    @PortOf("test_ssl.remote_shutdown_receives_trailing_data")
    void aPeerThatHasEndedItsTcpStreamStillGetsWhatWasQueuedForIt(SslProvider provider) {
        endsBeforeItReads(provider, null, options -> options);
    }

    @EachProvider
    @PortOf("test_ssl.remote_shutdown_receives_trailing_data_on_slow_socket")
    void alsoOverASocketThatTakesLittleAtATime(SslProvider provider) {
        UnaryOperator<ConnectOptions> slow = options -> options.withOption(ChannelOption.SO_SNDBUF, 4096);
        endsBeforeItReads(provider, SSLSocket::shutdownOutput, slow);
        endsBeforeItReads(provider, null, slow);
    }

    /** How a peer ends its side. */
    @FunctionalInterface
    private interface Ending {
        void of(SSLSocket socket) throws IOException;
    }

    private void endsBeforeItReads(
            SslProvider provider, @Nullable Ending ending, UnaryOperator<ConnectOptions> options) {
        SslContext context = new TestTls(provider).client();
        CountDownLatch queued = new CountDownLatch(1);
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    SSLSocket tls = JdkPeer.asServer(socket);
                    InputStream input = tls.getInputStream();
                    assertThat(input.readNBytes(4)).asString(UTF_8).isEqualTo("ping");
                    tls.getOutputStream().write("pong".getBytes(UTF_8));
                    Await.latch(queued);
                    if (ending == null) {
                        socket.shutdownOutput();
                    } else {
                        ending.of(tls);
                    }
                    assertThat(input.readNBytes(MUCH.length)).hasSize(MUCH.length);
                    assertThat(input.read()).as("our close_notify").isEqualTo(-1);
                },
                port -> {
                    TlsOptions tls = ending == null ? ragged(context) : TlsOptions.of(context);
                    Connection connection = openConnection(
                            "localhost", port, o -> options.apply(o).withTls(tls));
                    connection.writer().write("ping");
                    assertThat(connection.reader().readExactly(4))
                            .asString(UTF_8)
                            .isEqualTo("pong");
                    connection.writer().write(MUCH);
                    yieldNow();
                    queued.countDown();
                    assertThat(connection.reader().readAll()).isEmpty();
                    assertThat(connection.writer().isClosing()).isTrue();
                    connection.close();
                    connection.writer().waitClosed();
                }));
    }

    @EachProvider
    @PortOf("test_ssl.shutdown_timeout_handler_not_set")
    void bytesBeforeThePeersEndAreReadAfterAPause(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        byte[] extra = new byte[300_000];
        CountDownLatch ended = new CountDownLatch(1);
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    SSLSocket tls = JdkPeer.asServer(socket);
                    tls.getOutputStream().write("hello".getBytes(UTF_8));
                    assertThat(tls.getInputStream().readNBytes(5))
                            .asString(UTF_8)
                            .isEqualTo("world");
                    tls.getOutputStream().write(extra);
                    socket.shutdownOutput();
                    ended.countDown();
                    assertThat(tls.getInputStream().read()).isEqualTo(-1);
                },
                port -> {
                    Connection connection = openConnection(
                            "localhost", port, o -> o.withTls(ragged(context)).withLimit(1000));
                    assertThat(connection.reader().readExactly(5))
                            .asString(UTF_8)
                            .isEqualTo("hello");
                    connection.writer().write("world");
                    until(() -> !connection.channel().config().isAutoRead());
                    dev.skein.loop.Asyncio.toThread(() -> {
                        Await.latch(ended);
                        return 0;
                    });
                    assertThat(connection.reader().readAll()).hasSize(extra.length);
                    connection.writer().waitClosed();
                    connection.close();
                }));
    }

    /** A peer has said half, and when it hears something it ends its TCP stream, and not its side of TLS. */
    private static void breaksOff(Transport transport, UnaryOperator<ConnectOptions> options, Talk talk) {
        new Loopback(transport)
                .run(() -> JdkPeer.serve(
                        1,
                        socket -> {
                            SSLSocket tls = JdkPeer.asServer(socket);
                            tls.getOutputStream().write("half".getBytes(UTF_8));
                            tls.getInputStream().read();
                            socket.shutdownOutput();
                            socket.getInputStream().readAllBytes();
                        },
                        port -> {
                            Connection connection = openConnection("localhost", port, options);
                            talk.with(connection);
                            connection.close();
                        }));
    }

    private interface Talk {
        void with(Connection connection) throws Exception;
    }

    private static void assertCutOff(Connection connection) throws IOException {
        StreamReader reader = connection.reader();
        connection.writer().write("x");
        String lost = "connection with " + Loopback.text(connection.remoteAddress())
                + " was lost: the peer closed it without a TLS close_notify, so the last of its data may be missing;"
                + " if the peer always does so, see TlsOptions.withTruncationAllowed";
        assertThatThrownBy(reader::readAll)
                .isInstanceOf(IOException.class)
                .hasMessage(lost)
                .hasCauseInstanceOf(SSLException.class);
        assertThatThrownBy(reader::readLine).hasMessage(lost);
        assertThat(reader.read(100)).asString(UTF_8).isEqualTo("half");
        assertThatThrownBy(() -> reader.read(1)).hasMessage(lost);
        assertThat(reader.atEof()).isFalse();
        // It is what is read that was cut off.
        connection.writer().waitClosed();
    }

    @EachTransport
    void anEndWithoutACloseNotifyIsAFailureBehindWhatCame(Transport transport) {
        for (TestTls tls : TestTls.all()) {
            breaksOff(transport, o -> o.withTls(tls.client()), TlsPeersEndTest::assertCutOff);
        }
    }

    @EachTransport
    void alsoWhereThePeersEndClosesTheConnection(Transport transport) {
        for (TestTls tls : TestTls.all()) {
            breaksOff(
                    transport,
                    o -> o.withTls(tls.client()).withOption(ChannelOption.ALLOW_HALF_CLOSURE, false),
                    TlsPeersEndTest::assertCutOff);
        }
    }

    @EachTransport
    void aCutIsAnEndIfTruncationIsAllowed(Transport transport) {
        for (TestTls tls : TestTls.all()) {
            breaksOff(transport, o -> o.withTls(ragged(tls.client())), connection -> {
                connection.writer().write("x");
                assertThat(connection.reader().readAll()).asString(UTF_8).isEqualTo("half");
                connection.writer().waitClosed();
            });
        }
    }

    @EachProvider
    void closingTheOwnChannelIsNoCut(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        breaksOff(Transport.preferred(), o -> o.withTls(context), connection -> {
            assertThat(connection.reader().readExactly(4)).asString(UTF_8).isEqualTo("half");
            dev.skein.loop.Asyncio.await(connection.channel().close());
            assertThat(connection.reader().readAll()).isEmpty();
        });
    }

    @EachProvider
    @PortOf("test_sslproto.connection_lost_when_busy")
    void aConnectionThatIsResetFailsTheWriterThatWaits(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    SSLSocket tls = JdkPeer.asServer(socket);
                    tls.getInputStream().read();
                    socket.setSoLinger(true, 0);
                    socket.close();
                },
                port -> {
                    Connection connection = connect(port, context);
                    assertThatThrownBy(() -> {
                                while (true) {
                                    connection.writer().write(new byte[10_000]);
                                    connection.writer().drain();
                                }
                            })
                            .isInstanceOf(IOException.class)
                            .hasMessageStartingWith("connection with 127.0.0.1:" + port);
                    assertThatThrownBy(() -> connection.writer().write(new byte[1]))
                            .isInstanceOf(IOException.class);
                    connection.close();
                }));
    }

    @EachProvider
    @PortOf("test_ssl.start_tls_client_corrupted_ssl")
    @PortOf("test_sslproto.start_tls_client_corrupted_ssl")
    void aBrokenRecordIsALostConnection(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    SSLSocket tls = JdkPeer.asServer(socket);
                    tls.getOutputStream().write("A\n".getBytes(UTF_8));
                    tls.getInputStream().read();
                    socket.getOutputStream().write("please corrupt the TLS connection".getBytes(UTF_8));
                    socket.getInputStream().readAllBytes();
                },
                port -> {
                    Connection connection = connect(port, context);
                    assertThat(connection.reader().readLine()).isEqualTo("A");
                    connection.writer().write("B");
                    assertThatThrownBy(() -> connection.reader().readLine())
                            .isInstanceOf(IOException.class)
                            .hasMessageStartingWith("connection with 127.0.0.1:" + port + " was lost: ")
                            .hasCauseInstanceOf(javax.net.ssl.SSLException.class);
                    assertThatThrownBy(() -> connection.writer().waitClosed()).isInstanceOf(IOException.class);
                    connection.close();
                }));
    }
}
