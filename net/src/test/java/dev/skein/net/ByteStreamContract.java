package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for a connection whatever carries its bytes. A subclass says what does. */
abstract class ByteStreamContract implements ClosingContract, FlowContract {
    static final int LIMIT = 1000;

    /** Runs {@code talk} with the two ends of a connection, whose readers have {@link #LIMIT}. */
    @Override
    public abstract void talk(Loopback.Conversation talk);

    /** How many bytes are much for this carrier. */
    @Override
    public abstract int much();

    /** Whether one direction can end while the other goes on. */
    boolean halfCloses() {
        return true;
    }

    @Override
    public void assumeHalfClose() {
        assumeTrue(halfCloses(), "both directions end at once here");
    }

    @Override
    public void end(Connection connection) throws IOException {
        if (halfCloses()) {
            connection.writer().writeEof();
        } else {
            connection.writer().close();
        }
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static void copy(StreamReader from, StreamWriter to) throws IOException {
        byte[] chunk;
        while ((chunk = from.read(4096)) != null) {
            to.write(chunk);
        }
        to.writeEof();
    }

    @Test
    @PortOf("test_selector_events.write")
    @PortOf("test_selector_events.write_no_data")
    void bytesArriveInTheOrderOfTheirWrites() {
        talk((client, peer) -> {
            client.writer().write(new byte[] {'a', 'b', 'c', 'd'}, 1, 2);
            client.writer().write("é");
            client.writer().write(CharBuffer.wrap("€🧶"));
            client.writer().write(new byte[0]);
            client.writer().write("");
            client.writer().writeLine("e");
            client.writer().writeLine("");
            end(client);
            assertThat(new String(peer.reader().readAll(), UTF_8)).isEqualTo("bcé€🧶e\n\n");
        });
    }

    @Test
    void bothSidesReadAndWriteAtOnce() {
        assumeHalfClose();
        byte[] sent = noise(much());
        talk((client, peer) -> {
            Task<?> echo = createTask(() -> copy(peer.reader(), peer.writer()));
            Task<?> sender = createTask(() -> {
                client.writer().write(sent);
                client.writer().writeEof();
            });
            assertThat(client.reader().readAll()).isEqualTo(sent);
            gather(echo, sender).await();
        });
    }

    @Test
    void linesComeAsTheyWereWritten() {
        talk((client, peer) -> {
            createTask(() -> {
                for (int i = 0; i < 100; i++) {
                    client.writer().writeLine("line " + i);
                }
                client.writer().write("last");
                end(client);
            });
            int lines = 0;
            for (String line : peer.reader().lines()) {
                assertThat(line).isEqualTo(lines < 100 ? "line " + lines : "last");
                lines++;
            }
            assertThat(lines).isEqualTo(101);
            assertThat(peer.reader().readLine()).isNull();
        });
    }

    @Test
    void readGivesAtLeastOneByteAndNeverMoreThanAskedFor() {
        talk((client, peer) -> {
            client.writer().write("0123456789");
            end(client);
            StringBuilder all = new StringBuilder();
            byte[] chunk;
            while ((chunk = peer.reader().read(3)) != null) {
                assertThat(chunk.length).isBetween(1, 3);
                all.append(new String(chunk, UTF_8));
            }
            assertThat(all).hasToString("0123456789");
        });
    }

    @Test
    void buffersArePassedOnWithoutACopyAndWithTheirReference() {
        assumeHalfClose();
        talk((client, peer) -> {
            client.writer().write("0123456789");
            client.writer().writeEof();
            ByteBuf bytes;
            while ((bytes = peer.reader().readByteBuf(3)) != null) {
                assertThat(bytes.readableBytes()).isBetween(1, 3);
                peer.writer().write(bytes);
            }
            peer.writer().writeEof();
            assertThat(client.reader().readAll()).asString(UTF_8).isEqualTo("0123456789");
        });
    }

    @Test
    void aBufferThatCannotBeWrittenIsReleased() {
        assumeHalfClose();
        talk((client, peer) -> {
            client.writer().writeEof();
            ByteBuf refused = Unpooled.buffer().writeByte(1);
            assertThatThrownBy(() -> client.writer().write(refused)).isInstanceOf(IllegalStateException.class);
            assertThat(refused.refCnt()).isZero();
        });
    }

    @Test
    void readExactlyOfMoreThanTwiceTheLimitDoesNotWaitForEver() {
        byte[] sent = noise(10 * LIMIT);
        talk((client, peer) -> {
            createTask(() -> client.writer().write(sent));
            assertThat(peer.reader().readExactly(sent.length)).isEqualTo(sent);
        });
    }

    @Test
    void readExactlyGivesWhatCameBeforeAnEarlyEnd() {
        talk((client, peer) -> {
            client.writer().write("abc");
            end(client);
            assertThatThrownBy(() -> peer.reader().readExactly(10))
                    .isInstanceOfSatisfying(IncompleteReadException.class, e -> {
                        assertThat(e.partial()).asString(UTF_8).isEqualTo("abc");
                        assertThat(e.expected()).hasValue(10);
                    });
        });
    }

    @Test
    void aLineLongerThanTheLimitIsRefusedAndTheConnectionGoesOn() {
        talk((client, peer) -> {
            client.writer().writeLine("x".repeat(LIMIT));
            assertThat(peer.reader().readLine()).hasSize(LIMIT);

            client.writer().write("x".repeat(LIMIT + 1));
            assertThatThrownBy(() -> peer.reader().readLine())
                    .isInstanceOfSatisfying(
                            LimitOverrunException.class,
                            e -> assertThat(e.consumed()).isEqualTo(LIMIT + 1));
            client.writer().writeLine("");
            client.writer().writeLine("short");
            assertThat(peer.reader().readLine()).isEmpty();
            assertThat(peer.reader().readLine()).isEqualTo("short");
        });
    }

    @Test
    @PortOf("test_selector_events.write_eof")
    @PortOf("test_selector_events.SelectorSocketTransportTests.read_ready_eof_keep_open")
    void theEndOfOneDirectionLeavesTheOtherOpen() {
        assumeHalfClose();
        talk((client, peer) -> {
            client.writer().writeLine("question");
            client.writer().writeEof();
            client.writer().writeEof();
            assertThat(peer.reader().readLine()).isEqualTo("question");
            assertThat(peer.reader().readLine()).isNull();
            assertThat(peer.reader().atEof()).isTrue();

            peer.writer().writeLine("answer");
            assertThat(client.reader().readLine()).isEqualTo("answer");
            assertThat(client.reader().atEof()).isFalse();
            peer.writer().writeEof();
            assertThat(client.reader().readLine()).isNull();
        });
    }

    @Test
    void aLongAnswerAfterTheEndOfTheQuestionArrives() {
        assumeHalfClose();
        byte[] answer = noise(10 * much());
        talk((client, peer) -> {
            client.writer().writeEof();
            assertThat(peer.reader().readAll()).isEmpty();
            createTask(() -> {
                peer.writer().write(answer);
                peer.writer().writeEof();
            });
            assertThat(client.reader().readAll()).isEqualTo(answer);
        });
    }

    @Test
    void bytesBeforeTheEndCanBeReadAfterIt() {
        assumeHalfClose();
        byte[] sent = noise(5 * LIMIT);
        talk((client, peer) -> {
            client.writer().write(sent);
            client.writer().writeEof();
            Loopback.until(() -> !peer.channel().config().isAutoRead());
            assertThat(peer.reader().atEof()).isFalse();
            assertThat(peer.reader().readAll()).isEqualTo(sent);
            peer.writer().write(sent);
            assertThat(client.reader().readExactly(sent.length)).isEqualTo(sent);
        });
    }

    @Test
    @PortOf("test_selector_events.close_write_buffer")
    void closeSendsWhatIsQueued() {
        byte[] sent = noise(much());
        talk((client, peer) -> {
            Task<?> sender = createTask(() -> {
                client.writer().write(sent);
                client.close();
            });
            assertThat(peer.reader().readAll()).isEqualTo(sent);
            sender.await();
            client.writer().waitClosed();
        });
    }

    @Test
    @PortOf("test_selector_events.write_eof_buffer")
    void writeEofSendsWhatIsQueued() {
        assumeHalfClose();
        byte[] sent = noise(much());
        talk((client, peer) -> {
            client.writer().write(sent);
            client.writer().writeEof();
            assertThat(peer.reader().readAll()).isEqualTo(sent);
        });
    }

    @Test
    void aReadThatIsCancelledLosesNothing() {
        talk((client, peer) -> {
            Task<?> cancelled = createTask(() -> peer.reader().readExactly(4));
            client.writer().write("ab");
            yieldNow();
            cancelled.cancel();
            yieldNow();
            client.writer().write("cd");
            assertThat(new String(peer.reader().readExactly(4), UTF_8)).isEqualTo("abcd");
            assertThat(cancelled.isCancelled()).isTrue();
        });
    }

    @Test
    void aWriterThatIsMuchFasterThanTheReaderWaits() {
        byte[] chunk = noise(much() / 100);
        int chunks = 1000;
        talk((client, peer) -> {
            int[] written = new int[1];
            Task<?> sender = createTask(() -> {
                while (written[0] < chunks) {
                    client.writer().write(chunk);
                    written[0]++;
                }
            });
            for (int i = 0; i < chunks; i++) {
                assertThat(peer.reader().readExactly(chunk.length)).isEqualTo(chunk);
            }
            sender.await();
        });
    }
}
