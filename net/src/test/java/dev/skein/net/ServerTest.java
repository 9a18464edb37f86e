package dev.skein.net;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.CancelledError;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The life of a server and of its handlers. */
class ServerTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    private static void echo(Connection peer) throws IOException {
        byte[] chunk;
        while ((chunk = peer.reader().read(4096)) != null) {
            peer.writer().write(chunk);
        }
    }

    private static void readToTheEnd(Connection peer) throws IOException {
        peer.reader().readAll();
    }

    private static void assertEchoes(Server server) throws IOException {
        try (Connection connection = openConnection(HOST, server.port())) {
            connection.writer().writeLine("hello world!");
            assertThat(connection.reader().readLine()).isEqualTo("hello world!");
        }
    }

    // Listening

    @EachTransport
    @PortOf("test_streams.start_server")
    @PortOf("test_events.server_close")
    void aServerServesOneConnectionAfterTheOther(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startServer(ServerTest::echo, HOST, 0);
            assertThat(server.isServing()).isTrue();
            assertThat(server.addresses())
                    .containsExactly(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            assertEchoes(server);
            assertEchoes(server);
            server.close();
            assertThatThrownBy(() -> openConnection(HOST, server.port())).isInstanceOf(ConnectException.class);
            server.waitClosed();
            assertThat(server.isServing()).isFalse();
        });
    }

    @EachTransport
    @PortOf("test_events.create_server_addr_in_use")
    @PortOf("test_base_events.create_server_cant_bind")
    void aPortThatIsTakenIsNamed(Transport transport) {
        new Loopback(transport).run(() -> {
            try (Server server = startServer(ServerTest::echo, HOST, 0)) {
                long sockets = Descriptors.sockets();
                assertThatThrownBy(() -> startServer(ServerTest::echo, HOST, server.port()))
                        .isInstanceOf(BindException.class)
                        .hasMessageStartingWith("cannot listen on 127.0.0.1:" + server.port() + ": ")
                        .hasMessageContaining("in use");
                until(() -> Descriptors.sockets() <= sockets);
                assertEchoes(server);
            }
        });
    }

    @Test
    void anAddressThatThisMachineHasNotIsNamed() {
        preferred.run(() -> assertThatThrownBy(() -> startServer(ServerTest::echo, "192.0.2.1", 0))
                .isInstanceOf(BindException.class)
                .hasMessageStartingWith("cannot listen on 192.0.2.1:0: "));
    }

    @Test
    @PortOf("test_base_events.create_server_no_getaddrinfo")
    void aHostThatDoesNotResolveIsNamed() {
        preferred.run(() -> assertThatThrownBy(() -> startServer(ServerTest::echo, "no-such-host.invalid", 0))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageStartingWith("cannot resolve no-such-host.invalid"));
    }

    @Test
    void badOptionsAreRefused() {
        preferred.run(() -> {
            assertThatThrownBy(() -> startServer(ServerTest::echo, HOST, 0, o -> o.withBacklog(0)))
                    .hasMessage("backlog < 1: 0");
            assertThatThrownBy(() -> startServer(ServerTest::echo, HOST, 0, o -> o.withLimit(0)))
                    .hasMessage("limit < 1: 0");
            assertThatThrownBy(() -> openConnection(HOST, 1, o -> o.withLimit(0)))
                    .hasMessage("limit < 1: 0");
        });
    }

    // Handlers

    @EachTransport
    @PortOf("test_streams.unhandled_exception")
    void aHandlerThatThrowsIsReportedAndTheOthersGoOn(Transport transport) {
        Loopback loopback = new Loopback(transport);
        loopback.run(() -> {
            ConnectionHandler handler = peer -> {
                if ("fail".equals(peer.reader().readLine())) {
                    peer.writer().writeLine("as you wish");
                    throw new IllegalArgumentException("test");
                }
                peer.writer().writeLine("still here");
            };
            try (Server server = startServer(handler, HOST, 0, o -> o.withName("picky"));
                    Connection good = openConnection(HOST, server.port());
                    Connection bad = openConnection(HOST, server.port())) {
                bad.writer().writeLine("fail");
                assertThat(bad.reader().readLine()).isEqualTo("as you wish");
                assertThat(bad.reader().readLine()).isNull();

                String peer = Loopback.text(bad.localAddress());
                ErrorContext error = loopback.takeError();
                assertThat(error.message())
                        .isEqualTo("handler of the connection with " + peer + " failed, so the connection is closed");
                assertThat(error.exception()).containsInstanceOf(IllegalArgumentException.class);
                assertThat(error.task().map(Task::name)).contains("picky-" + peer);
                assertThat(error.channel().map(c -> c.remoteAddress())).isEqualTo(Optional.of(bad.localAddress()));

                good.writer().writeLine("");
                assertThat(good.reader().readLine()).isEqualTo("still here");
            }
        });
    }

    @Test
    @PortOf("test_streams.unhandled_cancel")
    void aHandlerThatIsCancelledIsNotReportedAndItsConnectionIsClosed() {
        preferred.run(() -> {
            ConnectionHandler handler = peer -> {
                peer.writer().write("last words");
                Objects.requireNonNull(currentTask()).cancel();
                sleep(Duration.ofHours(1));
            };
            try (Server server = startServer(handler, HOST, 0);
                    Connection connection = openConnection(HOST, server.port())) {
                assertThat(connection.reader().readAll()).hasSize("last words".length());
            }
        });
    }

    @Test
    @PortOf("test_streams.unhandled_cancel")
    void aHandlerCancelledAfterItsCloseIsNotReported() {
        preferred.run(() -> {
            ConnectionHandler handler = peer -> {
                peer.writer().close();
                Objects.requireNonNull(currentTask()).cancel();
            };
            Server server = startServer(handler, HOST, 0);
            Connection connection = openConnection(HOST, server.port());
            connection.writer().write("test msg");
            connection.writer().drain();
            connection.close();
            connection.writer().waitClosed();
            server.close();
            server.waitClosed();
        });
    }

    @Test
    void aHandlerCancelledBeforeItsFirstStepLeavesNoConnection() {
        preferred.run(() -> {
            ConnectionHandler handler = peer -> {
                throw new AssertionError("must not run");
            };
            Server server = startServer(handler, HOST, 0, o -> o.withName("never"));
            Task<Connection> opening = createTask(() -> openConnection(HOST, server.port()));
            until(() -> allTasks().stream().anyMatch(ServerTest::cancelIfOfServer));
            try (Connection connection = opening.await()) {
                assertThat(connection.reader().readAll()).isEmpty();
            }
            server.close();
            server.waitClosed();
        });
    }

    private static boolean cancelIfOfServer(Task<?> task) {
        return task.name().startsWith("never-") && task.cancel();
    }

    @Test
    void aConnectionIsClosedWhenItsHandlerReturnsUnlikeInAsyncio() {
        byte[] much = new byte[1_000_000];
        preferred.run(() -> {
            try (Server server = startServer(peer -> peer.writer().write(much), HOST, 0);
                    Connection connection = openConnection(HOST, server.port())) {
                assertThat(connection.reader().readAll()).hasSize(much.length);
            }
        });
    }

    // Closing

    @Test
    @PortOf("test_server.start_server_1")
    void aHandlerMayEndTheServerThatServesForever() {
        preferred.run(() -> {
            Future<Server> started = Loop.current().createFuture();
            Task<?> main = createTask(() -> {
                Task<?> me = Objects.requireNonNull(currentTask());
                ConnectionHandler handler = peer -> {
                    peer.reader().readLine();
                    me.cancel();
                    peer.writer().write("1");
                };
                try (Server server = startServer(handler, HOST, 0, o -> o.withStartServing(false))) {
                    assertThat(server.isServing()).isFalse();
                    started.setResult(server);
                    server.serveForever();
                }
            });
            Server server = started.await();
            until(server::isServing);
            try (Connection connection = openConnection(HOST, server.port())) {
                connection.writer().writeLine("1".repeat(5 * 1024));
                assertThat(connection.reader().readAll()).hasSize(1);
            }
            assertThatThrownBy(main::await).isInstanceOf(CancelledError.class);
            assertThat(server.isServing()).isFalse();
            assertThatThrownBy(server::serveForever)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("this server is closed: Server[server on [/127.0.0.1:");
        });
    }

    @Test
    void onlyOneCanServeForever() {
        preferred.run(() -> {
            Server server = startServer(ServerTest::echo, HOST, 0);
            Task<?> first = createTask(server::serveForever);
            yieldNow();
            assertThatThrownBy(server::serveForever)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("serveForever() is already running");
            server.close();
            until(first::isDone);
            assertThat(first.isCancelled()).isTrue();
        });
    }

    @Test
    void closeEndsServeForeverOnceTheLastConnectionIsClosed() {
        preferred.run(() -> {
            Server server = startServer(ServerTest::echo, HOST, 0);
            Task<?> serving = createTask(server::serveForever);
            try (Connection connection = openConnection(HOST, server.port())) {
                connection.writer().writeLine("a");
                assertThat(connection.reader().readLine()).isEqualTo("a");
                server.close();
                connection.writer().writeLine("b");
                assertThat(connection.reader().readLine()).isEqualTo("b");
                assertThat(serving.isDone()).isFalse();
            }
            until(serving::isDone);
            assertThat(serving.isCancelled()).isTrue();
        });
    }

    @EachTransport
    void cancellingServeForeverClosesAllConnections(Transport transport) {
        new Loopback(transport).run(() -> {
            ConnectionHandler flood = peer -> {
                while (true) {
                    peer.writer().write(new byte[100_000]);
                }
            };
            Loop.current().setExceptionHandler((loop, error) -> {});
            Server server = startServer(flood, HOST, 0);
            Task<?> serving = createTask(server::serveForever);
            Connection deaf = openConnection(HOST, server.port(), o -> o.withLimit(1));
            until(() -> !deaf.channel().config().isAutoRead());
            serving.cancel();
            assertThatThrownBy(serving::await).isInstanceOf(CancelledError.class);
            assertThatThrownBy(() -> openConnection(HOST, server.port())).isInstanceOf(IOException.class);
            deaf.close();
        });
    }

    @Test
    @PortOf("test_server.wait_closed_basic")
    void waitClosedWaitsUntilItIsClosedAndNoConnectionIsLeft() {
        preferred.run(() -> {
            Server server = startServer(ServerTest::readToTheEnd, HOST, 0);
            Task<?> beforeAny = createTask(server::waitClosed);
            yieldNow();
            assertThat(beforeAny.isDone()).isFalse();

            Connection connection = openConnection(HOST, server.port());
            Task<?> whileOneIsOpen = createTask(server::waitClosed);
            until(() -> server.toString().endsWith("open, 1 connections]"));
            assertThat(beforeAny.isDone()).isFalse();
            assertThat(whileOneIsOpen.isDone()).isFalse();
            server.close();
            Task<?> afterClose = createTask(server::waitClosed);
            yieldNow();
            assertThat(beforeAny.isDone()).isFalse();
            assertThat(whileOneIsOpen.isDone()).isFalse();
            assertThat(afterClose.isDone()).isFalse();

            connection.close();
            beforeAny.await();
            whileOneIsOpen.await();
            afterClose.await();
            server.waitClosed();
        });
    }

    @Test
    @PortOf("test_server.wait_closed_race")
    void waitClosedSeesTheServerAndItsLastConnectionCloseTogether() {
        preferred.run(() -> {
            Server server = startServer(ServerTest::readToTheEnd, HOST, 0);
            Task<?> waiting = createTask(server::waitClosed);
            yieldNow();
            assertThat(waiting.isDone()).isFalse();
            Connection connection = openConnection(HOST, server.port());
            Loop.current().callSoon(server::close);
            Loop.current().callSoon(() -> connection.writer().close());
            server.waitClosed();
            waiting.await();
        });
    }

    @EachTransport
    @PortOf("test_server.close_clients")
    void closeClientsEndsIdleConnections(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startServer(ServerTest::readToTheEnd, HOST, 0);
            Connection connection = openConnection(HOST, server.port());
            Task<?> waiting = createTask(server::waitClosed);
            until(() -> server.toString().endsWith("open, 1 connections]"));
            assertThat(waiting.isDone()).isFalse();
            server.close();
            server.closeClients();
            waiting.await();
            assertThat(connection.reader().readLine()).isNull();
            connection.close();
        });
    }

    @Test
    void closeClientsClosesThemInTheOrderInWhichTheyCame() {
        Trail closed = new Trail();
        ConnectionHandler handler = peer -> {
            String name = peer.reader().readLine();
            peer.writer().writeLine("welcome " + name);
            peer.writer().waitClosed();
            closed.add("" + name);
        };
        List<String> names =
                IntStream.rangeClosed(1, 12).mapToObj(i -> "client " + i).toList();
        preferred.run(() -> {
            Server server = startServer(handler, HOST, 0);
            for (String name : names) {
                Connection connection = openConnection(HOST, server.port());
                connection.writer().writeLine(name);
                assertThat(connection.reader().readLine()).isEqualTo("welcome " + name);
            }
            server.close();
            server.closeClients();
            server.waitClosed();
        });
        assertThat(closed.entries()).isEqualTo(names);
    }

    @EachTransport
    @PortOf("test_server.abort_clients")
    void abortClientsDropsWhatASlowPeerHasNotTaken(Transport transport) {
        new Loopback(transport).run(() -> {
            Future<Connection> accepted = Loop.current().createFuture();
            ConnectionHandler handler = peer -> {
                accepted.setResult(peer);
                peer.writer().waitClosed();
            };
            Server server = startServer(handler, HOST, 0);
            Connection slow = openConnection(HOST, server.port(), o -> o.withLimit(4096));
            Connection peer = accepted.await();
            peer.writer().write(new byte[20_000_000]);
            until(() -> !slow.channel().config().isAutoRead());
            assertThat(Objects.requireNonNull(peer.channel().unsafe().outboundBuffer())
                            .totalPendingWriteBytes())
                    .isPositive();
            Task<?> waiting = createTask(server::waitClosed);
            yieldNow();
            assertThat(waiting.isDone()).isFalse();
            server.close();
            server.abortClients();
            waiting.await();
            slow.close();
        });
    }

    @Test
    void theEndOfATryBlockStopsAcceptingAndLeavesTheConnections() {
        preferred.run(() -> {
            Connection connection;
            int port;
            try (Server server = startServer(ServerTest::echo, HOST, 0)) {
                port = server.port();
                connection = openConnection(HOST, port);
                connection.writer().writeLine("a");
                assertThat(connection.reader().readLine()).isEqualTo("a");
            }
            assertThatThrownBy(() -> openConnection(HOST, port)).isInstanceOf(IOException.class);
            connection.writer().writeLine("b");
            assertThat(connection.reader().readLine()).isEqualTo("b");
            connection.close();
        });
    }
}
