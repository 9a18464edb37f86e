package dev.skein.net;

import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startMessageServer;
import static dev.skein.net.Streams.startServer;
import static dev.skein.net.http.Http.openWebSocket;
import static dev.skein.net.http.Http.startHttpServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import dev.skein.net.http.HttpClient;
import dev.skein.net.http.Response;
import dev.skein.net.http.WebSocket;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLHandshakeException;
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
                        .hasMessageEndingWith(" failed: the connection was closed meanwhile");
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
    void whoClosesWaitsForThePeersEnd(SslProvider provider, @TempDir Path directory) {
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
                .hasMessageContaining(" was lost: the peer did not answer the end of TLS within PT20S of close()");
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
