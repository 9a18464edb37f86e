package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Opening a connection: which addresses are tried, what is said when none answers. */
class OpenConnectionTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    /** A port where nobody listens, at least not now. */
    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @EachTransport
    @PortOf("test_base_events.create_connection_connect_err")
    void aRefusedConnectionSaysWhere(Transport transport) {
        new Loopback(transport).run(() -> {
            int port = closedPort();
            assertThatThrownBy(() -> openConnection(Loopback.HOST, port))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageStartingWith("cannot connect to 127.0.0.1:" + port + ": ")
                    .hasMessageContaining("refused")
                    .hasNoSuppressedExceptions();
        });
    }

    @Test
    void ifSeveralAddressesFailEachIsTold() {
        preferred.run(() -> {
            int port = closedPort();
            Hosts hosts = new Hosts().with("two", "127.0.0.1", "127.0.0.2");
            ConnectException e = catchThrowableOfType(
                    ConnectException.class, () -> openConnection("two", port, o -> o.withResolvers(hosts)));
            assertThat(e)
                    .hasMessageStartingWith("cannot connect to two:" + port + ": ")
                    .hasMessageContaining("/127.0.0.1:" + port)
                    .hasMessageContaining("/127.0.0.2:" + port);
            assertThat(e.getSuppressed()).hasSize(1);
        });
    }

    @EachTransport
    void theNextAddressIsTriedWhenOneFails(Transport transport) {
        new Loopback(transport).run(() -> {
            Hosts hosts = new Hosts().with("two", "127.0.0.2", "127.0.0.1");
            try (Server server = startServer(peer -> {}, Loopback.HOST, 0);
                    Connection connection = openConnection("two", server.port(), o -> o.withResolvers(hosts))) {
                assertThat(connection.remoteAddress())
                        .isEqualTo(server.addresses().getFirst());
            }
        });
    }

    @EachTransport
    @PortOf("test_streams.open_connection_error")
    @PortOf("test_selector_events.SelectorSocketTransportTests.read_ready_err")
    @PortOf("test_selector_events.fatal_error")
    void aLostConnectionThrowsItsCauseAtTheNextRead(Transport transport) {
        new Loopback(transport).talk((client, peer) -> {
            IOException cut = new IOException("the cable was cut");
            client.channel().pipeline().fireExceptionCaught(cut);
            assertThatThrownBy(() -> client.reader().readAll())
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith(" was lost: the cable was cut")
                    .hasCause(cut);
            assertThat(client.writer().isClosing()).isTrue();
            client.close();
        });
    }

    @Test
    void aHostThatDoesNotResolveIsNamed() {
        preferred.run(() -> assertThatThrownBy(() -> openConnection("no-such-host.invalid", 80))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageStartingWith("cannot resolve no-such-host.invalid"));
    }

    @Test
    @PortOf("test_base_events.create_connection_no_getaddrinfo")
    @PortOf("test_base_events.create_connection_no_local_addr")
    void aHostThatHasNoAddressIsNamed() {
        Hosts hosts = new Hosts().with("nowhere").with("there", "127.0.0.1");
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere", 0);
        preferred.run(() -> {
            assertThatThrownBy(() -> openConnection("nowhere", 80, o -> o.withResolvers(hosts)))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("cannot resolve nowhere: the resolver returned no address");
            assertThatThrownBy(() -> openConnection(
                            "nowhere", 80, o -> o.withResolvers(hosts).withHappyEyeballsDelay(Duration.ZERO)))
                    .isInstanceOf(UnknownHostException.class);
            assertThatThrownBy(() -> openConnection(
                            "there", 80, o -> o.withResolvers(hosts).withLocalAddress(nowhere)))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessageStartingWith("cannot resolve nowhere: ");
        });
    }

    @Test
    @PortOf("test_base_events.create_connection_ssl_server_hostname_errors")
    void anEmptyHostIsRefused() {
        preferred.run(() -> {
            assertThatThrownBy(() -> openConnection("", 80))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("host is empty");
            assertThatThrownBy(() -> openConnection("", 80, o -> o.withTls()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("host is empty");
        });
    }

    @Test
    void aPortOutOfRangeIsRefused() {
        preferred.run(() -> assertThatThrownBy(() -> openConnection(Loopback.HOST, 65536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536"));
    }

    @Test
    void aNameIsLookedUp() {
        preferred.run(() -> {
            try (Server server = startServer(peer -> peer.writer().writeLine("hello"), "localhost", 0);
                    Connection connection = openConnection("localhost", server.port())) {
                assertThat(connection.reader().readLine()).isEqualTo("hello");
            }
        });
    }

    /** A listener that never accepts and whose queue is full leaves a connection attempt hanging. */
    @EachTransport
    @PortOf("test_base_events.create_connection_timeout")
    void aConnectThatIsCancelledLeavesNothingBehind(Transport transport) {
        new Loopback(transport).run(() -> {
            try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                long sockets = Descriptors.sockets();
                List<Task<Connection>> attempts = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    attempts.add(createTask(() -> openConnection(Loopback.HOST, deaf.getLocalPort())));
                }
                until(() -> attempts.stream().anyMatch(Task::isDone));
                for (int i = 0; i < 1000; i++) {
                    yieldNow();
                }
                List<Task<Connection>> hanging =
                        attempts.stream().filter(attempt -> !attempt.isDone()).toList();
                assertThat(hanging).isNotEmpty();
                hanging.forEach(Task::cancel);
                until(() -> attempts.stream().allMatch(Task::isDone));
                assertThat(hanging).allMatch(Task::isCancelled);
                for (Task<Connection> attempt : attempts) {
                    if (!attempt.isCancelled()) {
                        attempt.await().close();
                    }
                }
                until(() -> Descriptors.sockets() == sockets);
            }
        });
    }
}
