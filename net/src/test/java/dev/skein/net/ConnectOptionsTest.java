package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import dev.skein.loop.Timeout;
import dev.skein.loop.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several addresses of a peer, tried in their order or as happy eyeballs do, and addresses of this side. */
class ConnectOptionsTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static InetSocketAddress local(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private static void hello(Connection peer) throws IOException {
        peer.writer().writeLine("hello " + peer.remoteAddress());
    }

    // Happy eyeballs

    @Test
    void theFamiliesTakeTurnsInTheResolversOrder() {
        List<InetSocketAddress> addresses = Arrays.asList("127.0.0.1", "127.0.0.2", "127.0.0.3", "::1", "::2").stream()
                .map(address -> local(address, 80))
                .toList();
        assertThat(Connector.interleave(addresses))
                .extracting(address -> address.getAddress().getHostAddress())
                .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1", "127.0.0.2", "0:0:0:0:0:0:0:2", "127.0.0.3");
        assertThat(Connector.interleave(addresses.reversed()))
                .extracting(address -> address.getAddress().getHostAddress())
                .containsExactly("0:0:0:0:0:0:0:2", "127.0.0.3", "0:0:0:0:0:0:0:1", "127.0.0.2", "127.0.0.1");
    }

    /** The first address takes the connection and never answers: its queue is full. */
    @EachTransport
    void anAddressThatDoesNotAnswerIsOvertakenAndItsSocketClosed(Transport transport) {
        new Loopback(transport).run(() -> {
            try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"));
                    Server server = startServer(ConnectOptionsTest::hello, HOST, deaf.getLocalPort())) {
                List<Task<Connection>> fill = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    fill.add(createTask(() -> openConnection("127.0.0.2", deaf.getLocalPort())));
                }
                until(() -> fill.stream().filter(Task::isDone).count() >= 2);
                long sockets = Descriptors.sockets();
                Hosts hosts = new Hosts().with("two", "127.0.0.2", "127.0.0.1");
                try (Connection connection = openConnection(
                        "two",
                        server.port(),
                        o -> o.withResolvers(hosts).withHappyEyeballsDelay(Duration.ofMillis(1)))) {
                    assertThat(connection.remoteAddress())
                            .isEqualTo(server.addresses().getFirst());
                    assertThat(connection.reader().readLine()).startsWith("hello ");
                }
                until(() -> Descriptors.sockets() <= sockets);
                for (Task<Connection> filler : fill) {
                    filler.cancel();
                    until(filler::isDone);
                    if (!filler.isCancelled()) {
                        filler.await().abort();
                    }
                }
            }
        });
    }

    @EachTransport
    @PortOf("test_base_events.create_connection_multiple_errors")
    @PortOf("test_base_events.create_connection_multiple")
    void ifAllAddressesFailEachErrorIsTold(Transport transport) {
        new Loopback(transport).run(() -> {
            try (RefusingPort refusing = new RefusingPort()) {
                int port = refusing.number();
                Hosts hosts = new Hosts().with("three", "127.0.0.1", "127.0.0.2", "::1");
                for (Duration delay : List.of(Timeout.NEVER, Duration.ZERO, Duration.ofSeconds(30))) {
                    ConnectException e = catchThrowableOfType(
                            ConnectException.class,
                            () -> openConnection(
                                    "three", port, o -> o.withResolvers(hosts).withHappyEyeballsDelay(delay)));
                    assertThat(e)
                            .hasMessageStartingWith("cannot connect to three:" + port + ": ")
                            .hasMessageContaining("/127.0.0.1:" + port)
                            .hasMessageContaining("/127.0.0.2:" + port)
                            .hasMessageContaining("]:" + port);
                    assertThat(e.getCause()).isInstanceOf(IOException.class);
                    assertThat(e.getSuppressed()).hasSize(2);
                }
            }
        });
    }

    @EachTransport
    void withoutHappyEyeballsTheFamiliesDoNotTakeTurns(Transport transport) {
        new Loopback(transport).run(() -> {
            try (RefusingPort refusing = new RefusingPort()) {
                String port = ":" + refusing.number();
                Hosts hosts = new Hosts().with("three", "127.0.0.1", "127.0.0.2", "::1");
                assertThatThrownBy(() -> openConnection("three", refusing.number(), o -> o.withResolvers(hosts)))
                        .message()
                        .containsSubsequence("/127.0.0.1" + port, "/127.0.0.2" + port, "]" + port);
                assertThatThrownBy(() -> openConnection(
                                "three",
                                refusing.number(),
                                o -> o.withResolvers(hosts).withHappyEyeballsDelay(Duration.ofSeconds(30))))
                        .message()
                        .containsSubsequence("/127.0.0.1" + port, "]" + port, "/127.0.0.2" + port);
            }
        });
    }

    @Test
    void anErrorThatAllHaveIsToldOnce() {
        preferred.run(() -> {
            Hosts hosts = new Hosts().with("same", "127.0.0.1", "127.0.0.1");
            try (RefusingPort refusing = new RefusingPort()) {
                int port = refusing.number();
                ConnectException e = catchThrowableOfType(
                        ConnectException.class, () -> openConnection("same", port, o -> o.withResolvers(hosts)));
                assertThat(e.getMessage()).containsOnlyOnce("/127.0.0.1:" + port);
            }
        });
    }

    @Test
    void aLimitBelowOneIsRefused() {
        assertThatThrownBy(() -> ConnectOptions.defaults().withLimit(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit < 1: 0");
    }

    @Test
    void aNegativeDelayIsRefused() {
        assertThatThrownBy(() -> ConnectOptions.defaults().withHappyEyeballsDelay(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("happyEyeballsDelay < 0: -1 ms");
    }

    // Local addresses

    @EachTransport
    @PortOf("test_events.create_connection_local_addr")
    void aConnectionComesFromTheAddressThatIsGiven(Transport transport) {
        new Loopback(transport).run(() -> {
            InetSocketAddress from = local("127.0.0.3", freePort());
            try (Server server = startServer(ConnectOptionsTest::hello, HOST, 0);
                    Connection connection = openConnection(HOST, server.port(), o -> o.withLocalAddress(from))) {
                assertThat(connection.localAddress()).isEqualTo(from);
                assertThat(connection.reader().readLine()).isEqualTo("hello " + from);
            }
        });
    }

    @EachTransport
    @PortOf("test_events.create_connection_local_addr_skip_different_family")
    void aLocalAddressOfTheOtherFamilyIsSkipped(Transport transport) {
        new Loopback(transport).run(() -> {
            Hosts hosts = new Hosts().with("here", "::1", "127.0.0.4").with("there", "127.0.0.1");
            try (Server server = startServer(ConnectOptionsTest::hello, HOST, 0);
                    Connection connection = openConnection(
                            "there",
                            server.port(),
                            o -> o.withResolvers(hosts)
                                    .withLocalAddress(InetSocketAddress.createUnresolved("here", 0)))) {
                assertThat(((InetSocketAddress) connection.localAddress()).getAddress())
                        .isEqualTo(InetAddress.ofLiteral("127.0.0.4"));
            }
            try (RefusingPort refusing = new RefusingPort()) {
                int port = refusing.number();
                assertThatThrownBy(() -> openConnection(
                                "there",
                                port,
                                o -> o.withResolvers(hosts)
                                        .withLocalAddress(InetSocketAddress.createUnresolved("here", 0))))
                        .isInstanceOf(ConnectException.class)
                        .hasMessageContaining("refused");
            }
        });
    }

    @Test
    @PortOf("test_events.create_connection_local_addr_nomatch_family")
    void ifNoLocalAddressIsOfThePeersFamilyThatIsTold() {
        preferred.run(() -> {
            try (RefusingPort refusing = new RefusingPort()) {
                int port = refusing.number();
                assertThatThrownBy(() -> openConnection(HOST, port, o -> o.withLocalAddress(local("::1", 0))))
                        .isInstanceOf(ConnectException.class)
                        .hasMessage("cannot connect to 127.0.0.1:" + port
                                + ": no local address of the same family, IPv4 or IPv6," + " as 127.0.0.1:" + port
                                + ": [/[0:0:0:0:0:0:0:1]:0]");
            }
        });
    }

    /** The first local address is none of this machine's; from the second one the peer refuses. */
    @EachTransport
    @PortOf("test_base_events.create_connection_multiple_errors_local_addr")
    void theNextLocalAddressIsTriedIfOneCannotBeHad(Transport transport) {
        new Loopback(transport).run(() -> {
            Hosts hosts = new Hosts().with("here", "192.0.2.1", "127.0.0.4").with("two", "127.0.0.1", "127.0.0.2");
            try (RefusingPort refusing = new RefusingPort()) {
                long sockets = Descriptors.sockets();
                int port = refusing.number();
                ConnectException e = catchThrowableOfType(
                        ConnectException.class,
                        () -> openConnection(
                                "two",
                                port,
                                o -> o.withResolvers(hosts)
                                        .withLocalAddress(InetSocketAddress.createUnresolved("here", 0))));
                assertThat(e)
                        .hasMessageStartingWith("cannot connect to two:" + port + ": ")
                        .hasMessageContaining("/127.0.0.1:" + port)
                        .hasMessageContaining("/127.0.0.2:" + port);
                assertThat(e.getCause()).isInstanceOf(IOException.class);
                assertThat(e.getSuppressed()).singleElement().isInstanceOf(IOException.class);
                until(() -> Descriptors.sockets() <= sockets);
            }
        });
    }

    @EachTransport
    @PortOf("test_events.create_connection_local_addr_in_use")
    void aLocalAddressThatIsInUseIsNamedAndNothingStaysOpen(Transport transport) {
        new Loopback(transport).run(() -> {
            try (Server server = startServer(ConnectOptionsTest::hello, HOST, 0)) {
                long sockets = Descriptors.sockets();
                assertThatThrownBy(() -> openConnection(
                                HOST, server.port(), o -> o.withLocalAddress(local(HOST, server.port()))))
                        .isInstanceOf(ConnectException.class)
                        .hasMessageStartingWith("cannot connect to 127.0.0.1:" + server.port()
                                + ": cannot connect from 127.0.0.1:" + server.port() + ": ")
                        .hasMessageContaining("in use");
                until(() -> Descriptors.sockets() == sockets);
            }
        });
    }
}
