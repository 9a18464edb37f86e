package dev.skein.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    @Test
    void aRoundAgainstTheRawServerGivesEchoesAndTheirLatencies() throws IOException {
        RoundResult result = ClosedLoop.run(round(RawEchoServer.start().getPort(), 3, 1024));

        assertThat(result.requests()).isPositive();
        assertThat(result.latencies().getTotalCount()).isEqualTo(result.requests());
        assertThat(result.nanos()).isGreaterThanOrEqualTo(Duration.ofMillis(100).toNanos());
        assertThat(result.loadCpu()).isPositive();
    }

    @Test
    void aRequestThatDoesNotFitTheSocketsBuffersIsWrittenInParts() throws IOException {
        Round large = round(RawEchoServer.start().getPort(), 1, 8 << 20, Duration.ofSeconds(1));

        assertThat(ClosedLoop.run(large).requests()).isPositive();
    }

    @Test
    void aRoundTooShortForOneEchoFails() throws IOException {
        Round tooShort = round(RawEchoServer.start().getPort(), 1, 8 << 20, Duration.ZERO);

        assertThatThrownBy(() -> ClosedLoop.run(tooShort)).hasMessage("not one echo was complete within 0 ms");
    }

    @Test
    void aServerThatAnswersSomethingElseFailsTheRound() throws IOException {
        try (ServerSocket listener = answering("HTTP/1.1 400 Bad Request".getBytes(StandardCharsets.US_ASCII))) {
            assertThatThrownBy(() -> ClosedLoop.run(round(listener.getLocalPort(), 1, 64)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("not an echo: byte 0 of 64 differs");
        }
    }

    @Test
    void aServerThatClosesFailsTheRound() throws IOException {
        try (ServerSocket listener = answering(new byte[0])) {
            assertThatThrownBy(() -> ClosedLoop.run(round(listener.getLocalPort(), 1, 64)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the server closed a connection in the middle of a round");
        }
    }

    private static Round round(int port, int connections, int payload) {
        return round(port, connections, payload, Duration.ofMillis(100));
    }

    private static Round round(int port, int connections, int payload, Duration measured) {
        long self = ProcessHandle.current().pid();
        return new Round(port, self, connections, payload, Duration.ofMillis(50), measured);
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
}
