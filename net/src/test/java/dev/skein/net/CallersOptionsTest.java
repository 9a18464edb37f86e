package dev.skein.net;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startMessageServer;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import dev.skein.net.http.HttpClient;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options of Netty's that a caller gives stand, where Skein has values of its own for them too. */
class CallersOptionsTest {
    private static final ChannelOption<Boolean> HALF = ChannelOption.ALLOW_HALF_CLOSURE;

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static SocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    // ALLOW_HALF_CLOSURE

    private static void aClientsConnectionClosesWithThePeersEnd(Transport transport, SocketAddress address) {
        new Loopback(transport).talk(address, o -> o.withOption(HALF, false), o -> o, (client, peer) -> {
            assertThat(client.channel().config().getOption(HALF)).isFalse();
            peer.writer().writeEof();
            await(client.channel().closeFuture());
            assertThat(client.reader().readAll()).isEmpty();
        });
    }

    private static void aServersConnectionClosesWithThePeersEnd(Transport transport, SocketAddress address) {
        new Loopback(transport).talk(address, o -> o, o -> o.withOption(HALF, false), (client, peer) -> {
            assertThat(peer.channel().config().getOption(HALF)).isFalse();
            client.writer().writeEof();
            await(peer.channel().closeFuture());
            assertThat(peer.reader().readAll()).isEmpty();
        });
    }

    @EachTransport
    void withoutHalfClosureAClientsConnectionClosesWithThePeersEnd(Transport transport) {
        aClientsConnectionClosesWithThePeersEnd(transport, anyPort());
    }

    @EachTransport
    void withoutHalfClosureAServersConnectionClosesWithThePeersEnd(Transport transport) {
        aServersConnectionClosesWithThePeersEnd(transport, anyPort());
    }

    @EachTransport
    void soItIsOverUnixSockets(Transport transport, @TempDir Path directory) {
        assumeTrue(transport != Transport.NIO, "the option is not one of Netty's Unix channels on NIO");
        SocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        aClientsConnectionClosesWithThePeersEnd(transport, address);
        aServersConnectionClosesWithThePeersEnd(transport, address);
    }

    @EachTransport
    void soItIsForMessages(Transport transport) {
        new Loopback(transport).run(() -> {
            UnaryOperator<ServerOptions> whole = o -> o.withOption(HALF, false);
            Server server = startMessageServer(
                    (Messages<String, String> peer) -> peer.waitClosed(), HOST, 0, MessagesTest::lines, whole);
            try (server;
                    Messages<String, String> client = openMessages(HOST, server.port(), MessagesTest::lines)) {
                client.sendEof();
                assertThat(client.receive()).as("the server has closed").isNull();
            }
            server.waitClosed();

            Server ending = startMessageServer(
                    (Messages<String, String> peer) -> {
                        peer.sendEof();
                        assertThat(peer.receive()).as("the client has closed").isNull();
                    },
                    HOST,
                    0,
                    MessagesTest::lines);
            Messages<String, String> client =
                    openMessages(HOST, ending.port(), MessagesTest::lines, o -> o.withOption(HALF, false));
            try (ending) {
                client.waitClosed();
            }
            ending.waitClosed();
        });
    }

    /** Whether a client's kept connection is closed with the end of the server's side, before it is used again. */
    private boolean closesWithTheServersEnd(UnaryOperator<ConnectOptions> options) {
        boolean[] closed = {false, false};
        preferred.run(() -> {
            Server server = startServer(
                    peer -> {
                        if (peer.reader().readLine() == null) {
                            return;
                        }
                        peer.reader().readUntil("\r\n\r\n".getBytes(US_ASCII));
                        peer.writer().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                        peer.writer().writeEof();
                        peer.reader().readAll();
                        closed[0] = true;
                    },
                    HOST,
                    0);
            try (server;
                    HttpClient client = new HttpClient(o -> o.withConnect(options))) {
                assertThat(client.get("http://" + HOST + ":" + server.port()).text())
                        .isEqualTo("ok");
                // What the kernel does in between is done when others have talked for a while.
                for (int i = 0; i < 20; i++) {
                    openConnection(HOST, server.port()).close();
                }
                closed[1] = closed[0];
            }
            server.waitClosed();
        });
        return closed[1];
    }

    @Test
    void anHttpClientsConnectionIsNotHalfClosedUnlessItsUserSaysSo() {
        assertThat(closesWithTheServersEnd(o -> o.withOption(HALF, true))).isFalse();
        assertThat(closesWithTheServersEnd(o -> o)).isTrue();
    }

    // Others

    @EachTransport
    void nagleStaysOnForWhoeverWantsIt(Transport transport) {
        new Loopback(transport)
                .talk(
                        o -> o.withOption(ChannelOption.TCP_NODELAY, false),
                        o -> o.withOption(ChannelOption.TCP_NODELAY, false),
                        (client, peer) -> {
                            for (Channel channel : new Channel[] {client.channel(), peer.channel()}) {
                                assertThat(channel.config().getOption(ChannelOption.TCP_NODELAY))
                                        .isFalse();
                            }
                        });
    }

    @Test
    void readingIsNotTheCallersToTurnOff() {
        preferred.run(() -> {
            String refusal =
                    "option AUTO_READ is reserved: streams pause and resume reading with it; leave it out, or, for"
                            + " a server, use withStartServing(false)";
            assertThatThrownBy(() -> openConnection(HOST, 1, o -> o.withOption(ChannelOption.AUTO_READ, false)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(refusal);
            assertThatThrownBy(() -> serve(o -> o.withOption(ChannelOption.AUTO_READ, false)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(refusal);
            assertThatThrownBy(() -> serve(o -> o.withListenOption(ChannelOption.AUTO_READ, false)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(refusal);
            assertThat(Loop.current().isRunning()).isTrue();
        });
    }

    private static Server serve(UnaryOperator<ServerOptions> options) throws IOException {
        return startServer(peer -> {}, HOST, 0, options);
    }
}
