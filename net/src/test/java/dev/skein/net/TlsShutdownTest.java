package dev.skein.net;

import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Streams.openConnection;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import dev.skein.testsupport.Await;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an encrypted connection ends that our side closes. */
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
    void twoWhoCloseAtOnceDoNotWaitForEachOther(SslProvider provider) {
        talk(provider, (client, peer) -> {
            client.writer().close();
            peer.writer().close();
            client.writer().waitClosed();
            peer.writer().waitClosed();
        });
    }

    @EachProvider
    @PortOf("test_ssl.flush_before_shutdown")
    void queuedBytesAreSentBeforeTheEnd(SslProvider provider) {
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
                    Await.latch(closed);
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
    @PortOf("test_sslproto.data_received_after_closing")
    void bytesAfterOurCloseAreDroppedUpToThePeersEnd(SslProvider provider) {
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
        givesUp(provider, directory, new byte[1], "sent no close_notify");
    }

    @EachProvider
    void aPeerThatDoesNotTakeWhatIsQueuedIsGivenUp(SslProvider provider, @TempDir Path directory) {
        givesUp(provider, directory, MUCH, "did not read the queued data");
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
                            + " within 20 s of close(), so the connection was aborted; see"
                            + " TlsOptions.withShutdownTimeout");
            assertThat(client.channel().isOpen()).isFalse();
            assertThat(Duration.ofNanos(Loop.current().time() - begin)).isEqualTo(Duration.ofSeconds(20));
        });
    }

    @EachProvider
    void aPeerThatGoesBeforeItHasTakenAllIsALoss(SslProvider provider) {
        talk(provider, (client, peer) -> {
            client.channel().config().setOption(ChannelOption.SO_SNDBUF, 64 * 1024);
            client.writer().write(new byte[8 * 1024 * 1024]);
            client.writer().close();
            peer.abort();
            assertThatThrownBy(() -> client.writer().waitClosed())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(" was lost: ");
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
                    .hasMessage("writeEof is not supported over TLS, on the connection with "
                            + Loopback.text(client.remoteAddress())
                            + ": TLS ends both directions at once, so mark the end in the data, or call close()");
            client.writer().writeLine("goes on");
            assertThat(peer.reader().readLine()).isEqualTo("goes on");
        });
    }
}
