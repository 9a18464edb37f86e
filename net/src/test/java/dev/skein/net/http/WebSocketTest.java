package dev.skein.net.http;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.http.Http.openWebSocket;
import static dev.skein.net.http.Http.startHttpServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import dev.skein.net.EachTransport;
import dev.skein.net.Loopback;
import dev.skein.net.Server;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** WebSockets, by our client and the JDK's. */
class WebSocketTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    /** What is done while a server listens at {@code uri}. */
    @FunctionalInterface
    interface Client {
        void run(String uri) throws Exception;
    }

    private static void serve(Loopback loopback, WebSocketHandler handler, Client client) {
        loopback.run(() -> {
            Server server = startHttpServer(
                    request -> request.path().equals("/socket") ? Response.webSocket(handler) : Response.text("page"),
                    HOST,
                    0,
                    options -> options.withMaxBody(100_000));
            try (server) {
                client.run("ws://" + HOST + ":" + server.port() + "/socket");
            }
            server.waitClosed();
        });
    }

    private static void echo(WebSocket socket) throws IOException {
        for (WebSocket.Message message : socket) {
            if (message.isText()) {
                socket.send(message.text());
            } else {
                socket.send(message.bytes());
            }
        }
    }

    private static WebSocket.Message receive(WebSocket socket) throws IOException {
        WebSocket.Message message = socket.receive();
        assertThat(message).isNotNull();
        return java.util.Objects.requireNonNull(message);
    }

    @EachTransport
    void textAndBytesComeAndGo(Transport transport) {
        serve(new Loopback(transport), WebSocketTest::echo, uri -> {
            try (WebSocket socket = openWebSocket(uri)) {
                socket.send("hällo");
                socket.send(new byte[] {1, 2, 3});
                assertThat(receive(socket).text()).isEqualTo("hällo");
                WebSocket.Message binary = receive(socket);
                assertThat(binary.bytes()).containsExactly(1, 2, 3);
                assertThatThrownBy(binary::text)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("not a text message (3 bytes of binary): use bytes()");
            }
        });
    }

    @Test
    void eitherSideMayClose() {
        serve(
                preferred,
                socket -> {
                    if (receive(socket).text().equals("close")) {
                        socket.close(4001, "enough");
                        assertThatThrownBy(() -> socket.send("late")).hasMessageEndingWith(" is closed");
                    } else {
                        assertThat(socket.receive()).isNull();
                        assertThat(socket.closeCode()).contains(1000);
                    }
                },
                uri -> {
                    try (WebSocket socket = openWebSocket(uri)) {
                        socket.send("close");
                        assertThat(socket.receive()).isNull();
                        assertThat(socket.closeCode()).contains(4001);
                        assertThat(socket.closeReason()).isEqualTo("enough");
                        assertThatThrownBy(() -> socket.send("late")).hasMessageEndingWith(" is closed");
                    }
                    try (WebSocket socket = openWebSocket(uri)) {
                        socket.send("wait");
                    }
                });
    }

    @Test
    void aPingIsAnswered() {
        serve(preferred, WebSocketTest::echo, uri -> {
            WebSocket socket = openWebSocket(uri);
            Task<?> receiving = createTask(() -> assertThat(socket.receive()).isNull());
            yieldNow();
            socket.ping();
            socket.ping();
            assertThatThrownBy(socket::receive)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("another coroutine already waits in receive()");
            socket.close();
            receiving.await();
        });
    }

    @Test
    void aConnectionThatEndsWithoutACloseIsAFailure() {
        serve(
                preferred,
                socket -> assertThatThrownBy(socket::receive).hasMessageEndingWith(" ended without a close frame"),
                uri -> await(openWebSocket(uri).channel().close()));
    }

    @Test
    void aRequestWithoutAnUpgradeIsToldWhatIsNeeded() {
        serve(preferred, WebSocketTest::echo, uri -> {
            try (HttpClient client = new HttpClient()) {
                Response response = client.get(uri.replace("ws:", "http:"));
                assertThat(response.status().code()).isEqualTo(426);
                assertThat(response.headers().get("sec-websocket-version")).isEqualTo("13");
            }
            assertThatThrownBy(() -> openWebSocket(uri.replace("/socket", "/page")))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot open the WebSocket: ")
                    .hasMessageContaining("200 OK");
        });
    }

    @Test
    void aMessageOverTheLimitEndsIt() {
        serve(preferred, socket -> assertThatThrownBy(socket::receive).hasMessageContaining("100000"), uri -> {
            try (WebSocket socket = openWebSocket(uri)) {
                socket.send(new byte[100_001]);
                await(socket.channel().closeFuture());
            }
        });
    }

    @EachTransport
    void theJdksClientSpeaksToIt(Transport transport) {
        serve(new Loopback(transport), WebSocketTest::echo, uri -> {
            Listener listener = new Listener();
            try (java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient()) {
                java.net.http.WebSocket socket =
                        await(client.newWebSocketBuilder().buildAsync(URI.create(uri), listener));
                await(socket.sendText("in two ", false));
                await(socket.sendText("parts", true));
                await(socket.sendPing(ByteBuffer.wrap(new byte[] {7})));
                await(socket.sendClose(java.net.http.WebSocket.NORMAL_CLOSURE, "bye"));
                await(listener.closed);
            }
            // A pong may overtake.
            assertThat(listener.heard)
                    .containsExactlyInAnyOrder("in two parts", "pong 7", "closed 1000 bye")
                    .endsWith("closed 1000 bye");
        });
    }

    private static final class Listener implements java.net.http.WebSocket.Listener {
        final List<String> heard = new ArrayList<>();
        final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

        @Override
        public synchronized @Nullable CompletionStage<?> onText(
                java.net.http.WebSocket socket, CharSequence text, boolean last) {
            heard.add(text.toString());
            socket.request(1);
            return null;
        }

        @Override
        public synchronized @Nullable CompletionStage<?> onPong(java.net.http.WebSocket socket, ByteBuffer message) {
            heard.add("pong " + message.get());
            socket.request(1);
            return null;
        }

        @Override
        public synchronized @Nullable CompletionStage<?> onClose(
                java.net.http.WebSocket socket, int code, String reason) {
            heard.add("closed " + code + " " + reason);
            closed.complete(null);
            return null;
        }
    }
}
