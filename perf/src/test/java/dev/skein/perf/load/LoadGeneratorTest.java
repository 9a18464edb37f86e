package dev.skein.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.perf.server.JvmServer;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {
    @Test
    void aRoundAgainstTheRawServerGivesEchoesAndTheirLatencies() throws IOException {
        RoundResult result = LoadGenerator.run(round(raw(Service.ECHO), 3, 1024));

        assertThat(result.requests()).isPositive();
        assertThat(result.latencies().getTotalCount()).isEqualTo(result.requests());
        assertThat(result.nanos()).isGreaterThanOrEqualTo(Duration.ofMillis(100).toNanos());
        assertThat(result.loadCpu()).isPositive();
    }

    /** Its JVM has no more of Netty's transports than a program on Linux needs. */
    @Test
    void skeinAnswersEachService() throws IOException {
        for (Workload load : List.of(Workload.echo(2, 64), Workload.lines(2, 32, 4), Workload.tls(2, 64))) {
            assertAnswers(JvmServer.SKEIN, Service.valueOf(load.kind().name()), load);
        }
    }

    @Test
    void eachServerSendsBackBytesAndLines() throws IOException {
        for (JvmServer server : JvmServer.values()) {
            if (server != JvmServer.RAW_PIPELINE) {
                assertAnswers(server, Service.ECHO, Workload.echo(2, 64));
            }
            if (server != JvmServer.SKEIN_BYTES) {
                assertAnswers(server, Service.LINES, Workload.lines(2, 32, 4));
            }
        }
    }

    @Test
    void eachServerGreetsInHttp() throws IOException {
        for (JvmServer server : List.of(
                JvmServer.SKEIN,
                JvmServer.RAW,
                JvmServer.VERTX,
                JvmServer.VERTX_AWAIT,
                JvmServer.REACTOR_NETTY,
                JvmServer.KOTLINX,
                JvmServer.VIRTUAL_THREADS)) {
            assertAnswers(server, Service.HTTP, Workload.http(2));
        }
    }

    @Test
    void aChatMembersLineIsHeardByAll() throws IOException {
        for (JvmServer server : List.of(
                JvmServer.SKEIN, JvmServer.RAW, JvmServer.VERTX, JvmServer.KOTLINX, JvmServer.VIRTUAL_THREADS)) {
            RoundResult result = assertAnswers(server, Service.CHAT, Workload.chat(5, 32, 2));

            assertThat(result.answered() % 5).isZero();
        }
    }

    @Test
    void eachRequestHasAConnectionOfItsOwn() throws IOException {
        for (JvmServer server : List.of(JvmServer.SKEIN, JvmServer.RAW, JvmServer.KOTLINX)) {
            assertAnswers(server, Service.ECHO, Workload.churn(3, 64));
        }
    }

    @Test
    void aServerThatClosesInTheHandshakeIsSaidToHaveDoneSo() throws IOException {
        try (ServerSocket listener = answering(new byte[0])) {
            assertThatThrownBy(() -> LoadGenerator.run(
                            round(listener.getLocalPort(), Workload.tls(1, 64), Duration.ofMillis(100))))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the server closed a connection in the TLS handshake, ");
        }
    }

    private static RoundResult assertAnswers(JvmServer server, Service service, Workload load) throws IOException {
        int port = server.start(service).getPort();
        RoundResult result = LoadGenerator.run(round(port, load, Duration.ofMillis(100)));

        assertThat(result.requests()).as(server + " " + service).isPositive();
        return result;
    }

    @Test
    void aRequestThatDoesNotFitTheSocketsBuffersIsWrittenInParts() throws IOException {
        Round large = round(raw(Service.ECHO), 1, 8 << 20, Duration.ofSeconds(1));

        assertThat(LoadGenerator.run(large).requests()).isPositive();
    }

    @Test
    void aRoundTooShortForOneAnswerFails() throws IOException {
        Round tooShort = round(raw(Service.ECHO), 1, 8 << 20, Duration.ZERO);

        assertThatThrownBy(() -> LoadGenerator.run(tooShort)).hasMessage("no request was answered within 0 ms");
    }

    @Test
    void severalLinesAreInFlightOnEachConnection() throws IOException {
        Workload lines = Workload.lines(3, 32, 16);

        RoundResult result = LoadGenerator.run(round(raw(Service.LINES), lines, Duration.ofMillis(100)));

        assertThat(result.requests()).isGreaterThan(16);
        assertThat(result.answered() % 16).isZero();
    }

    @Test
    void inAnOpenLoopAsManyRequestsAreSentAsAreDue() throws IOException {
        Workload steady = Workload.echo(3, 64).withRate(2_000);

        RoundResult result = LoadGenerator.run(round(raw(Service.ECHO), steady, Duration.ofMillis(250)));

        assertThat(result.pacing().due()).isBetween(500L, 2_000L);
        assertThat(result.pacing().longestStop()).isPositive();
        assertThat(result.requests()).isBetween(1L, result.pacing().due() + 500);
    }

    /** The requests that were due while the server stood still count from when they were due. */
    @Test
    void aPauseOfTheServerCountsForAllRequestsDueMeanwhile() throws IOException {
        try (ServerSocket listener = pausingOnce(Duration.ofMillis(200))) {
            Workload steady = Workload.echo(1, 64).withRate(1_000);
            RoundResult result = LoadGenerator.run(round(listener.getLocalPort(), steady, Duration.ofSeconds(1)));

            assertThat(result.latency(100)).isGreaterThan(150_000);
            assertThat(result.latency(90)).isGreaterThan(20_000);
        }
    }

    @Test
    void aServerThatAnswersSomethingElseFailsTheRound() throws IOException {
        try (ServerSocket listener = answering("HTTP/1.1 400 Bad Request".getBytes(StandardCharsets.US_ASCII))) {
            assertThatThrownBy(() -> LoadGenerator.run(round(listener.getLocalPort(), 1, 64)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("not an echo: byte 0 of 64 differs");
        }
    }

    @Test
    void aServerThatClosesFailsTheRound() throws IOException {
        try (ServerSocket listener = answering(new byte[0])) {
            assertThatThrownBy(() -> LoadGenerator.run(round(listener.getLocalPort(), 1, 64)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the server closed a connection during a round");
        }
    }

    private static Round round(int port, int connections, int payload) {
        return round(port, connections, payload, Duration.ofMillis(100));
    }

    private static Round round(int port, int connections, int payload, Duration measured) {
        return round(port, Workload.echo(connections, payload), measured);
    }

    private static Round round(int port, Workload load, Duration measured) {
        return new Round(port, ProcessHandle.current().pid(), load, Duration.ofMillis(50), measured);
    }

    private static int raw(Service service) throws IOException {
        return JvmServer.RAW.start(service).getPort();
    }

    /** A server that reads a request of 64 bytes, gives this answer, and closes. */
    private static ServerSocket answering(byte[] answer) throws IOException {
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try (Socket peer = listener.accept();
                    InputStream in = peer.getInputStream();
                    OutputStream out = peer.getOutputStream()) {
                in.readNBytes(64);
                out.write(answer);
            } catch (IOException closed) {
                // The test has its answer already.
            }
        });
        return listener;
    }

    /** An echo server of one connection that does nothing for a while when 100 requests of 64 bytes have come. */
    private static ServerSocket pausingOnce(Duration pause) throws IOException {
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try (Socket peer = listener.accept();
                    InputStream in = peer.getInputStream();
                    OutputStream out = peer.getOutputStream()) {
                byte[] bytes = new byte[1 << 16];
                int before = 0;
                for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                    int now = before + length;
                    if (before < 6_400 && now >= 6_400) {
                        Thread.sleep(pause);
                    }
                    before = now;
                    out.write(bytes, 0, length);
                }
            } catch (IOException | InterruptedException ended) {
                // With the round.
            }
        });
        return listener;
    }
}
