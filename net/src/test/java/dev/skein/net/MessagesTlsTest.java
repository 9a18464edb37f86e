package dev.skein.net;

import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startMessageServer;
import static dev.skein.net.http.Http.openWebSocket;
import static dev.skein.net.http.Http.startHttpServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Transport;
import dev.skein.net.http.HttpClient;
import dev.skein.net.http.Response;
import dev.skein.net.http.WebSocket;
import java.io.IOException;
import java.util.Objects;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

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
        new Loopback(transport).run(() -> {
            Server server = startMessageServer(
                    MessagesTlsTest::echo, HOST, 0, MessagesTest::lines, o -> o.withTls(TestTls.JDK.server()));
            Messages<String, String> client =
                    openMessages(HOST, server.port(), MessagesTest::lines, o -> o.withTls(TestTls.JDK.client()));
            try (server;
                    client) {
                client.send("hello");
                assertThat(client.receive()).isEqualTo("hello");
                assertThatThrownBy(client::sendEof).isInstanceOf(UnsupportedOperationException.class);
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
