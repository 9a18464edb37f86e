package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.TimeoutException;
import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What CPython's tests of sockets (sock_recv, sock_sendall, sock_accept) say of their counterparts: streams and servers. */
class SocketCasesTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    private static void answer(Connection peer) throws IOException {
        String request = Objects.requireNonNull(peer.reader().readLine());
        peer.writer().writeLine("answer to " + request);
    }

    private static void assertAnswered(SocketAddress address) throws IOException {
        try (Connection connection = openConnection(address)) {
            assertThat(connection.localAddress()).isNotNull();
            connection.writer().writeLine("GET /");
            assertThat(connection.reader().read(1024)).isEqualTo("answer to GET /\n".getBytes(UTF_8));
            assertThat(connection.reader().read(1024)).isNull();
        }
    }

    @EachTransport
    @PortOf("test_sock_lowlevel.sock_client_ops")
    @PortOf("test_events.create_connection")
    @PortOf("test_selector_events.SelectorSocketTransportTests.read_ready")
    void aRequestIsAnsweredAndThenTheStreamEnds(Transport transport) {
        new Loopback(transport).run(() -> {
            try (Server server = startServer(SocketCasesTest::answer, HOST, 0)) {
                assertAnswered(server.addresses().getFirst());
            }
        });
    }

    @EachTransport
    @PortOf("test_sock_lowlevel.unix_sock_client_ops")
    void soItIsOverAUnixSocket(Transport transport, @TempDir Path directory) {
        new Loopback(transport).run(() -> {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
            try (Server server = startServer(SocketCasesTest::answer, address)) {
                assertAnswered(server.addresses().getFirst());
            }
        });
    }

    /** Reading and writing that were cancelled leave nothing behind that the next read or write would trip over. */
    @EachTransport
    @PortOf("test_sock_lowlevel.sock_client_racing")
    void theNextReadAndWriteAfterCancelledOnesGoThrough(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            Task<?> cancelled = createTask(() -> {
                peer.reader().read(1024);
            });
            yieldNow();
            cancelled.cancel();
            until(cancelled::isDone);
            client.writer().writeLine("GET /");
            assertThat(peer.reader().read(1024)).isEqualTo("GET /\n".getBytes(UTF_8));
            assertThat(cancelled.isCancelled()).isTrue();

            // More than the system takes while the peer does not read.
            int spaces = 20_000_000;
            client.writer().write(new byte[spaces]);
            Task<?> blocked = createTask(() -> client.writer().write("hello"));
            yieldNow();
            blocked.cancel();
            Task<byte[]> all = createTask(() -> peer.reader().readAll());
            client.writer().write("world");
            client.writer().writeEof();
            byte[] received = all.await();
            assertThat(received).hasSize(spaces + 5).endsWith("world".getBytes(UTF_8));
            assertThat(blocked.isCancelled()).isTrue();
        });
    }

    @EachTransport
    @PortOf("test_events.prompt_cancellation")
    void aReadIsCancelledAtOnce(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            Task<?> read = createTask(() -> {
                peer.reader().read(1);
            });
            Loop.current().callSoon(read::cancel);
            assertThatThrownBy(read::await).isInstanceOf(dev.skein.loop.CancelledError.class);
            assertThat(read.isCancelled()).isTrue();
        });
    }

    @EachTransport
    @PortOf("test_sock_lowlevel.huge_content")
    void aMillionBytesComeBackInTheirOrderWhileTheyAreStillSent(Transport transport) {
        new Loopback(transport).run(() -> {
            byte[] content = "0123456789".repeat(100_000).getBytes(UTF_8);
            ConnectionHandler echo = peer -> peer.reader().transferTo(peer.writer());
            try (Server server = startServer(echo, HOST, 0);
                    Connection connection = openConnection(HOST, server.port())) {
                Action send = () -> {
                    connection.writer().write(content);
                    connection.writer().writeEof();
                };
                Action receive = () -> {
                    int received = 0;
                    byte[] chunk;
                    while ((chunk = connection.reader().read(70_001)) != null) {
                        assertThat(chunk).isEqualTo(Arrays.copyOfRange(content, received, received + chunk.length));
                        received += chunk.length;
                    }
                    assertThat(received).isEqualTo(content.length);
                };
                gather(send, receive).await();
            }
        });
    }

    @EachTransport
    @PortOf("test_sock_lowlevel.huge_content_recvinto")
    void soTheyDoIntoBuffers(Transport transport) {
        new Loopback(transport).run(() -> {
            byte[] content = "0123456789".repeat(100_000).getBytes(UTF_8);
            ConnectionHandler echo = peer -> peer.reader().transferTo(peer.writer());
            try (Server server = startServer(echo, HOST, 0);
                    Connection connection = openConnection(HOST, server.port())) {
                Action send = () -> {
                    connection.writer().write(content);
                    connection.writer().writeEof();
                };
                ByteBuf all = Unpooled.buffer(content.length);
                Action receive = () -> {
                    ByteBuf chunk;
                    while ((chunk = connection.reader().readByteBuf(content.length)) != null) {
                        all.writeBytes(chunk);
                        chunk.release();
                    }
                };
                gather(send, receive).await();
                assertThat(all).isEqualTo(Unpooled.wrappedBuffer(content));
            }
        });
    }

    @EachTransport
    @PortOf("test_sock_lowlevel.sock_client_fail")
    void aConnectToAPortWhereNobodyListensIsRefused(Transport transport) {
        new Loopback(transport).run(() -> {
            Server gone = startServer(SocketCasesTest::answer, HOST, 0);
            gone.close();
            gone.waitClosed();
            assertThatThrownBy(() -> openConnection(HOST, gone.port())).isInstanceOf(ConnectException.class);
        });
    }

    @EachTransport
    @PortOf("test_sock_lowlevel.sock_accept")
    @PortOf("test_events.create_server")
    void aConnectionIsAcceptedWithTheAddressesOfBothSides(Transport transport) {
        new Loopback(transport).run(() -> {
            Future<Connection> accepted = Loop.current().createFuture();
            ConnectionHandler handler = peer -> {
                accepted.setResult(peer);
                peer.reader().readExactly(3);
            };
            try (Server server = startServer(handler, HOST, 0);
                    Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                Connection peer = accepted.await();
                assertThat(peer.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
                assertThat(peer.localAddress()).isEqualTo(client.getRemoteSocketAddress());
                assertThat(server.addresses()).containsExactly(client.getRemoteSocketAddress());
                client.getOutputStream().write("xxx".getBytes(UTF_8));
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        });
    }

    @EachTransport
    @PortOf("test_sock_lowlevel.cancel_sock_accept")
    void aServeForeverThatTimesOutLeavesNobodyListening(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startServer(SocketCasesTest::answer, HOST, 0);
            assertThatThrownBy(() -> waitFor(server::serveForever, Duration.ofMillis(1)))
                    .isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> openConnection(HOST, server.port())).isInstanceOf(ConnectException.class);
        });
    }

    @Test
    void aLoopThatHasEndedHasNoSocketsLeft() {
        preferred.run(() -> startServer(SocketCasesTest::answer, HOST, 0).close());
        long sockets = Descriptors.sockets();
        preferred.run(() -> {
            Server server = startServer(SocketCasesTest::answer, HOST, 0);
            Connection open = openConnection(HOST, server.port());
            assertThat(open.channel().isOpen()).isTrue();
            assertThat(Descriptors.sockets()).isGreaterThan(sockets);
        });
        assertThat(Descriptors.sockets()).isEqualTo(sockets);
    }

    @EachTransport
    void aReadOfAWrongSizeIsRefusedAndLosesNothing(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            client.writer().write("data");
            for (Action wrong : new Action[] {
                () -> peer.reader().readExactly(-1), () -> peer.reader().read(-1)
            }) {
                assertThatThrownBy(wrong::run).isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(peer.reader().readExactly(4)).isEqualTo("data".getBytes(UTF_8));
        });
    }

    @Test
    @PortOf("test_events.create_server_multiple_hosts_ipv4")
    @PortOf("test_events.create_server_multiple_hosts_ipv6")
    void severalHostsHaveASocketEachAndOneThatIsNamedTwiceHasOne() {
        preferred.run(() -> {
            List<List<String>> families =
                    List.of(List.of("127.0.0.1", "127.0.0.2", "127.0.0.1"), List.of("::1", "0:0:0:0:0:0:0:1"));
            for (List<String> hosts : families) {
                try (Server server = startServer(SocketCasesTest::answer, hosts, 0)) {
                    Set<InetAddress> unique =
                            hosts.stream().map(InetAddress::ofLiteral).collect(Collectors.toSet());
                    assertThat(server.addresses())
                            .extracting(address -> ((InetSocketAddress) address).getAddress())
                            .containsExactlyInAnyOrderElementsOf(unique);
                }
            }
        });
    }

    @EachTransport
    void optionsOfNettysReachTheSocket(Transport transport) {
        new Loopback(transport).run(() -> {
            try (Server server = startServer(peer -> peer.reader().readAll(), HOST, 0);
                    Connection connection =
                            openConnection(HOST, server.port(), o -> o.withOption(ChannelOption.SO_KEEPALIVE, true))) {
                assertThat(connection.channel().config().getOption(ChannelOption.SO_KEEPALIVE))
                        .isTrue();
                assertThat(connection.channel().config().getOption(ChannelOption.TCP_NODELAY))
                        .isTrue();
                until(() -> server.toString().contains("1 connections"));
            }
        });
    }
}
