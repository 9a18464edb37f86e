package dev.skein.net.http;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.startServer;
import static dev.skein.net.Subprocesses.createSubprocessExec;
import static dev.skein.net.http.Http.startHttpServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Awaitable;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import dev.skein.net.Connection;
import dev.skein.net.ConnectionHandler;
import dev.skein.net.Loopback;
import dev.skein.net.Peers;
import dev.skein.net.Server;
import dev.skein.net.Subprocess;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The client of HTTP/1.1 against our server, a server of raw bytes, and Python's. */
class HttpClientTest {
    private final Loopback preferred = new Loopback(Transport.preferred());
    private int connections;

    /** What is done with a client, while a server listens at {@code base}. */
    @FunctionalInterface
    interface Use {
        void run(HttpClient client, String base) throws Exception;
    }

    private void serve(HttpHandler handler, UnaryOperator<HttpOptions> options, Use use) {
        preferred.run(() -> {
            Server server = startHttpServer(handler, HOST, 0);
            try (server;
                    HttpClient client = new HttpClient(options)) {
                use.run(client, "http://" + HOST + ":" + server.port());
            }
            server.waitClosed();
        });
    }

    /** Each connection gets {@code answer} for its first head, and is then closed. */
    private void serveRaw(String answer, Use use) {
        preferred.run(() -> {
            Server server = startServer(
                    peer -> {
                        connections++;
                        String line = peer.reader().readLine();
                        while (line != null && !line.isEmpty()) {
                            line = peer.reader().readLine();
                        }
                        peer.writer().write(answer.replace("\n", "\r\n"));
                    },
                    HOST,
                    0);
            try (server;
                    HttpClient client = new HttpClient()) {
                use.run(client, "http://" + HOST + ":" + server.port());
            }
            server.waitClosed();
        });
    }

    @Test
    void getAndPostGiveTheWholeAnswer() {
        serve(
                request -> Response.text(request.method() + " " + request.uri() + " " + request.text())
                        .withHeader("X-Host", request.headers().get("host")),
                options -> options,
                (client, base) -> {
                    Response got = client.get(base + "/a%20b?c=d#e");
                    assertThat(got.status()).isEqualTo(HttpResponseStatus.OK);
                    assertThat(got.text()).isEqualTo("GET /a%20b?c=d ");
                    assertThat(got.headers().get("x-host")).isEqualTo(base.substring("http://".length()));
                    assertThat(client.post(base, "hello").text()).isEqualTo("POST / hello");
                    assertThat(client.post(base, "bytes".getBytes(UTF_8)).text())
                            .isEqualTo("POST / bytes");
                    Request put = Request.of(HttpMethod.PUT, base)
                            .withBody(generator(out -> out.emit("chunk".getBytes(UTF_8))));
                    assertThat(client.send(put).text()).isEqualTo("PUT / chunk");
                });
    }

    @Test
    void aConnectionIsUsedAgain() {
        List<String> peers = new ArrayList<>();
        preferred.run(() -> {
            Server server = startHttpServer(
                    request -> Response.text("ok"), HOST, 0, o -> o.withServer(s -> s.withName("http")));
            try (server;
                    HttpClient client = new HttpClient()) {
                Loop.current().onTaskCreated(task -> peers.add(task.name()));
                for (int i = 0; i < 3; i++) {
                    assertThat(client.get("http://127.0.0.1:" + server.port()).text())
                            .isEqualTo("ok");
                }
            }
            server.waitClosed();
        });
        assertThat(peers).filteredOn(name -> name.startsWith("http-")).hasSize(1);
    }

    @Test
    void noMoreConnectionsAreOpenThanAreAllowed() {
        int[] now = {0, 0};
        serve(
                request -> {
                    now[0]++;
                    now[1] = Math.max(now[0], now[1]);
                    until(() -> now[1] == 2);
                    now[0]--;
                    return Response.text("ok");
                },
                options -> options.withMaxConnectionsPerHost(2),
                (client, base) -> {
                    List<Awaitable<String>> gets = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        gets.add(() -> client.get(base).text());
                    }
                    assertThat(gather(gets).await()).hasSize(8).containsOnly("ok");
                    assertThat(now[1]).isEqualTo(2);
                });
    }

    @Test
    void aLongAnswerIsReadChunkByChunk() {
        serve(
                request -> Response.of(HttpResponseStatus.OK).withBody(generator(out -> {
                    for (int i = 0; i < 100; i++) {
                        out.emit(new byte[10_000]);
                    }
                })),
                options -> options.withMaxBody(500_000),
                (client, base) -> {
                    long count = client.stream(Request.of(HttpMethod.GET, base), response -> {
                        long sum = 0;
                        for (byte[] chunk : response.body()) {
                            sum += chunk.length;
                        }
                        return sum;
                    });
                    assertThat(count).isEqualTo(1_000_000);
                    assertThatThrownBy(() -> client.get(base))
                            .isInstanceOf(IOException.class)
                            .hasMessage(
                                    "body is longer than 500000 bytes: read it chunk by chunk, or raise the limit with"
                                            + " withMaxBody");
                    assertThat(client.<HttpResponseStatus>stream(
                                    Request.of(HttpMethod.GET, base), response -> response.status()))
                            .isEqualTo(HttpResponseStatus.OK);
                });
    }

    /** A server whose connections, one after the other, do what {@code handlers} say. */
    private void serveEach(List<ConnectionHandler> handlers, Use use) {
        preferred.run(() -> {
            Server server = startServer(peer -> handlers.get(connections++).handle(peer), HOST, 0);
            try (server;
                    HttpClient client = new HttpClient(o -> o.withMaxConnectionsPerHost(1))) {
                use.run(client, "http://" + HOST + ":" + server.port());
            }
            server.waitClosed();
            assertThat(connections).isEqualTo(handlers.size());
        });
    }

    private static String readHead(Connection peer) throws IOException {
        return new String(peer.reader().readUntil("\r\n\r\n".getBytes(UTF_8)), UTF_8);
    }

    private static void answer(Connection peer, String text) throws IOException {
        readHead(peer);
        peer.writer().write("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    }

    @Test
    void aKeptConnectionThatTheServerHasClosedIsNotUsedAgain() {
        boolean[] left = {false};
        ConnectionHandler first = peer -> {
            answer(peer, "one");
            peer.writer().writeEof();
            assertThat(peer.reader().readAll()).isEmpty();
            left[0] = true;
        };
        serveEach(List.of(first, peer -> answer(peer, "two")), (client, base) -> {
            assertThat(client.get(base).text()).isEqualTo("one");
            until(() -> left[0]);
            assertThat(client.post(base, "only once").text()).isEqualTo("two");
        });
    }

    @Test
    void whereItIsClosedOverTheNextRequestThatIsSentAgain() {
        ConnectionHandler first = peer -> {
            answer(peer, "one");
            assertThat(readHead(peer)).startsWith("GET /again ");
        };
        serveEach(List.of(first, peer -> answer(peer, "two")), (client, base) -> {
            assertThat(client.get(base).text()).isEqualTo("one");
            assertThat(client.get(base + "/again").text()).isEqualTo("two");
        });
    }

    @Test
    void unlessItMustNotBeSentTwice() {
        ConnectionHandler first = peer -> {
            answer(peer, "one");
            assertThat(readHead(peer)).startsWith("POST / ");
            assertThat(peer.reader().readExactly(4)).hasSize(4);
        };
        serveEach(List.of(first), (client, base) -> {
            assertThat(client.get(base).text()).isEqualTo("one");
            assertThatThrownBy(() -> client.post(base, "once"))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith("ended before a response");
        });
    }

    @Test
    void anAnswerWithoutALengthEndsWithItsConnection() {
        serveRaw(
                "HTTP/1.1 103 Early Hints\n\nHTTP/1.0 200 OK\n\nall of it",
                (client, base) -> assertThat(client.get(base).text()).isEqualTo("all of it"));
    }

    @Test
    void anAnswerThatBreaksOffIsAFailure() {
        serveRaw(
                "HTTP/1.1 200 OK\nContent-Length: 5\n\nok",
                (client, base) -> assertThatThrownBy(() -> client.get(base))
                        .isInstanceOf(IOException.class)
                        .hasMessage("connection ended before the end of the body"));
        serveRaw(
                "SSH-2.0-OpenSSH\n",
                (client, base) -> assertThatThrownBy(() -> client.get(base))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("invalid HTTP response from "));
        serveRaw(
                "",
                (client, base) -> assertThatThrownBy(() -> client.get(base))
                        .isInstanceOf(IOException.class)
                        .hasMessageEndingWith("ended before a response"));
    }

    @Test
    void aRequestThatIsGivenUpDropsItsConnection() {
        int[] heard = {0};
        int[] dropped = {0};
        ConnectionHandler deaf = peer -> {
            readHead(peer);
            heard[0]++;
            assertThat(peer.reader().readAll()).isEmpty();
            dropped[0]++;
        };
        serveEach(List.of(deaf, deaf, peer -> answer(peer, "three")), (client, base) -> {
            for (int i = 1; i <= 2; i++) {
                int requests = i;
                Task<Response> impatient = createTask(() -> client.get(base));
                until(() -> heard[0] == requests);
                impatient.cancel();
                assertThatThrownBy(impatient::await).isInstanceOf(CancelledError.class);
                until(() -> dropped[0] == requests);
            }
            assertThat(client.get(base).text()).isEqualTo("three");
        });
    }

    @Test
    void wrongUrisAreRefused() {
        preferred.run(() -> {
            try (HttpClient client = new HttpClient()) {
                assertThatThrownBy(() -> client.get("ftp://127.0.0.1/a"))
                        .hasMessage("scheme is not http, https, ws or wss: ftp://127.0.0.1/a");
                assertThatThrownBy(() -> client.get("http:///a")).hasMessage("no host in http:///a");
            }
        });
    }

    @Test
    void pythonsServerAnswersIt() {
        assumeTrue(Peers.isThere("python3"), "no python3 on the PATH");
        String program = """
                from http.server import *
                class Echo(BaseHTTPRequestHandler):
                    protocol_version = 'HTTP/1.1'
                    def do_POST(self):
                        body = self.rfile.read(int(self.headers['Content-Length']))
                        self.send_response(201)
                        self.send_header('Content-Length', str(len(body)))
                        self.end_headers()
                        self.wfile.write(body[::-1])
                    def log_message(self, *args):
                        pass
                server = ThreadingHTTPServer(('127.0.0.1', 0), Echo)
                print(server.server_address[1], flush=True)
                server.serve_forever()
                """;
        preferred.run(() -> {
            Subprocess python = createSubprocessExec(
                    List.of("python3", "-c", program), o -> o.withStdout(ProcessBuilder.Redirect.PIPE));
            try (HttpClient client = new HttpClient()) {
                String port = python.stdout().readLine();
                for (int i = 0; i < 2; i++) {
                    Response response = client.post("http://127.0.0.1:" + port, "abc");
                    assertThat(response.status()).isEqualTo(HttpResponseStatus.CREATED);
                    assertThat(response.text()).isEqualTo("cba");
                }
            } finally {
                python.kill();
                python.waitFor();
            }
        });
    }
}
