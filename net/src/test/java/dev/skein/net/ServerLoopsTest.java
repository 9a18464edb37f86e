package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Action;
import dev.skein.loop.Asyncio;
import dev.skein.loop.CancelledError;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Loop;
import dev.skein.loop.LoopGroup;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One handler, several loops: a server over a group. */
class ServerLoopsTest {
    private static final int LOOPS = 3;

    /** What a test does with a group of loops, in a loop of its own. */
    @FunctionalInterface
    private interface Body {
        void run(LoopGroup group) throws Exception;
    }

    private static void withGroup(Transport transport, Body body) {
        Loopback loopback = new Loopback(transport);
        LoopGroup group = new LoopGroup(LOOPS, options -> options.withTransport(transport));
        try {
            loopback.run(() -> body.run(group));
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    /** Says which loop serves, and stays until the peer leaves. */
    private static void tellLoop(Connection peer) throws IOException {
        peer.writer().writeLine(loopName());
        peer.reader().readAll();
    }

    private static String loopName() {
        return String.valueOf(System.identityHashCode(Loop.current()));
    }

    private static List<Connection> open(Server server, int count) throws IOException {
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            connections.add(openConnection(HOST, server.port()));
        }
        return connections;
    }

    private static void closeAll(List<Connection> connections) {
        connections.forEach(Connection::close);
    }

    @EachTransport
    void theConnectionsAreSharedOutToAllLoops(Transport transport) {
        withGroup(transport, group -> {
            Server server = startServer(ServerLoopsTest::tellLoop, HOST, 0, o -> o.withLoops(group));
            assertThat(server.addresses()).hasSize(1);
            Set<String> loops = new HashSet<>();
            List<Connection> connections = open(server, 60);
            for (Connection connection : connections) {
                loops.add(String.valueOf(connection.reader().readLine()));
            }
            assertThat(loops).hasSize(LOOPS).doesNotContain(loopName());
            assertThat(server).asString().endsWith("open, 60 connections]");

            Task<?> over = createTask(server::waitClosed);
            server.close();
            assertThat(over.isDone()).isFalse();
            closeAll(connections);
            over.await();
            assertThatThrownBy(() -> openConnection(HOST, server.port())).isInstanceOf(IOException.class);
        });
    }

    @EachTransport
    void connectionsAreSharedOutUnderTlsToo(Transport transport) {
        for (TestTls tls : TestTls.all()) {
            SslContext ofServer = tls.server();
            SslContext ofClient = tls.client();
            withGroup(transport, group -> {
                Server server = startServer(
                        ServerLoopsTest::tellLoop,
                        HOST,
                        0,
                        o -> o.withLoops(group).withTls(ofServer));
                Set<String> loops = new HashSet<>();
                while (loops.size() < LOOPS) {
                    try (Connection connection = openConnection("localhost", server.port(), o -> o.withTls(ofClient))) {
                        loops.add(String.valueOf(connection.reader().readLine()));
                    }
                }
                assertThat(loops).doesNotContain(loopName());
                server.close();
                server.waitClosed();
            });
        }
    }

    @EachTransport
    void closingItsClientsReachesAllLoops(Transport transport) {
        withGroup(transport, group -> {
            Server server = startServer(ServerLoopsTest::tellLoop, HOST, 0, o -> o.withLoops(group));
            List<Connection> connections = open(server, 20);
            for (Connection connection : connections) {
                connection.reader().readLine();
            }
            server.close();
            server.closeClients();
            server.waitClosed();
            for (Connection connection : connections) {
                assertThat(connection.reader().readLine()).isNull();
                connection.close();
            }
        });
    }

    @EachTransport
    void abortingItsClientsReachesAllLoopsThoughThePeersTakeNothing(Transport transport) {
        withGroup(transport, group -> {
            Server server = startServer(
                    peer -> {
                        peer.writer().write(new byte[20_000_000]);
                        peer.reader().readAll();
                    },
                    HOST,
                    0,
                    o -> o.withLoops(group));
            List<Connection> connections = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                connections.add(openConnection(HOST, server.port(), o -> o.withLimit(1)));
            }
            for (Connection connection : connections) {
                Loopback.until(() -> !connection.channel().config().isAutoRead());
            }
            server.close();
            server.abortClients();
            server.waitClosed();
            connections.forEach(Connection::abort);
        });
    }

    @EachTransport
    void theLimitOnConnectionsIsForAllLoopsTogether(Transport transport) {
        withGroup(transport, group -> {
            Server server = startServer(
                    ServerLoopsTest::tellLoop, HOST, 0, o -> o.withLoops(group).withMaxConnections(4));
            List<Connection> connections = open(server, 4);
            Set<String> loops = new HashSet<>();
            for (Connection connection : connections) {
                loops.add(String.valueOf(connection.reader().readLine()));
            }
            assertThat(loops).hasSizeBetween(2, LOOPS);
            Connection fifth = openConnection(HOST, server.port());
            Task<String> greeting =
                    createTask(() -> String.valueOf(fifth.reader().readLine()));
            assertThat(server).asString().endsWith("open, 4 connections]");
            assertThat(greeting.isDone()).isFalse();
            connections.removeLast().close();
            assertThat(greeting.await()).isNotEmpty();
            server.close();
            closeAll(connections);
            fifth.close();
            server.waitClosed();
        });
    }

    @Test
    void serveForeverThatIsCancelledClosesTheConnectionsOfAllLoops() {
        withGroup(Transport.preferred(), group -> {
            Server server = startServer(ServerLoopsTest::tellLoop, HOST, 0, o -> o.withLoops(group));
            Task<?> serving = createTask(server::serveForever);
            List<Connection> connections = open(server, 10);
            for (Connection connection : connections) {
                connection.reader().readLine();
            }
            serving.cancel();
            assertThatThrownBy(serving::await).isInstanceOf(CancelledError.class);
            for (Connection connection : connections) {
                assertThat(connection.reader().readLine()).isNull();
                connection.close();
            }
        });
    }

    @Test
    void aServerWhoseLoopsAreGoneIsOverWhenItIsClosed() {
        withGroup(Transport.preferred(), group -> {
            Server server = startServer(ServerLoopsTest::tellLoop, HOST, 0, o -> o.withLoops(group));
            Connection connection = openConnection(HOST, server.port());
            connection.reader().readLine();
            Asyncio.await(group.shutdownGracefully(0, 5, TimeUnit.SECONDS));
            assertThat(connection.reader().readLine()).isNull();
            server.close();
            server.closeClients();
            server.waitClosed();
            connection.close();
        });
    }

    @Test
    void aGroupThatATryBlockClosesEndsItsConnections() {
        new Loopback(Transport.preferred()).run(() -> {
            Connection connection;
            try (LoopGroup group = new LoopGroup(2)) {
                Server server = startServer(ServerLoopsTest::tellLoop, HOST, 0, o -> o.withLoops(group));
                connection = openConnection(HOST, server.port());
                assertThat(connection.reader().readLine()).isNotEqualTo(loopName());
                server.close();
            }
            assertThat(connection.reader().readLine()).isNull();
            connection.close();
        });
    }

    @Test
    void aHandlerThatFailsIsReportedToTheLoopThatServes() {
        withGroup(Transport.preferred(), group -> {
            Queue<ErrorContext> errors = new ConcurrentLinkedQueue<>();
            for (EventExecutor each : group) {
                Loop loop = Loop.of((EventLoop) each);
                Asyncio.await(runCoroutineThreadsafe(
                        (Action) () -> loop.setExceptionHandler((of, error) -> errors.add(error)), loop));
            }
            ConnectionHandler failing = peer -> {
                throw new IllegalArgumentException("test");
            };
            try (Server server = startServer(failing, HOST, 0, o -> o.withLoops(group));
                    Connection connection = openConnection(HOST, server.port())) {
                assertThat(connection.reader().readLine()).isNull();
                assertThat(errors)
                        .singleElement()
                        .satisfies(error ->
                                assertThat(error.exception()).containsInstanceOf(IllegalArgumentException.class));
            }
        });
    }

    @Test
    void onlyTheLoopThatStartedItMayCloseIt() {
        withGroup(Transport.preferred(), group -> {
            Server server = startServer(ServerLoopsTest::tellLoop, HOST, 0, o -> o.withLoops(group));
            for (Runnable each : List.<Runnable>of(
                    server::startServing, server::closeClients, server::abortClients, server::close)) {
                assertThatThrownBy(() -> toThread(() -> {
                            each.run();
                            return 1;
                        }))
                        .isInstanceOf(WrongThreadException.class);
            }
            assertThat(server.isServing()).isTrue();
            server.close();
            server.waitClosed();
        });
    }
}
