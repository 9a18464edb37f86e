package dev.skein.net;

import static dev.skein.loop.Asyncio.createFuture;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.openDatagram;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.skein.loop.ErrorContext;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A loss is told from a failure of the program, and misuse from both. */
class ConnectionLostTest {
    private final List<ErrorContext> reported = new ArrayList<>();

    /** Sends {@code text} and resets the connection. */
    private static void sendAndReset(int port, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(text.getBytes(US_ASCII));
            socket.setSoLinger(true, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "half a li", "a line\n"})
    void aHandlerThatLetsTheLossOfItsConnectionPassIsNotReported(String sent) {
        run(() -> assertThat(thrownBy(ConnectionLostTest::readFor, sent)).isInstanceOf(ConnectionLostException.class));
        assertThat(reported).isEmpty();
    }

    /** Serves a peer that sends {@code sent} and resets, with {@code handler}, and gives what that let pass. */
    private Throwable thrownBy(ConnectionHandler handler, String sent) throws IOException {
        Loop.current().setExceptionHandler((loop, context) -> reported.add(context));
        Future<Throwable> thrown = createFuture();
        try (Server server = startServer(
                peer -> {
                    try {
                        handler.handle(peer);
                    } catch (Throwable failure) {
                        thrown.setResult(failure);
                        throw failure;
                    }
                },
                "127.0.0.1",
                0)) {
            sendAndReset(server.port(), sent);
            thrown.await();
            server.shutdown(Duration.ofSeconds(10));
        }
        return thrown.result();
    }

    /** Until the loss, or writes until it is noticed. */
    private static void readFor(Connection peer) throws IOException {
        while (peer.reader().readLine() != null) {
            // Until the end.
        }
        while (true) {
            peer.writer().writeLine("are you there?");
            peer.writer().drain();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void aLossHasThePeerAndEachCallThrowsItsOwn(Transport transport) {
        assumeThat(transport.isAvailable()).isTrue();
        run(
                () -> {
                    Future<ConnectionLostException> first = createFuture();
                    Future<Throwable> second = createFuture();
                    try (Server server = startServer(
                            peer -> {
                                Throwable lost = catchThrowable(() -> readFor(peer));
                                first.setResult((ConnectionLostException) lost);
                                second.setResult(
                                        catchThrowable(() -> peer.writer().writeLine("again")));
                                assertThat(((ConnectionLostException) lost).peer())
                                        .isEqualTo(peer.remoteAddress());
                            },
                            "127.0.0.1",
                            0)) {
                        sendAndReset(server.port(), "half");

                        assertThat(first.await().getMessage()).contains(" was lost: ");
                        assertThat(second.await())
                                .isInstanceOf(ConnectionLostException.class)
                                .isNotSameAs(first.await())
                                .hasMessage(first.await().getMessage());
                    }
                },
                o -> o.withTransport(transport));
    }

    @Test
    void theLossOfAnotherConnectionIsTheHandlersFailure() {
        run(() -> {
            Loop.current().setExceptionHandler((loop, context) -> reported.add(context));
            Future<String> failed = createFuture();
            try (Server backend = startServer(peer -> peer.abort(), "127.0.0.1", 0);
                    Server proxy = startServer(
                            peer -> {
                                try (Connection to = openConnection("127.0.0.1", backend.port())) {
                                    readFor(to);
                                } finally {
                                    failed.setResult("failed");
                                }
                            },
                            "127.0.0.1",
                            0);
                    Connection client = openConnection("127.0.0.1", proxy.port())) {
                failed.await();
                client.reader().readAll();
            }
            assertThat(reported).singleElement().asString().contains("handler of the connection with");
        });
    }

    @Test
    void aLossInALoopOverLinesIsALossToo() {
        run(() -> assertThat(thrownBy(peer -> peer.reader().lines().forEach(line -> {}), "half"))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(ConnectionLostException.class));
        assertThat(reported).isEmpty();
    }

    @Test
    void anOpenInACallbackIsMisuseAndNoFailureOfTheNetwork() {
        run(() -> {
            Future<Throwable> thrown = createFuture();
            Loop.current().callSoon(() -> thrown.setResult(catchThrowable(() -> openConnection("127.0.0.1", 1))));
            assertThat(thrown.await())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("outside a coroutine");

            Future<Throwable> datagram = createFuture();
            Loop.current().callSoon(() -> datagram.setResult(catchThrowable(() -> openDatagram(o -> o))));
            assertThat(datagram.await()).isInstanceOf(IllegalStateException.class);
        });
        assertThatThrownBy(() -> openConnection("127.0.0.1", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no running loop");
    }
}
