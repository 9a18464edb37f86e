package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Streams.startServer;
import static dev.skein.net.TimeoutsFixture.SILENCE;
import static dev.skein.net.TimeoutsFixture.SLOWNESS;
import static dev.skein.net.TimeoutsFixture.idle;
import static dev.skein.net.TimeoutsFixture.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Task;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server gives up on peers that are too slow, and on no others. */
class ConnectionTimeoutsTest {

    /** The system's, in bytes: much less than a peer reads at once, so that its reading is seen. */
    private static final int BUFFER = 10_000;

    private final TimeoutsFixture<Connection> trial;

    ConnectionTimeoutsTest(@TempDir Path directory) {
        trial = new TimeoutsFixture<>(
                directory, (handler, address, options) -> startServer(handler::handle, address, options));
    }

    // Silence

    @Test
    void aPeerThatSaysNothingIsGivenUp() {
        trial.serve(TimeoutsFixture::idle, peer -> peer.reader().readLine(), connection -> {});
        trial.assertGivenUp(30, SILENCE);
    }

    @Test
    void everyByteGivesThePeerTimeAgain() {
        trial.serve(TimeoutsFixture::idle, peer -> peer.reader().readExactly(100), connection -> {
            for (int i = 0; i < 3; i++) {
                sleep(Duration.ofSeconds(29));
                connection.writer().write("x");
            }
        });
        trial.assertGivenUp(3 * 29 + 30, SILENCE);
    }

    @Test
    void noTimeRunsWhileTheHandlerIsBusyItself() {
        trial.serve(
                TimeoutsFixture::idle,
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
        trial.assertServed(3600 + 29);
    }

    @Test
    void norWhileItIsBusyWithWhatItHasRead() {
        trial.serve(
                o -> idle(message(o)),
                peer -> {
                    assertThat(peer.reader().readLine()).isEqualTo("ab");
                    sleep(Duration.ofHours(1));
                    assertThat(peer.reader().readLine()).isEqualTo("c");
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
    void aHandlerThatWritesNowAndThenMayWaitForAnAnswerForLong() {
        trial.serve(
                TimeoutsFixture::idle,
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
        assertThat(trial.thrown()).isNull();
    }

    @Test
    void aPeerThatTakesNothingIsGivenUpWithinTwiceTheTime() {
        trial.serve(
                TimeoutsFixture::idle,
                peer -> {
                    while (true) {
                        peer.writer().write(new byte[100_000]);
                    }
                },
                connection -> {});
        assertThat(trial.thrown()).hasMessageEndingWith(" was lost: " + SILENCE);
        assertThat(trial.endedAfterSeconds()).isBetween(30L, 60L);
    }

    @Test
    void aPeerThatTakesALargeMessageLittleByLittleIsNotGivenUp() {
        byte[] large = new byte[2_000_000];
        trial.serve(
                o -> idle(o).withWriteMarks(1, 100_000_000).withOption(ChannelOption.SO_SNDBUF, BUFFER),
                peer -> peer.writer().write(large),
                connection -> {
                    for (int i = 0; i < 20; i++) {
                        sleep(Duration.ofSeconds(25));
                        connection.reader().readExactly(large.length / 20);
                    }
                    assertThat(connection.reader().readLine()).isNull();
                });
        assertThat(trial.thrown()).isNull();
    }

    @Test
    void aPeerThatTakesNothingKeepsNoConnectionAfterItsHandler() {
        trial.serve(
                o -> idle(o).withWriteMarks(1, 100_000_000).withOption(ChannelOption.SO_SNDBUF, BUFFER),
                peer -> peer.writer().write(new byte[2_000_000]),
                connection -> {});
        // And waitClosed has returned.
        trial.assertServed(0);
    }

    // Messages that do not end

    @Test
    void aLineThatComesByteByByteHasOnlySoMuchTime() {
        trial.serve(TimeoutsFixture::message, peer -> peer.reader().readLine(), connection -> {
            for (int i = 0; i < 5; i++) {
                sleep(Duration.ofSeconds(2));
                connection.writer().write("x");
            }
        });
        trial.assertGivenUp(2 + 10, SLOWNESS);
    }

    @Test
    void theWaitForAMessageToBeginDoesNotCount() {
        trial.serve(
                TimeoutsFixture::message,
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
        trial.assertServed(5 * (300 + 9));
    }

    @Test
    void aMessageBehindAnotherHasItsOwnTime() {
        trial.serve(
                TimeoutsFixture::message,
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
        trial.assertGivenUp(8 + 8 + 10, SLOWNESS);
    }

    // Encrypted

    @EachProvider
    void soItIsOverTls(SslProvider provider) {
        trial.serveOverTls(
                provider,
                o -> idle(message(o)),
                peer -> {
                    peer.reader().readLine();
                    peer.reader().readLine();
                },
                connection -> {
                    sleep(Duration.ofSeconds(29));
                    connection.writer().write("line\nbegin");
                });
        trial.assertGivenUp(29 + 10, SLOWNESS);
    }

    @EachProvider
    void aSilentPeerIsGivenUpOverTls(SslProvider provider) {
        trial.serveOverTls(
                provider, TimeoutsFixture::idle, peer -> peer.reader().readLine(), connection -> {});
        trial.assertGivenUp(30, SILENCE);
    }

    @Test
    void timesOfZeroAreRefused() {
        assertThatThrownBy(() -> ServerOptions.defaults().withIdleTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("idleTimeout <= 0: 0 s: leave it out for no timeout");
        assertThatThrownBy(() -> ServerOptions.defaults().withMessageTimeout(Duration.ofSeconds(-1)))
                .hasMessage("messageTimeout <= 0: -1 s: leave it out for no timeout");
    }
}
