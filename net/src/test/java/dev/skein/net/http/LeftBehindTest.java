package dev.skein.net.http;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startMessageServer;
import static dev.skein.net.http.Http.openWebSocket;
import static dev.skein.net.http.Http.startHttpServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Action;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import dev.skein.net.Connection;
import dev.skein.net.EachTransport;
import dev.skein.net.Loopback;
import dev.skein.net.Messages;
import dev.skein.net.Server;
import dev.skein.net.Streams;
import dev.skein.net.VirtualLoopback;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a peer that is gone, or that asks for the wrong thing: no connection, and no task. */
class LeftBehindTest {
    private static final String UPGRADE = """
            GET /socket HTTP/1.1
            Host: a
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

            """.replace("\n", "\r\n");

    private static void assertNobodyIsLeft(Server server) {
        server.close();
        server.waitClosed();
        until(() -> allTasks().size() == 1);
    }

    // Upgrades

    @EachTransport
    void anUpgradeThatIsNoGetIsRefused(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startHttpServer(request -> Response.webSocket(socket -> socket.send("never")), HOST, 0);
            try (Connection client = openConnection(HOST, server.port())) {
                client.writer().write(UPGRADE.replace("GET", "PUT").replace("Host", "Content-Length: 0\r\nHost"));
                assertThat(client.reader().readAll()).asString(UTF_8).startsWith("HTTP/1.1 426 Upgrade Required\r\n");
            }
            assertNobodyIsLeft(server);
        });
    }

    @EachTransport
    void anUpgradeWhosePeerIsGoneIsGivenUp(Transport transport) {
        new Loopback(transport).run(() -> {
            Server[] server = new Server[1];
            boolean[] asked = {false};
            server[0] = startHttpServer(
                    request -> {
                        asked[0] = true;
                        until(() -> server[0].toString().endsWith(", 0 connections]"));
                        return Response.webSocket(socket -> socket.send("never"));
                    },
                    HOST,
                    0,
                    o -> o.withServer(s -> s.withOption(ChannelOption.ALLOW_HALF_CLOSURE, false)));
            Connection client = openConnection(HOST, server[0].port());
            client.writer().write(UPGRADE);
            until(() -> asked[0]);
            client.abort();
            assertNobodyIsLeft(server[0]);
        });
    }

    @EachTransport
    void aServerThatEndsInsteadOfUpgradingIsGivenUpByItsClient(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = Streams.startServer(
                    peer -> {
                        peer.reader().readUntil("\r\n\r\n".getBytes(UTF_8));
                        peer.writer().writeEof();
                        assertThat(peer.reader().readAll()).isEmpty();
                    },
                    HOST,
                    0);
            long begin = Loop.current().time();
            assertThatThrownBy(() -> openWebSocket("ws://" + HOST + ":" + server.port() + "/"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot open the WebSocket: connection ended during the handshake");
            // Netty's own patience.
            assertThat(Duration.ofNanos(Loop.current().time() - begin)).isLessThan(Duration.ofSeconds(10));
            assertNobodyIsLeft(server);
        });
    }

    // Slow peers, in virtual time

    @Test
    void anUnreadBodyIsNotWaitedForLongerThanAHeader(@TempDir Path directory) {
        VirtualLoopback loopback = new VirtualLoopback(directory);
        Duration took = loopback.run(() -> {
            Server server = startHttpServer(
                    request -> Response.text("no"),
                    loopback.address(),
                    o -> o.withRequestHeaderTimeout(Duration.ofSeconds(20)));
            Connection client = openConnection(loopback.address());
            client.writer().write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
            assertThat(client.reader().readAll()).asString(UTF_8).startsWith("HTTP/1.1 200 OK\r\n");
            assertNobodyIsLeft(server);
            client.close();
        });
        assertThat(took).isEqualTo(Duration.ofSeconds(20));
    }

    /** The virtual time that a server needs to get rid of a WebSocket whose client does {@code client} behind its upgrade. */
    private static Duration leaving(Path directory, WebSocketHandler handler, Client client) {
        VirtualLoopback loopback = new VirtualLoopback(directory);
        return loopback.run(() -> {
            Server server = startHttpServer(request -> Response.webSocket(handler), loopback.address(), o -> o);
            Connection connection = openConnection(loopback.address());
            connection.writer().write(UPGRADE);
            connection.reader().readUntil("\r\n\r\n".getBytes(UTF_8));
            client.use(connection);
            assertNobodyIsLeft(server);
            connection.abort();
        });
    }

    private interface Client {
        void use(Connection connection) throws Exception;
    }

    /** Reads an empty close, and answers it. */
    private static void answerClose(Connection client) throws IOException {
        byte[] close = client.reader().readExactly(4);
        assertThat(close).startsWith(0x88, 2);
        client.writer().write(new byte[] {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, close[2], close[3]});
    }

    @Test
    void severalWhoCloseAWebSocketThatAnotherReceivesFromGoOnTogether(@TempDir Path directory) {
        WebSocketHandler handler = socket -> {
            Task<?> receiver = createTask(() -> assertThat(socket.receive()).isNull());
            yieldNow();
            Action close = () -> socket.close();
            gather(createTask(close), createTask(close), createTask(close)).await();
            receiver.await();
        };
        assertThat(leaving(directory, handler, LeftBehindTest::answerClose)).isLessThan(Duration.ofSeconds(1));
    }

    /** Sends as much as the peer's side takes without the peer. */
    private static void clog(WebSocket socket) {
        Task<?> talking = createTask(() -> {
            while (true) {
                socket.send(new byte[100_000]);
            }
        });
        until(() -> !socket.channel().isWritable());
        talking.cancel();
        until(talking::isDone);
    }

    @Test
    void aWebSocketWhosePeerTakesNothingIsDropped(@TempDir Path directory) {
        Duration took = leaving(
                directory,
                LeftBehindTest::clog,
                client -> client.channel().config().setAutoRead(false));
        assertThat(took).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void soItIsWhereThePeerHasClosed(@TempDir Path directory) {
        WebSocketHandler talks = socket -> {
            clog(socket);
            assertThat(socket.receive()).isNull();
        };
        Duration took = leaving(directory, talks, client -> {
            client.channel().config().setAutoRead(false);
            client.writer().write(new byte[] {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 3, (byte) 0xE8});
        });
        assertThat(took).isEqualTo(Duration.ofSeconds(10));
    }

    // Codecs that keep something to themselves

    private static void talkOnce(Transport transport, ChannelInboundHandlerAdapter codec) {
        Loopback loopback = new Loopback(transport);
        loopback.run(() -> {
            Server server = startMessageServer(
                    (Messages<Object, Object> peer) -> {
                        try {
                            assertThat(peer.receive()).isNull();
                        } catch (IllegalStateException broken) {
                            assertThat(peer.receive()).isNull();
                        }
                    },
                    HOST,
                    0,
                    pipeline -> pipeline.addLast(codec),
                    o -> o.withOption(ChannelOption.ALLOW_HALF_CLOSURE, false));
            openConnection(HOST, server.port()).close();
            assertNobodyIsLeft(server);
        });
    }

    @EachTransport
    void aCodecThatKeepsTheEndToItselfKeepsNobodyWaiting(Transport transport) {
        talkOnce(transport, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelInactive(ChannelHandlerContext context) {}
        });
    }

    @EachTransport
    void norDoesOneThatFailsInIt(Transport transport) {
        talkOnce(transport, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelInactive(ChannelHandlerContext context) {
                throw new IllegalStateException("no");
            }
        });
    }

    @EachTransport
    void aWriteThatFailsWhileTheConnectionClosesDoesNotKeepItOpen(Transport transport) {
        new Loopback(transport).run(() -> {
            ChannelPromise[] promised = new ChannelPromise[1];
            Server server = startMessageServer(
                    (Messages<Object, Object> peer) ->
                            assertThat(peer.receive()).isNull(),
                    HOST,
                    0,
                    pipeline -> {});
            Messages<Object, Object> client = openMessages(
                    HOST,
                    server.port(),
                    pipeline -> pipeline.addLast(new ChannelOutboundHandlerAdapter() {
                        @Override
                        public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
                            promised[0] = written;
                        }
                    }));
            client.send("late");
            Task<?> closing = createTask(client::close);
            until(() -> promised[0] != null && client.isClosing());
            yieldNow();
            promised[0].setFailure(new IllegalStateException("no"));
            closing.await();
            assertNobodyIsLeft(server);
        });
    }
}
