package dev.skein.net;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import dev.skein.testsupport.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of a connection: closing, aborting, being lost. */
class ConnectionTest {
    private static final byte[] MUCH = new byte[20_000_000];

    private final Loopback preferred = new Loopback(Transport.preferred());

    @Test
    void closeWaitsUntilItIsClosedAndMayBeCalledAgain() {
        preferred.talk((client, peer) -> {
            gather(client::close, client::close).await();
            assertThat(client.channel().isOpen()).isFalse();
            client.close();
            client.abort();
        });
    }

    @EachTransport
    void closeInAFinallyWorksWhileTheTaskIsCancelled(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            Task<?> task = createTask(() -> {
                try {
                    sleep(Duration.ofHours(1));
                } finally {
                    client.writer().write("bye");
                    client.close();
                    assertThat(client.channel().isOpen()).isFalse();
                }
            });
            yieldNow();
            task.cancel();
            assertThat(new String(peer.reader().readAll(), UTF_8)).isEqualTo("bye");
            until(task::isDone);
            assertThat(task.isCancelled()).isTrue();
        });
    }

    @Test
    void aCancelledCloseStopsWaitingAndTheClosingGoesOn() {
        preferred.talk((client, peer) -> {
            Task<?> task = createTask(() -> {
                client.writer().write(MUCH);
                client.close();
            });
            until(() -> client.writer().isClosing());
            yieldNow();
            task.cancel();
            until(task::isDone);
            assertThat(task.isCancelled()).isTrue();
            assertThat(client.channel().isOpen()).isTrue();
            assertThat(peer.reader().readAll()).hasSize(MUCH.length);
        });
    }

    @EachTransport
    @PortOf("test_selector_events.abort")
    void abortDropsWhatIsQueued(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            client.writer().write(MUCH);
            yieldNow();
            client.abort();
            client.writer().waitClosed();
            assertThat(client.reader().read(1)).isNull();
            assertThat(peer.reader().readAll()).hasSizeLessThan(MUCH.length);
        });
    }

    @EachTransport
    void aReadThatWaitsIsCancelled(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            Task<?> task =
                    createTask(() -> assertThat(client.reader().readLine()).isEqualTo("never"));
            yieldNow();
            task.cancel();
            yieldNow();
            assertThat(task.isCancelled()).isTrue();
            peer.writer().writeLine("line");
            assertThat(client.reader().readLine()).isEqualTo("line");
        });
    }

    @EachTransport
    void aSecondReaderIsRefused(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            Task<?> first =
                    createTask(() -> assertThat(client.reader().readLine()).isEqualTo("line"), "first");
            yieldNow();
            assertThatThrownBy(() -> client.reader().readLine())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'first' already waits in StreamReader.readLine()");
            peer.writer().writeLine("line");
            first.await();
        });
    }

    @EachTransport
    void aPeerThatResetsInMidLineEndsTheReadWithAnIOException(Transport transport) {
        new Loopback(transport).run(() -> {
            List<String> seen = new ArrayList<>();
            readLinesOfAPlainSocket(seen, socket -> {
                socket.getOutputStream().write("one\ntwo\nthr".getBytes(UTF_8));
                until(() -> seen.contains("two"));
                socket.setSoLinger(true, 0);
            });
            assertThat(seen).hasSize(3).startsWith("one", "two");
            assertThat(seen.getLast()).startsWith("connection with 127.0.0.1:").contains(" was lost: ");
        });
    }

    /** Netty's io_uring transport (4.2.18) does not hear of a reset that comes together with data. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void bytesBeforeAResetAreReadByAWaitingReader(Transport transport) {
        new Loopback(transport).run(() -> {
            List<String> seen = new ArrayList<>();
            readLinesOfAPlainSocket(seen, socket -> {
                socket.setSoLinger(true, 0);
                socket.getOutputStream().write("one\ntwo\nthr".getBytes(UTF_8));
            });
            assertThat(seen).hasSize(3).startsWith("one", "two");
            assertThat(seen.getLast()).contains(" was lost: ");
        });
    }

    @FunctionalInterface
    private interface PlainPeer {
        void use(Socket socket) throws IOException;
    }

    /** Collects the lines that a socket of the JDK sends before it is closed, and then how the reading ended. */
    private static void readLinesOfAPlainSocket(List<String> seen, PlainPeer plain) throws IOException {
        Future<@Nullable Void> over = Loop.current().createFuture();
        ConnectionHandler handler = peer -> {
            try {
                peer.reader().lines().forEach(seen::add);
            } catch (UncheckedIOException e) {
                seen.add(Objects.requireNonNull(e.getCause()).getMessage());
            }
            over.setResult(null);
        };
        try (Server server = startServer(handler, Loopback.HOST, 0)) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                until(() -> Loop.current().allTasks().toString().contains("waiting on"));
                plain.use(socket);
            }
            over.await();
        }
    }

    /** The kernel tells of the end of input where room for output was asked for, too. */
    @EachTransport
    void aPeerThatEndsItsSideAndReadsLateGetsAllThatIsWritten(Transport transport) {
        byte[] much = new byte[4_000_000];
        CountDownLatch full = new CountDownLatch(1);
        ConnectionHandler handler = peer -> {
            assertThat(peer.reader().readAll()).isEmpty();
            peer.writer().write(much);
            Task<?> drains = createTask(() -> peer.writer().drain());
            yieldNow();
            assertThat(drains.isDone()).isFalse();
            full.countDown();
            drains.await();
        };
        new Loopback(transport).run(() -> {
            UnaryOperator<ServerOptions> small = o -> o.withOption(ChannelOption.SO_SNDBUF, 8_192);
            try (Server server = startServer(handler, Loopback.HOST, 0, small)) {
                JdkPeer.client(server.port(), socket -> {
                            socket.shutdownOutput();
                            Await.latch(full);
                            assertThat(socket.getInputStream().readAllBytes()).hasSize(much.length);
                        })
                        .await();
            }
        });
    }

    @Test
    void aChannelThatAStrangerClosesIsAtItsEnd() {
        preferred.talk((client, peer) -> {
            client.channel().close();
            assertThat(client.reader().readLine()).isNull();
            assertThatThrownBy(() -> client.writer().write("data")).hasMessageEndingWith(" is closed");
        });
    }

    @Test
    void aClosingLoopClosesForgottenConnections() {
        Connection[] forgotten = new Connection[1];
        preferred.run(() -> {
            Server server = startServer(peer -> peer.writer().write("unread"), Loopback.HOST, 0);
            forgotten[0] = openConnection(Loopback.HOST, server.port());
            forgotten[0].reader().read(1);
        });
        assertThat(forgotten[0].channel().isOpen()).isFalse();
    }

    @EachTransport
    void addressesStayAfterItIsClosed(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            assertThat(client.remoteAddress()).isEqualTo(peer.localAddress());
            assertThat(client.localAddress()).isEqualTo(peer.remoteAddress());
            assertThat(client).hasToString("Connection[" + Loopback.text(client.remoteAddress()) + ", OPEN]");
            client.close();
            assertThat(client.remoteAddress()).isEqualTo(peer.localAddress());
            assertThat(client.localAddress()).isEqualTo(peer.remoteAddress());
        });
    }

    /** A channel that is closed knows its addresses no more, as that of a Unix socket on NIO. */
    @EachTransport
    void addressesAreThereForACallerThatAsksFirstAfterTheClose(Transport transport, @TempDir Path directory) {
        for (SocketAddress address : List.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                UnixDomainSocketAddress.of(directory.resolve("socket")))) {
            new Loopback(transport).talk(address, o -> o, o -> o, (client, peer) -> {
                SocketAddress server = peer.localAddress();
                client.close();
                assertThat(client.remoteAddress()).isEqualTo(server);
            });
        }
    }

    /** As in a program of Netty's. */
    @EachTransport
    void soTheyAreOfAChannelThatWasConnectedBefore(Transport transport, @TempDir Path directory) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        new Loopback(transport).run(() -> {
            try (Server server = startServer(peer -> peer.reader().readAll(), address)) {
                Loop loop = Loop.current();
                Channel channel = await(new Bootstrap()
                        .group(loop.eventLoop())
                        .channel(loop.transport().domainSocketChannel())
                        .handler(new ChannelInboundHandlerAdapter())
                        .connect(UnixAddress.forChannel(address, transport)));
                Connection connection = Connection.of(channel);
                connection.close();
                assertThat(connection.remoteAddress())
                        .isEqualTo(server.addresses().getFirst());
            }
        });
    }

    @EachTransport
    @PortOf("test_base_events.set_nodelay")
    void smallWritesAreNotHeldBack(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            assertThat(client.channel().config().getOption(ChannelOption.TCP_NODELAY))
                    .isTrue();
            assertThat(peer.channel().config().getOption(ChannelOption.TCP_NODELAY))
                    .isTrue();
        });
    }

    @Test
    void theStreamsOfAChannelAreMadeInItsOwnLoop() {
        preferred.talk((client, peer) -> assertThatThrownBy(() -> toThread(() -> Connection.of(client.channel())))
                .isInstanceOf(WrongThreadException.class));
    }
}
