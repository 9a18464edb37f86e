package dev.skein.net;

import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an encrypted connection ends, from either side. */
class TlsShutdownTest {
    /** More than the sockets' own buffers hold. */
    private static final byte[] MUCH = new byte[4_000_000];

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static Connection connect(int port, SslContext context) throws IOException {
        return openConnection("localhost", port, o -> o.withTls(context));
    }

    private static void talk(SslProvider provider, Loopback.Conversation talk) {
        talk(provider, options -> options, talk);
    }

    private static void talk(SslProvider provider, UnaryOperator<TlsOptions> client, Loopback.Conversation talk) {
        TestTls tls = new TestTls(provider);
        TlsOptions ofClient = client.apply(TlsOptions.of(tls.client()));
        new Loopback(Transport.preferred())
                .talk(options -> options.withTls(ofClient), options -> options.withTls(tls.server()), talk);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    }

    // Our side ends it

    @EachProvider
    void closeIsTheEndOfWhatThePeerReadsAndIsAnswered(SslProvider provider) {
        talk(provider, (client, peer) -> {
            client.writer().write("last");
            client.writer().close();
            assertThat(peer.reader().readAll()).asString(UTF_8).isEqualTo("last");
            client.writer().waitClosed();
            peer.writer().waitClosed();
        });
    }

    @EachProvider
    @Asyncio("test_ssl.flush_before_shutdown")
    void whatIsQueuedIsSentBeforeTheEnd(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        CountDownLatch closed = new CountDownLatch(1);
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    SSLSocket tls = JdkPeer.asServer(socket);
                    assertThat(tls.getInputStream().readNBytes(4))
                            .asString(UTF_8)
                            .isEqualTo("ping");
                    tls.getOutputStream().write("pong".getBytes(UTF_8));
                    await(closed);
                    assertThat(tls.getInputStream().readAllBytes()).hasSize(MUCH.length);
                },
                port -> {
                    Connection connection = connect(port, context);
                    connection.writer().write("ping");
                    assertThat(connection.reader().readExactly(4))
                            .asString(UTF_8)
                            .isEqualTo("pong");
                    connection.writer().write(MUCH);
                    connection.writer().close();
                    yieldNow();
                    assertThat(connection.channel().isOpen()).isTrue();
                    closed.countDown();
                    connection.writer().waitClosed();
                    assertThat(connection.reader().read(1)).isNull();
                }));
    }

    @EachProvider
    @Asyncio("test_sslproto.data_received_after_closing")
    void whatComesAfterOurCloseIsDroppedUpToThePeersEnd(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    SSLSocket tls = JdkPeer.asServer(socket);
                    assertThat(tls.getInputStream().read()).isEqualTo(-1);
                    tls.getOutputStream().write(MUCH);
                },
                port -> {
                    Connection connection = connect(port, context);
                    connection.close();
                    connection.writer().waitClosed();
                    assertThat(connection.reader().read(1)).isNull();
                }));
    }

    @Test
    @Asyncio("test_sslproto.write_after_closing")
    void aWriteAfterCloseIsRefusedAndLosesNothing() {
        talk(SslProvider.JDK, (client, peer) -> {
            ByteBuf refused = Unpooled.buffer().writeByte(1);
            client.writer().close();
            assertThatThrownBy(() -> client.writer().write(refused))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith(" is closed");
            assertThat(refused.refCnt()).isZero();
            assertThat(peer.reader().readAll()).isEmpty();
        });
    }

    @EachProvider
    void aPeerThatDoesNotAnswerTheEndIsGivenUp(SslProvider provider, @TempDir Path directory) {
        givesUp(provider, directory, new byte[1], "did not answer the end of TLS");
    }

    @EachProvider
    void aPeerThatDoesNotTakeWhatIsQueuedIsGivenUp(SslProvider provider, @TempDir Path directory) {
        givesUp(provider, directory, MUCH, "did not take what was queued");
    }

    /** A client closes a connection whose peer does not read any more. */
    private static void givesUp(SslProvider provider, Path directory, byte[] queued, String why) {
        TestTls tls = new TestTls(provider);
        TlsOptions impatient =
                TlsOptions.of(tls.client()).withServerName("localhost").withShutdownTimeout(Duration.ofSeconds(20));
        VirtualLoopback loopback = new VirtualLoopback(directory);
        loopback.talk(o -> o.withTls(impatient), o -> o.withTls(tls.server()), (client, peer) -> {
            peer.channel().config().setAutoRead(false);
            long begin = Loop.current().time();
            client.writer().write(queued);
            client.writer().close();
            assertThatThrownBy(() -> client.writer().waitClosed())
                    .isInstanceOf(IOException.class)
                    .hasMessage("connection with " + loopback.address() + " was lost: the peer " + why
                            + " within PT20S of close(), so the connection was aborted; see"
                            + " TlsOptions.withShutdownTimeout");
            assertThat(client.channel().isOpen()).isFalse();
            assertThat(Duration.ofNanos(Loop.current().time() - begin)).isEqualTo(Duration.ofSeconds(20));
        });
    }

    @EachProvider
    void abortSendsNothingMore(SslProvider provider) {
        talk(provider, (client, peer) -> {
            client.writer().write(MUCH);
            client.abort();
            client.writer().waitClosed();
            assertThat(client.channel().isOpen()).isFalse();
            assertThatThrownBy(() -> peer.reader().readExactly(MUCH.length)).isInstanceOf(IOException.class);
        });
    }

    @Test
    void writeEofIsRefusedAsInAsyncio() {
        talk(SslProvider.JDK, (client, peer) -> {
            assertThatThrownBy(() -> client.writer().writeEof())
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("writeEof over TLS, on the connection with " + Loopback.text(client.remoteAddress())
                            + ": TLS ends both ways at once, so mark the end in what you send, or close()");
            client.writer().writeLine("goes on");
            assertThat(peer.reader().readLine()).isEqualTo("goes on");
        });
    }

    // The peer ends it

    @EachProvider
    @Asyncio("test_ssl.shutdown_cleanly")
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
    @Asyncio("test_ssl.remote_shutdown_receives_trailing_data")
    void aPeerThatHasEndedItsSideStillGetsWhatWasQueuedForIt(SslProvider provider) {
        endsBeforeItReads(provider, SSLSocket::shutdownOutput, options -> options);
    }

    @EachProvider
    @Asyncio("test_ssl.remote_shutdown_receives_trailing_data")
    void aPeerThatHasEndedItsTcpStreamStillGetsWhatWasQueuedForIt(SslProvider provider) {
        endsBeforeItReads(provider, null, options -> options);
    }

    @EachProvider
    @Asyncio("test_ssl.remote_shutdown_receives_trailing_data_on_slow_socket")
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
                    await(queued);
                    if (ending == null) {
                        socket.shutdownOutput();
                    } else {
                        ending.of(tls);
                    }
                    assertThat(input.readNBytes(MUCH.length)).hasSize(MUCH.length);
                    assertThat(input.read()).as("our close_notify").isEqualTo(-1);
                },
                port -> {
                    Connection connection = openConnection(
                            "localhost", port, o -> options.apply(o).withTls(context));
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
    @Asyncio("test_ssl.shutdown_timeout_handler_not_set")
    void whatCameBeforeThePeersEndIsReadAfterAPause(SslProvider provider) {
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
                            "localhost", port, o -> o.withTls(context).withLimit(1000));
                    assertThat(connection.reader().readExactly(5))
                            .asString(UTF_8)
                            .isEqualTo("hello");
                    connection.writer().write("world");
                    until(() -> !connection.channel().config().isAutoRead());
                    dev.skein.loop.Asyncio.toThread(() -> {
                        await(ended);
                        return 0;
                    });
                    assertThat(connection.reader().readAll()).hasSize(extra.length);
                    connection.writer().waitClosed();
                    connection.close();
                }));
    }

    @EachProvider
    void aPeerThatIsGoneWithoutAnEndIsTheEndOfWhatIsRead(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    SSLSocket tls = JdkPeer.asServer(socket);
                    tls.getOutputStream().write("half".getBytes(UTF_8));
                    tls.getInputStream().read();
                    socket.close();
                },
                port -> {
                    Connection connection = connect(port, context);
                    assertThat(connection.reader().readExactly(4))
                            .asString(UTF_8)
                            .isEqualTo("half");
                    connection.writer().write("x");
                    assertThat(connection.reader().readAll()).isEmpty();
                    connection.close();
                }));
    }

    @EachProvider
    @Asyncio("test_sslproto.connection_lost_when_busy")
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
    @Asyncio("test_ssl.start_tls_client_corrupted_ssl")
    @Asyncio("test_sslproto.start_tls_client_corrupted_ssl")
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
