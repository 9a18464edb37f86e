package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server gives up on peers that are too slow, and on no others. */
class PatienceTest {

    /** The system's, in bytes: much less than a peer reads at once, so that its reading is seen. */
    private static final int BUFFER = 10_000;

    private final VirtualLoopback loopback;

    // What the handler of the only connection threw, and when.
    private @Nullable Throwable thrown;
    private long endedAfterSeconds = -1;

    PatienceTest(@TempDir Path directory) {
        loopback = new VirtualLoopback(directory);
    }

    private static ServerOptions idle(ServerOptions options) {
        return options.withIdleTimeout(Duration.ofSeconds(30));
    }

    private static ServerOptions message(ServerOptions options) {
        return options.withMessageTimeout(Duration.ofSeconds(10));
    }

    /** What the client does, in seconds of virtual time. */
    @FunctionalInterface
    private interface Client {
        void talk(Connection connection) throws Exception;
    }

    /** Serves one client, to the end of both. */
    private void serve(UnaryOperator<ServerOptions> options, ConnectionHandler handler, Client client) {
        serve(options, o -> o.withLimit(1000), handler, client);
    }

    private void serve(
            UnaryOperator<ServerOptions> options,
            UnaryOperator<ConnectOptions> ofClient,
            ConnectionHandler handler,
            Client client) {
        loopback.run(() -> {
            Future<@Nullable Void> accepted = Loop.current().createFuture();
            ConnectionHandler timed = peer -> {
                accepted.setResult(null);
                long begin = Loop.current().time();
                try {
                    handler.handle(peer);
                } catch (Exception e) {
                    thrown = e;
                } finally {
                    endedAfterSeconds =
                            Duration.ofNanos(Loop.current().time() - begin).toSeconds();
                }
            };
            Server server = startServer(timed, loopback.address(), options);
            Connection connection = openConnection(loopback.address(), ofClient);
            accepted.await();
            client.talk(connection);
            server.close();
            server.waitClosed();
            connection.close();
        });
    }

    private void assertGivenUp(long afterSeconds, String why) {
        assertThat(thrown)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("connection with client@" + loopback.address())
                .hasMessageEndingWith(" was lost: " + why)
                .hasCauseInstanceOf(SocketTimeoutException.class);
        assertThat(endedAfterSeconds).isEqualTo(afterSeconds);
    }

    // Silence

    @Test
    void aPeerThatSaysNothingIsGivenUp() {
        serve(PatienceTest::idle, peer -> peer.reader().readLine(), connection -> {});
        assertGivenUp(30, "no byte came or went in PT30S");
    }

    @Test
    void everyByteGivesThePeerTimeAgain() {
        serve(PatienceTest::idle, peer -> peer.reader().readExactly(100), connection -> {
            for (int i = 0; i < 3; i++) {
                sleep(Duration.ofSeconds(29));
                connection.writer().write("x");
            }
        });
        assertGivenUp(3 * 29 + 30, "no byte came or went in PT30S");
    }

    @Test
    void noTimeRunsWhileTheHandlerIsBusyItself() {
        serve(
                PatienceTest::idle,
                peer -> {
                    sleep(Duration.ofHours(1));
                    peer.writer().writeLine("ready");
                    peer.reader().readLine();
                },
                connection -> {
                    assertThat(connection.reader().readLine()).isEqualTo("ready");
                    sleep(Duration.ofSeconds(29));
                    connection.writer().writeLine("thanks");
                });
        assertThat(thrown).isNull();
        assertThat(endedAfterSeconds).isEqualTo(3600 + 29);
    }

    @Test
    void whoWritesNowAndThenMayWaitForAnAnswerForLong() {
        serve(
                PatienceTest::idle,
                peer -> {
                    Task<?> ticker = createTask(() -> {
                        for (int i = 0; i < 10; i++) {
                            sleep(Duration.ofSeconds(20));
                            peer.writer().writeLine("tick");
                        }
                    });
                    peer.reader().readLine();
                    ticker.await();
                },
                connection -> {
                    for (int i = 0; i < 10; i++) {
                        connection.reader().readLine();
                    }
                    connection.writer().writeLine("enough");
                });
        assertThat(thrown).isNull();
    }

    @Test
    void aPeerThatTakesNothingIsGivenUpWithinTwiceTheTime() {
        serve(
                PatienceTest::idle,
                peer -> {
                    while (true) {
                        peer.writer().write(new byte[100_000]);
                    }
                },
                connection -> {});
        assertThat(thrown).hasMessageEndingWith(" was lost: no byte came or went in PT30S");
        assertThat(endedAfterSeconds).isBetween(30L, 60L);
    }

    @Test
    void aPeerThatTakesALargeMessageLittleByLittleIsNotGivenUp() {
        byte[] large = new byte[2_000_000];
        serve(
                o -> idle(o).withWriteMarks(1, 100_000_000).withOption(ChannelOption.SO_SNDBUF, BUFFER),
                peer -> peer.writer().write(large),
                connection -> {
                    for (int i = 0; i < 20; i++) {
                        sleep(Duration.ofSeconds(25));
                        connection.reader().readExactly(large.length / 20);
                    }
                    assertThat(connection.reader().readLine()).isNull();
                });
        assertThat(thrown).isNull();
    }

    @Test
    void aPeerThatTakesNothingDoesNotKeepAConnectionWhoseHandlerIsDone() {
        serve(
                o -> idle(o).withWriteMarks(1, 100_000_000).withOption(ChannelOption.SO_SNDBUF, BUFFER),
                peer -> peer.writer().write(new byte[2_000_000]),
                connection -> {});
        assertThat(thrown).isNull();
        // And waitClosed has returned.
        assertThat(endedAfterSeconds).isZero();
    }

    // Messages that do not end

    @Test
    void aLineThatComesByteByByteHasOnlySoMuchTime() {
        serve(PatienceTest::message, peer -> peer.reader().readLine(), connection -> {
            for (int i = 0; i < 5; i++) {
                sleep(Duration.ofSeconds(2));
                connection.writer().write("x");
            }
        });
        assertGivenUp(2 + 10, "a message did not end within PT10S");
    }

    @Test
    void theWaitForAMessageToBeginDoesNotCount() {
        serve(
                PatienceTest::message,
                peer -> {
                    for (int i = 0; i < 5; i++) {
                        assertThat(peer.reader().readLine()).isEqualTo("abc");
                    }
                },
                connection -> {
                    for (int i = 0; i < 5; i++) {
                        sleep(Duration.ofMinutes(5));
                        connection.writer().write("a");
                        sleep(Duration.ofSeconds(9));
                        connection.writer().writeLine("bc");
                    }
                });
        assertThat(thrown).isNull();
        assertThat(endedAfterSeconds).isEqualTo(5 * (300 + 9));
    }

    @Test
    void aMessageBehindAnotherHasItsOwnTime() {
        serve(
                PatienceTest::message,
                peer -> {
                    peer.reader().readLine();
                    peer.reader().readLine();
                    peer.reader().readLine();
                },
                connection -> {
                    connection.writer().write("a");
                    sleep(Duration.ofSeconds(8));
                    connection.writer().write("b\nc");
                    sleep(Duration.ofSeconds(8));
                    connection.writer().write("d\ne");
                });
        assertGivenUp(8 + 8 + 10, "a message did not end within PT10S");
    }

    // Encrypted

    @EachProvider
    void soItIsOverTls(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        TlsOptions trusting = TlsOptions.of(tls.client()).withServerName("localhost");
        serve(
                o -> idle(message(o)).withTls(tls.server()),
                o -> o.withTls(trusting),
                peer -> {
                    peer.reader().readLine();
                    peer.reader().readLine();
                },
                connection -> {
                    sleep(Duration.ofSeconds(29));
                    connection.writer().write("line\nbegin");
                });
        assertGivenUp(29 + 10, "a message did not end within PT10S");
    }

    @EachProvider
    void aSilentPeerIsGivenUpOverTls(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        TlsOptions trusting = TlsOptions.of(tls.client()).withServerName("localhost");
        serve(
                o -> idle(o).withTls(tls.server()),
                o -> o.withTls(trusting),
                peer -> peer.reader().readLine(),
                connection -> {});
        assertGivenUp(30, "no byte came or went in PT30S");
    }

    @Test
    void timesOfZeroAreRefused() {
        assertThatThrownBy(() -> ServerOptions.defaults().withIdleTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("idleTimeout <= 0: PT0S: leave it out for none");
        assertThatThrownBy(() -> ServerOptions.defaults().withMessageTimeout(Duration.ofSeconds(-1)))
                .hasMessage("messageTimeout <= 0: PT-1S: leave it out for none");
    }
}
