package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import dev.skein.loop.testing.TestLoop;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a server does not accept: it has enough connections, or the system has no resources. */
class AcceptorTest {
    private static void oneLine(Connection peer) throws IOException {
        peer.writer().writeLine("welcome");
        peer.reader().readLine();
    }

    private static boolean isServed(Connection connection) {
        return connection.reader().toString().contains("8 bytes");
    }

    // The limit

    @EachTransport
    void aServerWithEnoughConnectionsAcceptsTheNextWhenOneIsClosed(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startServer(
                    AcceptorTest::oneLine, HOST, 0, o -> o.withMaxConnections(2).withStartServing(false));
            List<Connection> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                clients.add(openConnection(HOST, server.port()));
            }
            server.startServing();
            for (int left = 3; left > 0; left--) {
                until(() -> clients.stream().filter(AcceptorTest::isServed).count() == 2);
                assertThat(server).asString().endsWith("open, 2 connections]");
                Connection served = clients.stream()
                        .filter(AcceptorTest::isServed)
                        .findFirst()
                        .orElseThrow();
                clients.remove(served);
                served.close();
            }
            until(() -> clients.stream().allMatch(AcceptorTest::isServed));
            server.close();
            clients.forEach(Connection::close);
            server.waitClosed();
        });
    }

    @EachTransport
    void aServerThatIsClosedTurnsAwayThoseWhoWaitToBeLetIn(Transport transport) {
        long before = Descriptors.sockets();
        new Loopback(transport).run(() -> {
            Server server = startServer(
                    AcceptorTest::oneLine, HOST, 0, o -> o.withMaxConnections(1).withStartServing(false));
            List<Connection> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(openConnection(HOST, server.port()));
            }
            server.startServing();
            until(() -> clients.stream().anyMatch(AcceptorTest::isServed));
            server.close();
            for (Connection client : clients) {
                if (!isServed(client)) {
                    try {
                        assertThat(client.reader().readLine()).isNull();
                    } catch (IOException reset) {
                        assertThat(reset).hasMessageContaining("was lost");
                    }
                }
                client.close();
            }
            server.waitClosed();
        });
        assertThat(Descriptors.sockets()).isEqualTo(before);
    }

    // Out of resources

    private final TestLoop loop = new TestLoop();

    /** A listening channel that accepts what it is told to. */
    private EmbeddedChannel listener(Acceptor acceptor, List<Object> accepted) {
        EmbeddedChannel channel = new EmbeddedChannel(acceptor, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object connection) {
                accepted.add(connection);
            }
        });
        acceptor.start();
        return channel;
    }

    private static void runOut(EmbeddedChannel listener) {
        listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
    }

    @Test
    @PortOf("test_base_events.accept_connection_exception")
    void withoutDescriptorsItRestsForASecondAndSaysSoOnce() {
        List<Object> accepted = new ArrayList<>();
        loop.run(() -> {
            Acceptor acceptor = new Acceptor(loop.loop(), loop.loop().eventLoop(), Integer.MAX_VALUE);
            EmbeddedChannel one = listener(acceptor, accepted);
            EmbeddedChannel two = listener(acceptor, accepted);
            for (int i = 0; i < 3; i++) {
                runOut(one);
                assertThat(one.config().isAutoRead()).isFalse();
                assertThat(two.config().isAutoRead()).isFalse();
                assertThat(one.isOpen()).isTrue();
                sleep(Duration.ofMillis(999));
                assertThat(one.config().isAutoRead()).isFalse();
                sleep(Duration.ofMillis(2));
                assertThat(one.config().isAutoRead()).isTrue();
                assertThat(two.config().isAutoRead()).isTrue();
            }
            assertThat(loop.errors()).singleElement().satisfies(error -> {
                assertThat(error.message())
                        .isEqualTo("cannot accept connections on embedded: retrying every second;"
                                + " raise the limit of file descriptors, or set withMaxConnections");
                assertThat(error.exception())
                        .hasValueSatisfying(e -> assertThat(e).hasMessage("Too many open files"));
                assertThat(error.channel()).contains(one);
            });
            one.pipeline().fireChannelRead("a connection");
            runOut(one);
            assertThat(loop.errors()).hasSize(2);
            assertThat(accepted).containsExactly("a connection");
        });
        loop.close();
    }

    @Test
    @PortOf("test_selector_events.accept_connection_skip_connectionabortederror")
    void aPeerThatLeftBeforeItWasAcceptedIsNoReasonToRest() {
        loop.run(() -> {
            List<Object> accepted = new ArrayList<>();
            EmbeddedChannel listener =
                    listener(new Acceptor(loop.loop(), loop.loop().eventLoop(), Integer.MAX_VALUE), accepted);
            for (int i = 0; i < 50; i++) {
                listener.pipeline().fireExceptionCaught(new IOException("Software caused connection abort"));
                assertThat(listener.config().isAutoRead()).isTrue();
                listener.pipeline().fireChannelRead(i);
            }
            assertThat(accepted).hasSize(50);
            assertThat(loop.errors()).isEmpty();
        });
        loop.close();
    }

    @Test
    void aServerThatRestsMayBeClosed() {
        Loopback loopback = new Loopback(Transport.preferred());
        loopback.run(() -> {
            Server server = startServer(AcceptorTest::oneLine, HOST, 0);
            Task<?> over = createTask(server::waitClosed);
            server.close();
            over.await();
        });
        loop.close();
    }
}
