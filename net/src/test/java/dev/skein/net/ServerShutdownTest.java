package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of connections when a server shuts down. */
class ServerShutdownTest {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final TestLoop loop = new TestLoop();
    private Duration work = Duration.ofSeconds(2);

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    /** Answers a line when its work is done. */
    private void serve(Connection peer) throws IOException {
        String line = peer.reader().readLine();
        sleep(work);
        peer.writer().writeLine(line + " is done");
    }

    /** Gives the answer, or nothing if the connection ended without one. */
    private static String ask(Server server) throws IOException {
        try (Connection client = openConnection("127.0.0.1", server.port())) {
            client.writer().writeLine("it");
            return new String(client.reader().readAll(), UTF_8);
        } catch (ConnectionLostException aborted) {
            return "";
        }
    }

    @Test
    void aHandlerThatEndsWithinTheGraceIsNotDisturbed() {
        loop.run(() -> {
            Server server = startServer(this::serve, "127.0.0.1", 0);
            Task<String> answer = createTask(() -> ask(server));
            loop.settle();

            server.shutdown(GRACE);

            assertThat(loop.elapsed()).isBetween(work, work.plusSeconds(1));
            assertThat(answer.await()).isEqualTo("it is done\n");
            assertThat(server.isServing()).isFalse();
        });
    }

    @Test
    void connectionsThatAreLeftAfterTheGraceAreAborted() {
        work = Duration.ofHours(1);
        loop.run(() -> {
            Server server = startServer(this::serve, "127.0.0.1", 0);
            Task<String> answer = createTask(() -> ask(server));
            loop.settle();

            server.shutdown(GRACE);

            assertThat(loop.elapsed()).isBetween(GRACE, GRACE.plusSeconds(1));
            assertThat(answer.await()).isEmpty();
        });
    }

    @Test
    void serveForeverGivesHandlersTheGraceOfItsOptions() {
        loop.run(() -> {
            Server server = startServer(this::serve, "127.0.0.1", 0, o -> o.withGrace(GRACE));
            Task<?> serving = createTask(server::serveForever);
            Task<String> answer = createTask(() -> ask(server));
            loop.settle();

            serving.cancel();

            assertThat(answer.await()).isEqualTo("it is done\n");
            loop.settle();
            assertThat(serving.isCancelled()).isTrue();
            assertThat(loop.elapsed()).isBetween(work, work.plusSeconds(1));
        });
    }

    @Test
    void aShutdownThatIsCancelledAbortsAtOnce() {
        work = Duration.ofHours(1);
        loop.run(() -> {
            Server server = startServer(this::serve, "127.0.0.1", 0);
            Task<String> answer = createTask(() -> ask(server));
            loop.settle();
            Task<?> shutdown = createTask(() -> server.shutdown(GRACE));
            loop.settle();

            shutdown.cancel();

            assertThat(answer.await()).isEmpty();
            assertThat(shutdown.isCancelled()).isTrue();
            assertThat(loop.elapsed()).isLessThan(GRACE);
        });
    }

    @Test
    void aSecondShutdownWaitsForTheSameConnections() {
        loop.run(() -> {
            Server server = startServer(this::serve, "127.0.0.1", 0);
            Task<String> answer = createTask(() -> ask(server));
            loop.settle();
            Task<?> first = createTask(() -> server.shutdown(GRACE));
            loop.settle();

            server.shutdown(Duration.ZERO);

            assertThat(loop.elapsed()).isLessThan(Duration.ofSeconds(1));
            first.await();
            assertThat(answer.await()).isEmpty();
        });
    }

    @Test
    void aNegativeGraceIsRefused() {
        loop.run(() -> {
            try (Server server = startServer(this::serve, "127.0.0.1", 0)) {
                assertThatThrownBy(() -> server.shutdown(Duration.ofSeconds(-1)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("grace < 0: -1 s");
                assertThat(server.isServing()).isTrue();
            }
        });
        assertThatThrownBy(() -> ServerOptions.defaults().withGrace(Duration.ofSeconds(-1)))
                .hasMessage("grace < 0: -1 s");
    }
}
