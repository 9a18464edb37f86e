package dev.skein.net;

import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startMessageServer;
import static dev.skein.net.Streams.startServer;
import static dev.skein.net.http.Http.openWebSocket;
import static dev.skein.net.http.Http.startHttpServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import dev.skein.net.http.HttpClient;
import dev.skein.net.http.Response;
import dev.skein.net.http.WebSocket;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages, HTTP and WebSockets over TLS. */
class MessagesTlsTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    private static void echo(Messages<String, String> peer) throws IOException {
        for (String line : peer) {
            peer.send(line);
        }
    }

    @EachTransport
    void messagesComeAndGoOverTls(Transport transport) {
        for (TestTls tls : TestTls.all()) {
            new Loopback(transport).run(() -> {
                Server server = startMessageServer(
                        MessagesTlsTest::echo, HOST, 0, MessagesTest::lines, o -> o.withTls(tls.server()));
                Messages<String, String> client =
                        openMessages(HOST, server.port(), MessagesTest::lines, o -> o.withTls(tls.client()));
                try (server;
                        client) {
                    client.send("hello");
                    assertThat(client.receive()).isEqualTo("hello");
                    assertThatThrownBy(client::sendEof).isInstanceOf(UnsupportedOperationException.class);
                }
                server.waitClosed();
            });
        }
    }

    @EachProvider
    void aServersContextIsChosenByTheNameThatIsAskedFor(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        SslContext ofServer = tls.server();
        TlsOptions names = TlsOptions.of(name -> {
            if (name == null) {
                throw new IllegalStateException("no name");
            }
            return ofServer;
        });
        preferred.run(() -> {
            Server server =
                    startMessageServer(MessagesTlsTest::echo, HOST, 0, MessagesTest::lines, o -> o.withTls(names));
            assertThatThrownBy(
                            () -> openMessages(HOST, server.port(), MessagesTest::lines, o -> o.withTls(tls.client())))
                    .isInstanceOf(IOException.class);
            try (server;
                    Messages<String, String> client = openMessages(
                            "localhost", server.port(), MessagesTest::lines, o -> o.withTls(tls.client()))) {
                client.send("hello");
                assertThat(client.receive()).isEqualTo("hello");
            }
            server.waitClosed();
        });
    }

    /** Netty's own limit is 10 seconds. */
    @EachProvider
    void aHandshakeMayTakeAsLongAsTheOptionsSay(SslProvider provider, @TempDir Path directory) {
        TestTls tls = new TestTls(provider);
        SslContext ofServer = tls.server();
        Duration limit = Duration.ofMinutes(5);
        for (TlsOptions server : List.of(TlsOptions.of(ofServer), TlsOptions.of(name -> ofServer))) {
            VirtualLoopback virtual = new VirtualLoopback(directory);
            assertThat(virtual.run(() -> {
                        try (Server impatient = startMessageServer(
                                        MessagesTlsTest::echo,
                                        virtual.address(),
                                        MessagesTest::lines,
                                        o -> o.withTls(server.withHandshakeTimeout(limit)));
                                Connection silent =
                                        openConnection(impatient.addresses().getFirst())) {
                            assertThat(silent.reader().readAll()).isEmpty();
                        }
                    }))
                    .isEqualTo(limit);
        }
        VirtualLoopback virtual = new VirtualLoopback(directory);
        TlsOptions client =
                TlsOptions.of(tls.client()).withServerName("localhost").withHandshakeTimeout(limit);
        assertThat(virtual.run(() -> {
                    try (Server silent = startServer(peer -> peer.reader().readAll(), virtual.address())) {
                        assertThatThrownBy(() -> openMessages(
                                        silent.addresses().getFirst(), MessagesTest::lines, o -> o.withTls(client)))
                                .isInstanceOf(SSLHandshakeException.class);
                    }
                }))
                .isEqualTo(limit);
    }

    @EachProvider
    void aPeerThatEndsItsStreamFailsTheHandshake(SslProvider provider) {
        SslContext context = new TestTls(provider).client();
        preferred.run(() -> {
            ConnectionHandler leaves = peer -> {
                peer.reader().read(1);
                peer.writer().writeEof();
                peer.reader().readAll();
            };
            try (Server server = startServer(leaves, HOST, 0)) {
                assertThatThrownBy(() ->
                                openMessages("localhost", server.port(), MessagesTest::lines, o -> o.withTls(context)))
                        .isInstanceOf(SSLHandshakeException.class)
                        .hasMessageEndingWith(" failed: the connection was closed during the handshake");
            }
        });
    }

    // The end

    /** The virtual time that a client's close takes, of a connection whose peer does {@code handler}. */
    private static Duration closing(SslProvider provider, Path directory, MessagesHandler<String, String> handler) {
        TestTls tls = new TestTls(provider);
        TlsOptions trusting =
                TlsOptions.of(tls.client()).withServerName("localhost").withShutdownTimeout(Duration.ofSeconds(20));
        VirtualLoopback loopback = new VirtualLoopback(directory);
        long[] took = new long[1];
        loopback.run(() -> {
            Server server =
                    startMessageServer(handler, loopback.address(), MessagesTest::lines, o -> o.withTls(tls.server()));
            Messages<String, String> client =
                    openMessages(loopback.address(), MessagesTest::lines, o -> o.withTls(trusting));
            client.send("last");
            long begin = Loop.current().time();
            try (server) {
                client.close();
                client.waitClosed();
            } finally {
                server.abortClients();
            }
            took[0] = Loop.current().time() - begin;
            server.waitClosed();
        });
        return Duration.ofNanos(took[0]);
    }

    @EachProvider
    void closeWaitsForThePeersEnd(SslProvider provider, @TempDir Path directory) {
        MessagesHandler<String, String> slow = peer -> {
            assertThat(peer.receive()).isEqualTo("last");
            assertThat(peer.receive()).isNull();
            sleep(Duration.ofSeconds(5));
        };
        assertThat(closing(provider, directory, slow)).isEqualTo(Duration.ofSeconds(5));
    }

    @EachProvider
    void butNotForEver(SslProvider provider, @TempDir Path directory) {
        MessagesHandler<String, String> deaf = peer -> sleep(Duration.ofHours(1));
        assertThatThrownBy(() -> closing(provider, directory, deaf))
                .hasMessageContaining(" was lost: the peer sent no close_notify within 20 s of close()");
    }

    @EachProvider
    void norWhereItDoesNotTakeWhatIsQueued(SslProvider provider, @TempDir Path directory) {
        TestTls tls = new TestTls(provider);
        VirtualLoopback loopback = new VirtualLoopback(directory);
        Duration took = loopback.run(() -> {
            MessagesHandler<String, String> talks = peer -> peer.send("x".repeat(4_000_000));
            Server server = startMessageServer(
                    talks,
                    loopback.address(),
                    MessagesTest::lines,
                    o -> o.withTls(TlsOptions.of(tls.server()).withShutdownTimeout(Duration.ofSeconds(20))));
            Connection deaf = openConnection(
                    loopback.address(),
                    o -> o.withTls(TlsOptions.of(tls.client()).withServerName("localhost")));
            deaf.channel().config().setAutoRead(false);
            server.close();
            server.waitClosed();
            deaf.abort();
        });
        assertThat(took).isEqualTo(Duration.ofSeconds(20));
    }

    @EachProvider
    void aPeerThatLeavesWithTheHandshakeKeepsNobody(SslProvider provider, @TempDir Path directory) {
        TestTls tls = new TestTls(provider);
        VirtualLoopback loopback = new VirtualLoopback(directory);
        Duration took = loopback.run(() -> {
            Server server = startMessageServer(
                    MessagesTlsTest::echo, loopback.address(), MessagesTest::lines, o -> o.withTls(tls.server()));
            openConnection(
                            loopback.address(),
                            o -> o.withTls(TlsOptions.of(tls.client()).withServerName("localhost")))
                    .close();
            server.close();
            server.waitClosed();
        });
        assertThat(took).isLessThan(Duration.ofSeconds(1));
    }

    // The peer's end

    /** Passes nothing on before the end, and then all of it. */
    private static final class Whole extends ByteToMessageDecoder {
        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {}

        @Override
        protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            if (in.isReadable()) {
                out.add(in.readCharSequence(in.readableBytes(), UTF_8).toString());
            }
        }
    }

    /** How a peer ends. */
    private enum End {
        CLOSE_NOTIFY,
        TCP_ONLY,
        TCP_CLOSED;

        void of(SSLSocket tls, Socket socket) throws IOException {
            switch (this) {
                case CLOSE_NOTIFY -> tls.shutdownOutput();
                case TCP_ONLY -> socket.shutdownOutput();
                case TCP_CLOSED -> socket.close();
            }
        }
    }

    /** What is done with the port of a peer. */
    private interface Use {
        void of(int port, TestTls tls) throws Exception;
    }

    /** A peer says {@code text} when it was asked, up to a blank line, and ends. */
    private static void says(Transport transport, String text, End end, Use use) {
        for (TestTls tls : TestTls.all()) {
            new Loopback(transport)
                    .run(() -> JdkPeer.serve(
                            1,
                            socket -> {
                                SSLSocket secured = JdkPeer.asServer(socket);
                                InputStream in = secured.getInputStream();
                                for (int last = 0, now = in.read(); now != '\n' || last != '\n'; ) {
                                    last = now == '\r' ? last : now;
                                    now = in.read();
                                }
                                secured.getOutputStream().write(text.getBytes(UTF_8));
                                end.of(secured, socket);
                                if (!socket.isClosed()) {
                                    in.transferTo(OutputStream.nullOutputStream());
                                }
                            },
                            port -> use.of(port, tls)));
        }
    }

    private static Messages<String, String> ask(
            int port, Consumer<ChannelPipeline> codecs, UnaryOperator<ConnectOptions> options) throws IOException {
        Messages<String, String> client = openMessages("localhost", port, codecs, options);
        client.send("\n\n");
        return client;
    }

    private static void whole(ChannelPipeline pipeline) {
        pipeline.addLast(new Whole(), new StringEncoder(UTF_8));
    }

    private static void lines(ChannelPipeline pipeline) {
        pipeline.addLast(new LineBasedFrameDecoder(100), new StringDecoder(UTF_8), new StringEncoder(UTF_8));
    }

    @EachTransport
    void aCloseNotifyIsTheEndBehindWhatTheDecodersGiveThen(Transport transport) {
        says(transport, "all of it", End.CLOSE_NOTIFY, (port, tls) -> {
            try (Messages<String, String> client = ask(port, MessagesTlsTest::whole, o -> o.withTls(tls.client()))) {
                assertThat(client.receive()).isEqualTo("all of it");
                assertThat(client.receive()).isNull();
                assertThat(client.isClosing()).isFalse();
            }
        });
    }

    @EachTransport
    void withoutOneNothingIsMadeOfWhatWasCutOff(Transport transport) {
        for (End end : List.of(End.TCP_ONLY, End.TCP_CLOSED)) {
            says(transport, "all of", end, (port, tls) -> {
                try (Messages<String, String> client =
                        ask(port, MessagesTlsTest::whole, o -> o.withTls(tls.client()))) {
                    assertCutOff(client);
                }
            });
            says(transport, "all of", end, (port, tls) -> {
                try (Messages<String, String> client = ask(
                        port,
                        MessagesTlsTest::whole,
                        o -> o.withTls(tls.client()).withOption(ChannelOption.ALLOW_HALF_CLOSURE, false))) {
                    assertCutOff(client);
                }
            });
        }
    }

    private static void assertCutOff(Messages<String, String> client) {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(client::receive)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(" was lost: the peer closed it without a TLS close_notify")
                    .hasCauseInstanceOf(SSLException.class);
        }
    }

    @EachTransport
    void messagesThatWereWholeBeforeACutAreReceived(Transport transport) {
        says(transport, "one\ntwo\nthr", End.TCP_ONLY, (port, tls) -> {
            try (Messages<String, String> client = ask(port, MessagesTlsTest::lines, o -> o.withTls(tls.client()))) {
                assertThat(client.receive()).isEqualTo("one");
                assertThat(client.receive()).isEqualTo("two");
                assertCutOff(client);
            }
        });
    }

    @EachTransport
    void aCutIsAnEndIfTruncationIsAllowed(Transport transport) {
        for (End end : End.values()) {
            says(transport, "all of it", end, (port, tls) -> {
                try (Messages<String, String> client = ask(
                        port,
                        MessagesTlsTest::whole,
                        o -> o.withTls(TlsOptions.of(tls.client()).withTruncationAllowed()))) {
                    assertThat(client.receive()).isEqualTo("all of it");
                    assertThat(client.receive()).isNull();
                }
            });
        }
    }

    private static String get(int port, TlsOptions tls) throws IOException {
        try (HttpClient client = new HttpClient(o -> o.withConnect(c -> c.withTls(tls)))) {
            return client.get("https://localhost:" + port + "/").text();
        }
    }

    @EachTransport
    void anHttpBodyWithoutALengthEndsWithACloseNotify(Transport transport) {
        String answer = "HTTP/1.0 200 OK\r\n\r\nall of it";
        says(
                transport,
                answer,
                End.CLOSE_NOTIFY,
                (port, tls) ->
                        assertThat(get(port, TlsOptions.of(tls.client()))).isEqualTo("all of it"));
        for (End end : List.of(End.TCP_ONLY, End.TCP_CLOSED)) {
            says(
                    transport,
                    answer,
                    end,
                    (port, tls) -> assertThatThrownBy(() -> get(port, TlsOptions.of(tls.client())))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("the peer closed it without a TLS close_notify"));
            says(
                    transport,
                    answer,
                    end,
                    (port, tls) -> assertThat(
                                    get(port, TlsOptions.of(tls.client()).withTruncationAllowed()))
                            .isEqualTo("all of it"));
        }
    }

    @EachTransport
    void anHttpClientThatLeavesBetweenRequestsIsNoFailure(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startHttpServer(
                    request -> Response.text("ok"), HOST, 0, o -> o.withServer(s -> s.withTls(TestTls.JDK.server())));
            try (server) {
                for (End end : End.values()) {
                    JdkPeer.client(server.port(), socket -> {
                                SSLSocket tls = JdkPeer.asClient(socket);
                                tls.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
                                tls.getInputStream().read();
                                end.of(tls, socket);
                            })
                            .await();
                }
            }
            server.waitClosed();
        });
    }

    @Test
    void aCertificateThatNobodyKnowsIsRefused() {
        preferred.run(() -> {
            Server server = startMessageServer(
                    MessagesTlsTest::echo, HOST, 0, MessagesTest::lines, o -> o.withTls(TestTls.JDK.server()));
            assertThatThrownBy(() -> openMessages(HOST, server.port(), MessagesTest::lines, o -> o.withTls()))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageStartingWith("TLS handshake with ");
            server.close();
            server.waitClosed();
        });
    }

    @Test
    void httpsAndWssAreEncrypted() {
        preferred.run(() -> {
            Server server = startHttpServer(
                    request -> request.path().equals("/socket")
                            ? Response.webSocket(socket -> socket.send("hello"))
                            : Response.text("got " + request.text()),
                    HOST,
                    0,
                    o -> o.withServer(s -> s.withTls(TestTls.JDK.server())));
            String address = HOST + ":" + server.port();
            try (server;
                    HttpClient client = new HttpClient(o -> o.withConnect(c -> c.withTls(TestTls.JDK.client())))) {
                for (int i = 0; i < 2; i++) {
                    assertThat(client.post("https://" + address, "it").text()).isEqualTo("got it");
                }
                try (WebSocket socket = openWebSocket(
                        "wss://" + address + "/socket", o -> o.withConnect(c -> c.withTls(TestTls.JDK.client())))) {
                    assertThat(Objects.requireNonNull(socket.receive()).text()).isEqualTo("hello");
                    assertThat(socket.receive()).isNull();
                }
                try (HttpClient strict = new HttpClient()) {
                    assertThatThrownBy(() -> strict.get("https://" + address))
                            .isInstanceOf(SSLHandshakeException.class);
                }
            }
            server.waitClosed();
        });
    }
}
