package dev.skein.net;

import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startMessageServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
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

/** A server of messages gives up on peers that are too slow, and on no others. */
class MessagePatienceTest {
    private static final String SILENCE = "no byte came or went in PT30S";
    private static final String SLOWNESS = "a message did not end within PT10S";

    private final VirtualLoopback loopback;

    // What the handler of the only connection threw, and when.
    private @Nullable Throwable thrown;
    private long endedAfterSeconds = -1;

    MessagePatienceTest(@TempDir Path directory) {
        loopback = new VirtualLoopback(directory);
    }

    private static ServerOptions idle(ServerOptions options) {
        return options.withIdleTimeout(Duration.ofSeconds(30));
    }

    private static ServerOptions message(ServerOptions options) {
        return options.withMessageTimeout(Duration.ofSeconds(10));
    }

    /** What the client does, in bytes. */
    @FunctionalInterface
    private interface Client {
        void talk(Connection connection) throws Exception;
    }

    /** Serves one client with lines, to the end of both. */
    private void serve(
            UnaryOperator<ServerOptions> options,
            UnaryOperator<ConnectOptions> ofClient,
            MessagesHandler<String, String> handler,
            Client client) {
        loopback.run(() -> {
            Future<@Nullable Void> accepted = Loop.current().createFuture();
            MessagesHandler<String, String> timed = peer -> {
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
            Server server = startMessageServer(timed, loopback.address(), MessagesTest::lines, options);
            Connection connection = openConnection(loopback.address(), ofClient);
            accepted.await();
            client.talk(connection);
            server.close();
            server.waitClosed();
            connection.close();
        });
    }

    private void serve(UnaryOperator<ServerOptions> options, MessagesHandler<String, String> handler, Client client) {
        serve(options, o -> o.withLimit(1000), handler, client);
    }

    private static void receiveAll(Messages<String, String> peer) throws IOException {
        String line;
        do {
            line = peer.receive();
        } while (line != null);
    }

    private void assertGivenUp(long afterSeconds, String why) {
        assertThat(thrown)
                .isInstanceOf(IOException.class)
                .hasMessage("connection with client@" + loopback.address() + " was lost: " + why)
                .hasCauseInstanceOf(SocketTimeoutException.class);
        assertThat(endedAfterSeconds).isEqualTo(afterSeconds);
    }

    @Test
    void aPeerThatSaysNothingIsGivenUp() {
        serve(MessagePatienceTest::idle, MessagePatienceTest::receiveAll, connection -> {});
        assertGivenUp(30, SILENCE);
    }

    @Test
    void everyByteGivesThePeerTimeAgainAlsoWithoutAMessage() {
        serve(MessagePatienceTest::idle, MessagePatienceTest::receiveAll, connection -> {
            for (int i = 0; i < 3; i++) {
                sleep(Duration.ofSeconds(29));
                connection.writer().write("x");
            }
        });
        assertGivenUp(3 * 29 + 30, SILENCE);
    }

    @Test
    void noTimeRunsWhileTheHandlerIsBusyItself() {
        serve(
                MessagePatienceTest::idle,
                peer -> {
                    sleep(Duration.ofHours(1));
                    peer.send("ready");
                    assertThat(peer.receive()).isEqualTo("thanks");
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
    void aPeerThatTakesNothingIsGivenUpWithinTwiceTheTime() {
        serve(
                o -> idle(o).withOption(ChannelOption.SO_SNDBUF, 10_000),
                peer -> {
                    while (true) {
                        peer.send("x".repeat(10_000));
                    }
                },
                connection -> {});
        assertThat(thrown).hasMessageEndingWith(" was lost: " + SILENCE);
        assertThat(endedAfterSeconds).isBetween(30L, 60L);
    }

    @Test
    void aMessageThatComesByteByByteHasOnlySoMuchTime() {
        serve(MessagePatienceTest::message, MessagePatienceTest::receiveAll, connection -> {
            for (int i = 0; i < 5; i++) {
                sleep(Duration.ofSeconds(2));
                connection.writer().write("x");
            }
        });
        assertGivenUp(2 + 10, SLOWNESS);
    }

    @Test
    void theWaitForAMessageToBeginDoesNotCount() {
        serve(MessagePatienceTest::message, MessagePatienceTest::receiveAll, connection -> {
            for (int i = 0; i < 5; i++) {
                sleep(Duration.ofMinutes(5));
                connection.writer().write("a");
                sleep(Duration.ofSeconds(9));
                connection.writer().writeLine("bc");
            }
            connection.writer().writeEof();
        });
        assertThat(thrown).isNull();
        assertThat(endedAfterSeconds).isEqualTo(5 * (300 + 9));
    }

    @EachProvider
    void soItIsOverTls(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        TlsOptions trusting = TlsOptions.of(tls.client()).withServerName("localhost");
        serve(
                o -> idle(message(o)).withTls(tls.server()),
                o -> o.withTls(trusting),
                MessagePatienceTest::receiveAll,
                connection -> {
                    sleep(Duration.ofSeconds(29));
                    connection.writer().write("x");
                });
        assertGivenUp(29 + 10, SLOWNESS);
    }
}
