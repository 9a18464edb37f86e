package dev.skein.net.http;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.http.Http.startHttpServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Transport;
import dev.skein.net.Connection;
import dev.skein.net.EachTransport;
import dev.skein.net.Loopback;
import dev.skein.net.Peers;
import dev.skein.net.Server;
import dev.skein.net.VirtualLoopback;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server of HTTP/1.1, by raw requests, curl, and the JDK's client. */
class HttpServerTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    /** What is done while a server with {@code handler} listens on the port. */
    @FunctionalInterface
    interface Client {
        void run(int port) throws Exception;
    }

    private static void serve(
            Loopback loopback, HttpHandler handler, UnaryOperator<HttpOptions> options, Client client) {
        loopback.run(() -> {
            Server server = startHttpServer(handler, HOST, 0, options);
            try (server) {
                client.run(server.port());
            }
            server.closeClients();
            server.waitClosed();
        });
    }

    private void serve(HttpHandler handler, Client client) {
        serve(preferred, handler, options -> options, client);
    }

    /** All that comes for {@code request} up to the server's end of the connection, without the header Date. */
    private static String raw(int port, String request) throws IOException {
        return raw(port, request, false);
    }

    private static String raw(int port, String request, boolean andEnd) throws IOException {
        try (Connection connection = openConnection(HOST, port)) {
            connection.writer().write(request.replace("\n", "\r\n"));
            if (andEnd) {
                connection.writer().writeEof();
            }
            return new String(connection.reader().readAll(), UTF_8)
                    .replace("\r\n", "\n")
                    .replaceAll("date: .* GMT\n", "");
        }
    }

    @EachTransport
    void requestsOfOneConnectionAreServedInTheirOrder(Transport transport) {
        serve(
                new Loopback(transport),
                request -> Response.text(request.method() + " " + request.path() + " " + request.query()),
                options -> options,
                port -> assertThat(raw(port, """
                                GET /a%20b?x=1&x=2 HTTP/1.1

                                GET /second HTTP/1.1
                                Connection: close

                                """)).isEqualTo("""
                                HTTP/1.1 200 OK
                                content-type: text/plain; charset=utf-8
                                content-length: 19

                                GET /a b {x=[1, 2]}HTTP/1.1 200 OK
                                content-type: text/plain; charset=utf-8
                                connection: close
                                content-length: 14

                                GET /second {}"""));
    }

    @EachTransport
    void aClientThatHasEndedItsSideIsAnsweredAndThenClosed(Transport transport) {
        serve(
                new Loopback(transport),
                request -> Response.text(request.path()),
                options -> options,
                port -> assertThat(raw(port, "GET /1 HTTP/1.1\n\nGET /2 HTTP/1.1\n\n", true))
                        .matches("(?s)HTTP/1.1 200 OK\n.*\n\n/1HTTP/1.1 200 OK\n.*\n\n/2")
                        .doesNotContain("connection: close"));
    }

    @Test
    void aBodyThatAGeneratorMakesGoesOutInChunks() {
        serve(
                request -> Response.of(HttpResponseStatus.OK).withBody(generator(out -> {
                    out.emit("one,".getBytes(UTF_8));
                    yieldNow();
                    out.emit("two".getBytes(UTF_8));
                })),
                port -> {
                    String chunks = """
                            transfer-encoding: chunked

                            4
                            one,
                            3
                            two
                            0

                            """;
                    assertThat(raw(port, "GET / HTTP/1.1\n\nGET / HTTP/1.1\nConnection: close\n\n"))
                            .isEqualTo("HTTP/1.1 200 OK\n" + chunks + "HTTP/1.1 200 OK\nconnection: close\n" + chunks);
                    assertThat(raw(port, "GET / HTTP/1.0\n\n")).endsWith("connection: close\n\none,two");
                });
    }

    @Test
    void aBodyThatBreaksOffIsNotTakenForAWholeOne() {
        serve(
                request -> Response.of(HttpResponseStatus.OK).withBody(generator(out -> {
                    out.emit("one,".getBytes(UTF_8));
                    yieldNow();
                    throw new IllegalStateException("no more");
                })),
                port -> {
                    assertThat(raw(port, "GET / HTTP/1.1\n\n")).doesNotContain("0\n\n");
                    assertThat(preferred.takeError().exception())
                            .get()
                            .hasToString("java.lang.IllegalStateException: no more");
                });
    }

    @Test
    void aHandlerThatThrowsIsAnsweredWith500AndReported() {
        serve(
                request -> {
                    throw new IllegalStateException("broken");
                },
                port -> {
                    assertThat(raw(port, "GET / HTTP/1.1\n\n"))
                            .isEqualTo("HTTP/1.1 500 Internal Server Error\nconnection: close\ncontent-length: 0\n\n");
                    assertThat(preferred.takeError().exception())
                            .get()
                            .hasToString("java.lang.IllegalStateException: broken");
                });
    }

    @Test
    void aRequestThatIsNoHttpIsAnsweredAndClosed() {
        serve(preferred, request -> Response.text("never"), options -> options.withMaxHeaderSize(100), port -> {
            String close = "\nconnection: close\ncontent-length: 0\n\n";
            assertThat(raw(port, "nonsense\n\n")).isEqualTo("HTTP/1.1 400 Bad Request" + close);
            assertThat(raw(port, "GET /" + "a".repeat(200) + " HTTP/1.1\n\n"))
                    .isEqualTo("HTTP/1.1 414 Request-URI Too Long" + close);
            assertThat(raw(port, "GET / HTTP/1.1\nA: " + "a".repeat(200) + "\n\n"))
                    .isEqualTo("HTTP/1.1 431 Request Header Fields Too Large" + close);
        });
    }

    @Test
    void aBodyOverTheLimitIsAnsweredWith413() {
        serve(preferred, request -> Response.text(request.text()), options -> options.withMaxBody(4), port -> {
            assertThat(raw(port, "POST / HTTP/1.1\nConnection: close\nContent-Length: 4\n\n1234"))
                    .endsWith("content-length: 4\n\n1234");
            assertThat(raw(port, "POST / HTTP/1.1\nContent-Length: 5\n\n12345"))
                    .startsWith("HTTP/1.1 413 Request Entity Too Large\nconnection: close");
        });
    }

    @Test
    void aBodyThatTheHandlerDidNotReadIsSkipped() {
        serve(
                request -> Response.of(HttpResponseStatus.NO_CONTENT),
                port -> assertThat(raw(
                                port,
                                "POST / HTTP/1.1\nContent-Length: 4\n\n1234GET / HTTP/1.1\nConnection: close\n\n"))
                        .isEqualTo("HTTP/1.1 204 No Content\n\nHTTP/1.1 204 No Content\nconnection: close\n\n"));
    }

    @Test
    void aClientThatSendsNoHeadInTimeIsLeft(@TempDir Path directory) {
        VirtualLoopback loopback = new VirtualLoopback(directory);
        Duration took = loopback.run(() -> {
            Server server = startHttpServer(
                    request -> Response.text("never"),
                    loopback.address(),
                    options -> options.withRequestHeaderTimeout(Duration.ofSeconds(20)));
            try (server;
                    Connection slow = openConnection(loopback.address())) {
                slow.writer().write("GET / HT");
                assertThat(slow.reader().readAll()).isEmpty();
            }
            server.waitClosed();
        });
        assertThat(took).isEqualTo(Duration.ofSeconds(20));
    }

    @EachTransport
    void aUnixSocketCarriesItToo(Transport transport, @TempDir Path directory) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        new Loopback(transport).run(() -> {
            Server server = startHttpServer(
                    request -> Response.text(request.path() + request.text()), address, options -> options);
            try (server) {
                try (Connection client = openConnection(address)) {
                    client.writer().write("POST /a HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/b");
                    assertThat(client.reader().readAll()).asString(UTF_8).endsWith("\r\n\r\n/a/b");
                }
                if (Peers.isThere("curl")) {
                    assertThat(toThread(() -> Peers.bash("curl -s --unix-socket $1 http://host/c", address.toString())))
                            .isEqualTo("/c");
                }
            }
            server.waitClosed();
        });
    }

    @Test
    void aClientThatAsksWhetherToSendIsToldWhenTheBodyIsRead() {
        serve(request -> request.path().equals("/read") ? Response.text(request.text()) : Response.text("no"), port -> {
            String head = " HTTP/1.1\nContent-Length: 2\nExpect: 100-continue\n\n";
            assertThat(raw(port, "POST /read" + head.replace("Expect", "Connection: close\nExpect") + "ok"))
                    .startsWith("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\n")
                    .endsWith("\n\nok");
            assertThat(raw(port, "POST /no" + head))
                    .startsWith("HTTP/1.1 200 OK\n")
                    .contains("connection: close");
        });
    }

    @Test
    void headHasNoBodyAndItsLength() {
        serve(
                request -> Response.text("four"),
                port -> assertThat(raw(port, "HEAD / HTTP/1.1\n\nHEAD / HTTP/1.1\nConnection: close\n\n"))
                        .isEqualTo("""
                                HTTP/1.1 200 OK
                                content-type: text/plain; charset=utf-8
                                content-length: 4

                                HTTP/1.1 200 OK
                                content-type: text/plain; charset=utf-8
                                connection: close
                                content-length: 4

                                """));
    }

    @EachTransport
    void curlSpeaksToIt(Transport transport) throws Exception {
        assumeTrue(Peers.isThere("curl"), "no curl on the PATH");
        Path file = Files.createTempFile("skein", ".body");
        Files.writeString(file, "x".repeat(3_000_000));
        serve(
                new Loopback(transport),
                request -> {
                    long count = 0;
                    for (byte[] chunk : request.body()) {
                        count += chunk.length;
                    }
                    return Response.text(request.method() + " " + count + "\n");
                },
                options -> options,
                port -> assertThat(toThread(() -> Peers.bash(
                                "curl -s $1/a $1/b; curl -s -T $2 $1; curl -s -H 'Transfer-Encoding: chunked' --data-binary @$2 $1;"
                                        + " curl -sI $1 | head -1",
                                "http://127.0.0.1:" + port,
                                file.toString())))
                        .isEqualTo("GET 0\nGET 0\nPUT 3000000\nPOST 3000000\nHTTP/1.1 200 OK\r\n"));
        Files.delete(file);
    }

    @EachTransport
    void theJdksClientSpeaksToItAndItsFutureIsAwaited(Transport transport) {
        serve(new Loopback(transport), request -> Response.text("got " + request.text()), options -> options, port -> {
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                        .POST(BodyPublishers.ofString("hello"))
                        .build();
                for (int i = 0; i < 2; i++) {
                    HttpResponse<String> response = await(client.sendAsync(request, BodyHandlers.ofString()));
                    assertThat(response.body()).isEqualTo("got hello");
                    assertThat(response.headers().allValues("content-length")).isEqualTo(List.of("9"));
                }
            }
        });
    }
}
