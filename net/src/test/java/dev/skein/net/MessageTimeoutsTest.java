package dev.skein.net;

import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Streams.startMessageServer;
import static dev.skein.net.TimeoutsFixture.SILENCE;
import static dev.skein.net.TimeoutsFixture.SLOWNESS;
import static dev.skein.net.TimeoutsFixture.idle;
import static dev.skein.net.TimeoutsFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Loop;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of messages gives up on peers that are too slow, and on no others. */
class MessageTimeoutsTest {
    private final TimeoutsFixture<Messages<String, String>> trial;

    MessageTimeoutsTest(@TempDir Path directory) {
        trial = new TimeoutsFixture<>(
                directory,
                (handler, address, options) ->
                        startMessageServer(handler::handle, address, MessagesTest::lines, options));
    }

    private static void receiveAll(Messages<String, String> peer) throws IOException {
        String line;
        do {
            line = peer.receive();
        } while (line != null);
    }

    @Test
    void aPeerThatSaysNothingIsGivenUp() {
        trial.serve(TimeoutsFixture::idle, MessageTimeoutsTest::receiveAll, connection -> {});
        trial.assertGivenUp(30, SILENCE);
    }

    @Test
    void everyByteGivesThePeerTimeAgainAlsoWithoutAMessage() {
        trial.serve(TimeoutsFixture::idle, MessageTimeoutsTest::receiveAll, connection -> {
            for (int i = 0; i < 3; i++) {
                sleep(Duration.ofSeconds(29));
                connection.writer().write("x");
            }
        });
        trial.assertGivenUp(3 * 29 + 30, SILENCE);
    }

    @Test
    void aByteThatIsSentGivesThePeerTimeToo() {
        trial.serve(
                TimeoutsFixture::idle,
                peer -> {
                    Loop.current()
                            .callLater(
                                    Duration.ofSeconds(20), () -> peer.channel().writeAndFlush("are you there?"));
                    receiveAll(peer);
                },
                connection -> {
                    sleep(Duration.ofSeconds(45));
                    connection.close();
                });
        trial.assertServed(45);
    }

    @Test
    void noTimeRunsWhileTheHandlerIsBusyItself() {
        trial.serve(
                TimeoutsFixture::idle,
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
        trial.assertServed(3600 + 29);
    }

    @Test
    void norWhileItIsBusyWithWhatItHasReceived() {
        trial.serve(
                o -> idle(message(o)),
                peer -> {
                    assertThat(peer.receive()).isEqualTo("ab");
                    sleep(Duration.ofHours(1));
                    assertThat(peer.receive()).isEqualTo("c");
                },
                connection -> {
                    connection.writer().write("a");
                    sleep(Duration.ofSeconds(2));
                    connection.writer().writeLine("b");
                    sleep(Duration.ofSeconds(3600 + 29));
                    connection.writer().writeLine("c");
                });
        trial.assertServed(2 + 3600 + 29);
    }

    @Test
    void aPeerThatTakesNothingIsGivenUpWithinTwiceTheTime() {
        trial.serve(
                o -> idle(o).withOption(ChannelOption.SO_SNDBUF, 10_000),
                peer -> {
                    while (true) {
                        peer.send("x".repeat(10_000));
                    }
                },
                connection -> {});
        assertThat(trial.thrown()).hasMessageEndingWith(" was lost: " + SILENCE);
        assertThat(trial.endedAfterSeconds()).isBetween(30L, 60L);
    }

    @Test
    void aMessageThatComesByteByByteHasOnlySoMuchTime() {
        trial.serve(TimeoutsFixture::message, MessageTimeoutsTest::receiveAll, connection -> {
            for (int i = 0; i < 5; i++) {
                sleep(Duration.ofSeconds(2));
                connection.writer().write("x");
            }
        });
        trial.assertGivenUp(2 + 10, SLOWNESS);
    }

    @Test
    void theWaitForAMessageToBeginDoesNotCount() {
        trial.serve(TimeoutsFixture::message, MessageTimeoutsTest::receiveAll, connection -> {
            for (int i = 0; i < 5; i++) {
                sleep(Duration.ofMinutes(5));
                connection.writer().write("a");
                sleep(Duration.ofSeconds(9));
                connection.writer().writeLine("bc");
            }
            connection.writer().writeEof();
        });
        trial.assertServed(5 * (300 + 9));
    }

    @EachProvider
    void soItIsOverTls(SslProvider provider) {
        trial.serveOverTls(provider, o -> idle(message(o)), MessageTimeoutsTest::receiveAll, connection -> {
            sleep(Duration.ofSeconds(29));
            connection.writer().write("x");
        });
        trial.assertGivenUp(29 + 10, SLOWNESS);
    }
}
