package dev.skein.net;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.LoopGroup;
import dev.skein.loop.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams over Unix sockets, and what becomes of their files. */
class UnixSocketTest {
    private final Path directory;
    private final Path path;
    private final UnixDomainSocketAddress address;

    UnixSocketTest(@TempDir Path directory) {
        this.directory = directory;
        this.path = directory.resolve("socket");
        this.address = UnixDomainSocketAddress.of(path);
    }

    private static void echo(Connection peer) throws IOException {
        byte[] chunk;
        while ((chunk = peer.reader().read(4096)) != null) {
            peer.writer().write(chunk);
        }
    }

    private static String nameOfTheTask() {
        return Objects.requireNonNull(currentTask()).name();
    }

    private void run(Transport transport, Action main) {
        new Loopback(transport).run(main);
    }

    private void assertEchoes() throws IOException {
        try (Connection connection = openConnection(address)) {
            connection.writer().writeLine("hello");
            assertThat(connection.reader().readLine()).isEqualTo("hello");
        }
    }

    @EachTransport
    @PortOf("test_events.create_unix_connection")
    @PortOf("test_events.create_unix_server")
    @PortOf("test_unix_events.create_unix_server_pathlike")
    @PortOf("test_streams.open_unix_connection")
    @PortOf("test_streams.start_unix_server")
    void aConnectionIsAStreamLikeAnyOther(Transport transport) {
        run(transport, () -> {
            try (Server server = startServer(UnixSocketTest::echo, address);
                    Connection connection = openConnection(address)) {
                assertThat(server.addresses()).isEqualTo(List.of(address));
                assertThat(connection.remoteAddress()).isEqualTo(address);
                assertThat(connection.localAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
                connection.writer().writeLine("hello");
                assertThat(connection.reader().readLine()).isEqualTo("hello");
                connection.writer().write(new byte[100_000]);
                connection.writer().writeEof();
                assertThat(connection.reader().readAll()).hasSize(100_000);
            }
        });
    }

    @EachTransport
    void aTaskIsNamedAfterTheAddressThatItsClientCalled(Transport transport) {
        run(transport, () -> {
            ConnectionHandler handler = peer -> peer.writer().writeLine(nameOfTheTask());
            try (Server server = startServer(handler, address, o -> o.withName("echo"));
                    Connection connection = openConnection(address)) {
                assertThat(connection.reader().readLine()).isEqualTo("echo-client@" + path);
                assertThat(connection).hasToString("Connection[" + path + ", OPEN]");
                assertThat(server.isServing()).isTrue();
            }
        });
    }

    @EachTransport
    @PortOf("test_streams.open_unix_connection_error")
    void aLostConnectionThrowsItsCauseAtTheNextRead(Transport transport) {
        run(transport, () -> {
            try (Server server = startServer(UnixSocketTest::echo, address);
                    Connection connection = openConnection(address)) {
                assertThat(server.isServing()).isTrue();
                IOException cut = new IOException("the cable was cut");
                connection.channel().pipeline().fireExceptionCaught(cut);
                assertThatThrownBy(() -> connection.reader().readAll())
                        .isInstanceOf(IOException.class)
                        .hasMessageEndingWith(" was lost: the cable was cut")
                        .hasCause(cut);
            }
        });
    }

    @EachTransport
    @PortOf("test_server.unix_server_addr_cleanup")
    @PortOf("test_unix_events.create_unix_connection_pathlike")
    void theFileIsRemovedWhenTheServerCloses(Transport transport) {
        run(transport, () -> {
            Server server = startServer(UnixSocketTest::echo, address);
            assertThat(path).exists();
            server.close();
            if (transport != Transport.IO_URING) { // there a socket is closed by the ring, a little later
                assertThat(path).doesNotExist();
            }
            server.waitClosed();
            assertThat(path).doesNotExist();
            assertThatThrownBy(() -> openConnection(address))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageStartingWith("cannot connect to " + path + ": ");
        });
    }

    @EachTransport
    @PortOf("test_server.unix_server_cleanup_prevented")
    void theFileIsKeptIfThatIsAskedFor(Transport transport) {
        run(transport, () -> {
            Server server = startServer(UnixSocketTest::echo, address, o -> o.withSocketFileKept());
            server.close();
            server.waitClosed();
            assertThat(path).exists();
        });
    }

    @EachTransport
    @PortOf("test_server.unix_server_cleanup_replaced")
    void aFileThatAnotherServerHasPutInItsPlaceStays(Transport transport) {
        run(transport, () -> {
            Server first = startServer(UnixSocketTest::echo, address);
            Files.delete(path);
            Server second = startServer(UnixSocketTest::echo, address);
            first.close();
            first.waitClosed();
            assertThat(path).exists();
            assertEchoes();
            second.close();
            second.waitClosed();
            assertThat(path).doesNotExist();
        });
    }

    @EachTransport
    @PortOf("test_server.unix_server_cleanup_gone")
    void aFileThatIsGoneIsNoErrorAtTheEnd(Transport transport) {
        run(transport, () -> {
            Server server = startServer(UnixSocketTest::echo, address);
            Files.delete(path);
            server.close();
            server.waitClosed();
        });
    }

    @EachTransport
    @PortOf("test_unix_events.create_unix_server_existing_path_sock")
    void aSocketThatADeadServerLeftIsReplaced(Transport transport) {
        run(transport, () -> {
            try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                dead.bind(address);
            }
            assertThat(path).exists();
            try (Server server = startServer(UnixSocketTest::echo, address)) {
                assertThat(server.isServing()).isTrue();
                assertEchoes();
            }
        });
    }

    @EachTransport
    void aServerThatListensIsNotRobbed(Transport transport) {
        run(transport, () -> {
            try (Server server = startServer(UnixSocketTest::echo, address)) {
                assertThatThrownBy(() -> startServer(UnixSocketTest::echo, address))
                        .isInstanceOf(BindException.class)
                        .hasMessage(
                                "cannot listen on " + path + ": the address is in use: another server listens there");
                assertThat(server.isServing()).isTrue();
                assertEchoes();
            }
        });
    }

    @EachTransport
    void noServerIsRobbedWhoseBacklogIsFull(Transport transport) {
        run(transport, () -> {
            List<SocketChannel> waiting = new ArrayList<>();
            try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                busy.bind(address, 1);
                fillTheBacklog(waiting);
                Object file =
                        Files.readAttributes(path, BasicFileAttributes.class).fileKey();
                assertThatThrownBy(() -> startServer(UnixSocketTest::echo, address))
                        .isInstanceOf(BindException.class)
                        .hasMessageStartingWith("cannot listen on " + path + ": the address may be in use: ");
                assertThat(Files.readAttributes(path, BasicFileAttributes.class).fileKey())
                        .isEqualTo(file);
                busy.accept().close();
                assertThat(waiting.removeFirst().read(ByteBuffer.allocate(1))).isEqualTo(-1);
            } finally {
                for (SocketChannel client : waiting) {
                    client.close();
                }
            }
        });
    }

    private void fillTheBacklog(List<SocketChannel> waiting) throws IOException {
        try {
            while (true) {
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
                client.configureBlocking(false);
                client.connect(address);
                client.configureBlocking(true);
                waiting.add(client);
            }
        } catch (SocketException full) {
            assertThat(waiting).isNotEmpty();
        }
    }

    @EachTransport
    void norAReceiverOfDatagrams(Transport transport) {
        assumeThat(Transport.EPOLL.isAvailable()).isTrue();
        run(transport, () -> {
            try (LoopGroup group = new LoopGroup(1, o -> o.withTransport(Transport.EPOLL))) {
                Channel receiver = await(new Bootstrap()
                        .group(group)
                        .channel(EpollDomainDatagramChannel.class)
                        .handler(new ChannelInboundHandlerAdapter())
                        .bind(new DomainSocketAddress(path.toString())));
                Object file =
                        Files.readAttributes(path, BasicFileAttributes.class).fileKey();
                assertThatThrownBy(() -> startServer(UnixSocketTest::echo, address))
                        .isInstanceOf(BindException.class)
                        .hasMessageStartingWith("cannot listen on " + path + ": the address may be in use: ");
                assertThat(Files.readAttributes(path, BasicFileAttributes.class).fileKey())
                        .isEqualTo(file);
                await(receiver.close());
            }
        });
    }

    @EachTransport
    void whereNoFileIsThatIsTold(Transport transport) {
        run(
                transport,
                () -> assertThatThrownBy(() -> openConnection(address))
                        .isInstanceOf(ConnectException.class)
                        .hasMessageStartingWith("cannot connect to " + path + ": ")
                        .hasMessageContaining("No such file or directory"));
    }

    @EachTransport
    void aUnixSocketHasNoPort(Transport transport) {
        run(transport, () -> {
            try (Server server = startServer(UnixSocketTest::echo, address)) {
                assertThatThrownBy(server::port)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessage("a server on the Unix socket " + path + " has no port: use addresses()");
            }
        });
    }

    @EachTransport
    @PortOf("test_unix_events.create_unix_server_existing_path_nonsock")
    void aFileThatIsNoSocketIsRefusedAndStays(Transport transport) {
        run(transport, () -> {
            Files.writeString(path, "precious");
            assertThatThrownBy(() -> startServer(UnixSocketTest::echo, address))
                    .isInstanceOf(BindException.class)
                    .hasMessage("cannot listen on " + path
                            + ": the file there is not a socket: remove it, or choose another path");
            assertThat(path).hasContent("precious");
        });
    }

    @EachTransport
    @PortOf("test_unix_events.create_unix_server_bind_error")
    void anAddressThatCannotBeBoundIsNamedAndNothingStaysOpen(Transport transport) {
        run(transport, () -> {
            // The JDK keeps a socket of its own from its first Unix socket on.
            startServer(UnixSocketTest::echo, address).close();
            UnixDomainSocketAddress nowhere = UnixDomainSocketAddress.of(directory.resolve("no/such/directory"));
            long sockets = Descriptors.sockets();
            assertThatThrownBy(() -> startServer(UnixSocketTest::echo, nowhere))
                    .isInstanceOf(BindException.class)
                    .hasMessageStartingWith("cannot listen on " + nowhere + ": ");
            Loopback.until(() -> Descriptors.sockets() == sockets);
        });
    }

    @Test
    void aNameWithoutAFileIsForNativeTransports() {
        assumeThat(Transport.EPOLL.isAvailable()).isTrue();
        run(Transport.EPOLL, () -> {
            DomainSocketAddress name =
                    new DomainSocketAddress("\0skein-" + ProcessHandle.current().pid());
            try (Server server = startServer(UnixSocketTest::echo, name);
                    Connection connection = openConnection(name)) {
                assertThat(server.addresses()).isEqualTo(List.of(name));
                connection.writer().writeLine("hello");
                assertThat(connection.reader().readLine()).isEqualTo("hello");
            }
        });
    }
}
