package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where and when a server listens, and with which options. */
class ListenTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    private static void echo(Connection peer) throws IOException {
        for (String line : peer.reader().lines()) {
            peer.writer().writeLine(line);
        }
    }

    private static void assertEchoes(String host, int port) throws IOException {
        try (Connection connection = openConnection(host, port)) {
            connection.writer().writeLine("hello");
            assertThat(connection.reader().readLine()).isEqualTo("hello");
        }
    }

    private static int port(Server server, int index) {
        return ((InetSocketAddress) server.addresses().get(index)).getPort();
    }

    private static void assumeIpv6() throws SocketException {
        assumeTrue(
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress()),
                "no IPv6 here");
    }

    // Several addresses

    @EachTransport
    @PortOf("test_base_events.create_server_ipv6")
    void aServerListensOnSeveralHostsEachWithItsOwnPort(Transport transport) throws SocketException {
        assumeIpv6();
        new Loopback(transport).run(() -> {
            try (Server server = startServer(ListenTest::echo, List.of(HOST, "::1"), 0)) {
                assertThat(server.addresses()).hasSize(2);
                assertEchoes(HOST, port(server, 0));
                assertEchoes("::1", port(server, 1));
            }
        });
    }

    @Test
    void aHostThatIsNamedTwiceIsListenedOnOnce() {
        preferred.run(() -> {
            try (Server server = startServer(ListenTest::echo, List.of(HOST, HOST), 0)) {
                assertThat(server.addresses()).hasSize(1);
            }
        });
    }

    @EachTransport
    @PortOf("test_events.create_server_dual_stack")
    @PortOf("test_base_events.create_server_empty_host")
    void anEmptyHostStandsForAllInterfacesOfIpv4AndIpv6(Transport transport) throws SocketException {
        assumeIpv6();
        new Loopback(transport).run(() -> {
            int port;
            try (Server free = startServer(ListenTest::echo, "", 0)) {
                port = free.port();
            }
            try (Server server = startServer(ListenTest::echo, "", port)) {
                assertEchoes(HOST, port);
                assertEchoes("::1", port);
                assertThat(server.addresses()).hasSize(transport == Transport.EPOLL ? 2 : 1);
            }
        });
    }

    @Test
    void anIpv6SocketLeavesThePortOfIpv4ToAnother() throws SocketException {
        assumeIpv6();
        Transport transport = Transport.EPOLL;
        new Loopback(transport).run(() -> {
            try (Server six = startServer(ListenTest::echo, "::", 0)) {
                assertThatThrownBy(() -> openConnection(HOST, six.port())).isInstanceOf(IOException.class);
                try (Server four = startServer(ListenTest::echo, "0.0.0.0", six.port())) {
                    assertEchoes("::1", six.port());
                    assertEchoes(HOST, four.port());
                }
            }
        });
    }

    @EachTransport
    void ifOneAddressIsTakenNoneIsListenedOn(Transport transport) {
        new Loopback(transport).run(() -> {
            try (Server other = startServer(ListenTest::echo, "127.0.0.2", 0)) {
                int port = other.port();
                assertThatThrownBy(() -> startServer(ListenTest::echo, List.of(HOST, "127.0.0.2"), port))
                        .isInstanceOf(BindException.class)
                        .hasMessageStartingWith("cannot listen on 127.0.0.2:" + port + ": ");
                startServer(ListenTest::echo, HOST, port).close();
            }
        });
    }

    @Test
    void noHostIsRefused() {
        preferred.run(() -> assertThatThrownBy(() -> startServer(ListenTest::echo, List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no host to listen on: name one or more, or \"\" for all interfaces"));
    }

    // Later

    @EachTransport
    void aServerThatIsToStartLaterLetsTheFirstClientsWait(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startServer(ListenTest::echo, HOST, 0, o -> o.withStartServing(false));
            assertThat(server.isServing()).isFalse();
            assertThat(server).asString().endsWith(", bound, 0 connections]");
            Task<?> early = createTask(() -> assertEchoes(HOST, server.port()));
            assertThat(early.isDone()).isFalse();
            server.startServing();
            server.startServing();
            assertThat(server.isServing()).isTrue();
            early.await();
            server.close();
            assertThatThrownBy(server::startServing)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("this server is closed: ");
        });
    }

    @Test
    void aServerThatNeverServedIsOverWhenItIsClosed() {
        preferred.run(() -> {
            Server server = startServer(ListenTest::echo, HOST, 0, o -> o.withStartServing(false));
            server.close();
            server.close();
            server.waitClosed();
            assertThat(server.isServing()).isFalse();
        });
    }

    @Test
    @PortOf("test_events.TestServer.get_loop")
    void aServerKnowsItsLoop() {
        preferred.run(() -> {
            try (Server server = startServer(ListenTest::echo, HOST, 0)) {
                assertThat(server.loop()).isSameAs(dev.skein.loop.Loop.current());
            }
        });
    }

    // Options

    @EachTransport
    void optionsOfNettysReachEachConnectionAndTheListeningSocket(Transport transport) {
        new Loopback(transport)
                .talk(
                        client -> client.withOption(ChannelOption.SO_KEEPALIVE, true),
                        server -> server.withOption(ChannelOption.SO_KEEPALIVE, true)
                                .withOption(ChannelOption.SO_LINGER, 7)
                                .withListenOption(ChannelOption.SO_RCVBUF, 20_000),
                        (client, peer) -> {
                            assertThat(client.channel().config().getOption(ChannelOption.SO_KEEPALIVE))
                                    .isTrue();
                            assertThat(peer.channel().config().getOption(ChannelOption.SO_KEEPALIVE))
                                    .isTrue();
                            assertThat(peer.channel().config().getOption(ChannelOption.SO_LINGER))
                                    .isEqualTo(7);
                            // A connection inherits it; Linux doubles it.
                            assertThat(peer.channel().config().getOption(ChannelOption.SO_RCVBUF))
                                    .isBetween(20_000, 40_000);
                        });
    }

    @EachTransport
    void anOptionThatNettyDoesNotKnowOrRefusesIsNamed(Transport transport, @TempDir Path directory) {
        ChannelOption<Boolean> unknown = ChannelOption.valueOf("NO_SUCH_OPTION");
        ChannelOption<Integer> refused = ChannelOption.CONNECT_TIMEOUT_MILLIS;
        UnixDomainSocketAddress path = UnixDomainSocketAddress.of(directory.resolve("socket"));
        new Loopback(transport).run(() -> {
            // The JDK keeps a socket of its own from its first Unix socket on.
            startServer(ListenTest::echo, path).close();
            long sockets = Descriptors.sockets();
            for (Action wrong : List.<Action>of(
                    () -> startServer(ListenTest::echo, HOST, 0, o -> o.withOption(unknown, true)),
                    () -> startServer(ListenTest::echo, HOST, 0, o -> o.withListenOption(unknown, true)),
                    () -> startServer(ListenTest::echo, path, o -> o.withOption(unknown, true)),
                    () -> startServer(ListenTest::echo, path, o -> o.withListenOption(unknown, true)),
                    () -> openConnection(HOST, 1, o -> o.withOption(unknown, true)),
                    () -> openConnection(path, o -> o.withOption(unknown, true)))) {
                assertThatThrownBy(wrong::run)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageMatching(
                                "option NO_SUCH_OPTION is not supported by \\w+Channel: leave it out, or choose a"
                                        + " transport that supports it");
            }
            assertThatThrownBy(() -> openConnection(HOST, 1, o -> o.withOption(refused, -1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("option CONNECT_TIMEOUT_MILLIS cannot be -1 on \\w+SocketChannel: .*");
            until(() -> Descriptors.sockets() == sockets);
        });
    }

    private static void name(String name, Connection peer) throws IOException {
        peer.writer().writeLine(name);
    }

    @EachTransport
    @PortOf("test_events.create_server_reuse_port")
    void serversThatAgreeOnItShareAPort(Transport transport) {
        new Loopback(transport).run(() -> {
            try (Server one = startServer(peer -> name("one", peer), HOST, 0, o -> o.withReusePort(true));
                    Server two = startServer(peer -> name("two", peer), HOST, one.port(), o -> o.withReusePort(true))) {
                assertThat(two.port()).isEqualTo(one.port());
                assertThatThrownBy(() -> startServer(ListenTest::echo, HOST, one.port()))
                        .isInstanceOf(BindException.class);
                Set<String> met = new HashSet<>();
                while (met.size() < 2) {
                    try (Connection connection = openConnection(HOST, one.port())) {
                        met.add(String.valueOf(connection.reader().readLine()));
                    }
                }
                assertThat(met).containsExactlyInAnyOrder("one", "two");
            }
        });
    }
}
