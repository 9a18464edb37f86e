package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader alone: what it is fed, what it gives, when it pauses. Without a network. */
class StreamReaderTest extends ReaderFixture {
    // read

    @Test
    @PortOf("test_streams.feed_empty_data")
    @PortOf("test_streams.feed_nonempty_data")
    void fedBytesAreKeptUntilTheyAreRead() {
        loop.run(() -> {
            feed("");
            feed("line1\n");
            feed("line2\n");
            assertThat(rest()).isEqualTo("line1\nline2\n");
        });
    }

    @Test
    @PortOf("test_streams.read_zero")
    void readOfZeroBytesGivesAnEmptyArrayAndLeavesWhatIsThere() {
        loop.run(() -> {
            assertThat(reader.read(0)).isEmpty();
            feed(DATA);
            assertThat(reader.read(0)).isEmpty();
            assertThat(rest()).isEqualTo(DATA);
        });
    }

    @Test
    void readOfLessThanZeroBytesNamesReadAll() {
        loop.run(() -> assertThatThrownBy(() -> reader.read(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max < 0: -1: to read to the end of the stream, use readAll()"));
    }

    @Test
    void readByteBufOfLessThanOneByteIsRefused() {
        loop.run(() -> assertThatThrownBy(() -> reader.readByteBuf(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max < 1: 0"));
    }

    @Test
    @PortOf("test_streams.read")
    void readWaitsForData() {
        loop.run(() -> {
            feedSoon(DATA);
            assertThat(reader.read(30)).asString(UTF_8).isEqualTo(DATA);
            assertThat(rest()).isEmpty();
        });
    }

    @Test
    @PortOf("test_streams.read_line_breaks")
    void readGivesAsMuchAsWasAskedForAndNotMore() {
        loop.run(() -> {
            feed("line1");
            feed("line2");
            assertThat(reader.read(5)).asString(UTF_8).isEqualTo("line1");
            assertThat(rest()).isEqualTo("line2");
        });
    }

    @Test
    @PortOf("test_streams.read_eof")
    void readAtTheEndGivesNull() {
        loop.run(() -> {
            endSoon();
            assertThat(reader.read(1024)).isNull();
            assertThat(reader.read(1024)).isNull();
        });
    }

    @Test
    @PortOf("test_streams.read_until_eof")
    void readAllGivesEverythingUpToTheEnd() {
        loop.run(() -> {
            feedSoon("chunk1\n", "chunk2");
            endSoon();
            assertThat(text(reader.readAll())).isEqualTo("chunk1\nchunk2");
            assertThat(reader.readAll()).isEmpty();
        });
    }

    @Test
    @PortOf("test_streams.read_limit")
    void theLimitIsForLinesNotForRead() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("chunk");
            assertThat(reader.read(5)).asString(UTF_8).isEqualTo("chunk");
            assertThat(rest()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    @PortOf("test_streams.invalid_limit")
    void aLimitBelowOneIsRefused(int limit) {
        assertThatThrownBy(() -> readerWithLimit(limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit < 1: " + limit);
    }

    @Test
    @PortOf("test_streams.at_eof")
    void atEofNeedsTheEndAndAnEmptyBuffer() {
        loop.run(() -> {
            assertThat(reader.atEof()).isFalse();
            feed("some data\n");
            assertThat(reader.atEof()).isFalse();
            reader.readLine();
            assertThat(reader.atEof()).isFalse();
            feed("some data\n");
            reader.feedEof();
            assertThat(reader.atEof()).isFalse();
            reader.readLine();
            assertThat(reader.atEof()).isTrue();
        });
    }

    // readExactly

    @Test
    @PortOf("test_streams.readexactly_zero_or_less")
    void readExactlyOfZeroBytesGivesNothingAndOfLessIsRefused() {
        loop.run(() -> {
            feed(DATA);
            assertThat(reader.readExactly(0)).isEmpty();
            assertThatThrownBy(() -> reader.readExactly(-1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("count < 0: -1");
            assertThat(rest()).isEqualTo(DATA);
        });
    }

    @Test
    @PortOf("test_streams.readexactly")
    void readExactlyWaitsForAllOfIt() {
        loop.run(() -> {
            feedSoon(DATA, DATA, DATA);
            assertThat(text(reader.readExactly(2 * DATA.length()))).isEqualTo(DATA + DATA);
            assertThat(rest()).isEqualTo(DATA);
        });
    }

    @Test
    @PortOf("test_streams.readexactly_limit")
    void theLimitIsForLinesNotForReadExactly() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("chunk");
            assertThat(text(reader.readExactly(5))).isEqualTo("chunk");
            assertThat(rest()).isEmpty();
        });
    }

    @Test
    @PortOf("test_streams.readexactly_eof")
    void readExactlyAtTheEndSaysHowMuchCame() {
        loop.run(() -> {
            feedSoon(DATA);
            endSoon();
            IncompleteReadException e =
                    catchThrowableOfType(IncompleteReadException.class, () -> reader.readExactly(36));
            assertThat(e).hasMessage("the stream ended after 18 of 36 bytes");
            assertThat(text(e.partial())).isEqualTo(DATA);
            assertThat(e.expected()).hasValue(36);
            assertThat(reader.atEof()).isTrue();
        });
    }

    // A connection that is lost

    @Test
    @PortOf("test_streams.read_exception")
    @PortOf("test_streams.readline_exception")
    @PortOf("test_streams.readexactly_exception")
    void aLossIsThrownBeforeWhatWasFed() {
        loop.run(() -> {
            feed("line\nline\n");
            assertThat(reader.read(2)).asString(UTF_8).isEqualTo("li");
            assertThat(text(reader.readExactly(2))).isEqualTo("ne");
            assertThat(reader.readLine()).isEmpty();
            reader.fail(new IOException("lost"));
            assertThat(reader).hasToString("StreamReader[FAILED, 0 bytes, lost]");
            assertThatThrownBy(() -> reader.read(2))
                    .isInstanceOf(IOException.class)
                    .hasMessage("lost");
            assertThatThrownBy(() -> reader.readExactly(2))
                    .isInstanceOf(IOException.class)
                    .hasMessage("lost");
            assertThatThrownBy(() -> reader.read(0))
                    .isInstanceOf(IOException.class)
                    .hasMessage("lost");
            assertThatThrownBy(() -> reader.readByteBuf(2))
                    .isInstanceOf(IOException.class)
                    .hasMessage("lost");
            assertThatThrownBy(() -> reader.readUntil(new byte[1]))
                    .isInstanceOf(IOException.class)
                    .hasMessage("lost");
            assertThatThrownBy(reader::readAll).isInstanceOf(IOException.class).hasMessage("lost");
            assertThatThrownBy(reader::readLine).isInstanceOf(IOException.class).hasMessage("lost");
            assertThatThrownBy(() -> reader.lines().iterator().next())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseMessage("lost");
        });
    }

    @Test
    @PortOf("test_streams.exception_waiter")
    void aLossEndsAReadThatWaits() {
        loop.run(() -> {
            loop.callSoon(() -> reader.fail(new IOException("lost")));
            assertThatThrownBy(reader::readLine).isInstanceOf(IOException.class).hasMessage("lost");
        });
    }

    @Test
    @PortOf("test_streams.exception_cancel")
    void aLossAfterTheReadWasCancelledDisturbsNobody() {
        loop.run(() -> {
            Task<?> task = createTask((Action) () -> reader.readLine());
            yieldNow();
            task.cancel();
            yieldNow();
            reader.fail(new IOException("lost"));
            yieldNow();
            assertThat(task.isCancelled()).isTrue();
            assertThat(reader).as("nobody waits in it").hasToString("StreamReader[FAILED, 0 bytes, lost]");
        });
    }

    @Test
    void ourOwnCloseIsTheEndForAReadThatWaits() {
        loop.run(() -> {
            loop.callSoon(reader::close);
            assertThat(reader.readLine()).isNull();
            assertThat(reader.atEof()).isTrue();
        });
    }

    // One coroutine at a time

    @Test
    void aSecondReaderIsToldWhoReads() {
        loop.run(() -> {
            Task<?> first = createTask(() -> assertThat(reader.readLine()).isEqualTo("line"), "first");
            yieldNow();
            Task<?> second = createTask((Action) () -> reader.read(1), "second");
            yieldNow();
            assertThat(second.exception())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("StreamReader.read() in task 'second', but task 'first' already waits in"
                            + " StreamReader.readLine(): only one coroutine may read at a time");
            feed("line\n");
            first.await();
        });
    }

    @Test
    void aReadThatIsCancelledLosesNothing() {
        loop.run(() -> {
            Task<?> cancelled = createTask(() -> reader.readExactly(6));
            yieldNow();
            feed("abc");
            yieldNow();
            cancelled.cancel();
            yieldNow();
            assertThat(cancelled.isCancelled()).isTrue();
            feed("def");
            assertThat(text(reader.readExactly(6))).isEqualTo("abcdef");
        });
    }

    @Test
    void aReadOnAForeignThreadIsRefusedAlsoIfBytesAreThere() {
        assertThatThrownBy(() -> reader.readLine())
                .isInstanceOf(WrongThreadException.class)
                .hasMessageContaining("runCoroutineThreadsafe");
        loop.run(() -> feed("line\n"));
        assertThatThrownBy(() -> reader.readLine()).isInstanceOf(WrongThreadException.class);
    }

    // Pausing

    @Test
    void readingPausesAboveTwiceTheLimitAndGoesOnAtTheLimit() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("123456");
            assertThat(trail.entries()).isEmpty();
            feed("7");
            assertThat(trail.entries()).containsExactly("pause");
            reader.readExactly(3);
            assertThat(trail.entries()).containsExactly("pause");
            reader.readExactly(1);
            assertThat(trail.entries()).containsExactly("pause", "go on");
        });
    }

    @Test
    void readingGoesOnHoweverTheBytesWereTaken() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("12\n45\n7");
            assertThat(reader.readLine()).isEqualTo("12");
            assertThat(trail.entries()).containsExactly("pause");
            assertThat(reader.readLine()).isEqualTo("45");
            assertThat(trail.entries()).containsExactly("pause", "go on");
            feed("890123");
            Objects.requireNonNull(reader.readByteBuf(3)).release();
            assertThat(trail.entries()).containsExactly("pause", "go on", "pause");
            Objects.requireNonNull(reader.readByteBuf(3)).release();
            assertThat(trail.entries()).containsExactly("pause", "go on", "pause", "go on");
            feed("456789\n");
            assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
            assertThat(trail.entries()).containsExactly("pause", "go on", "pause", "go on", "pause", "go on");
        });
    }

    @Test
    void afterItsEndThereIsNothingToGoOnWith() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("1234567");
            reader.feedEof();
            assertThat(reader.readAll()).hasSize(7);
            assertThat(trail.entries()).containsExactly("pause");
        });
    }

    @Test
    void readingGoesOnWhenSomebodyWaitsForMoreThanFits() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("1234567");
            feedSoon("89");
            assertThat(text(reader.readExactly(9))).isEqualTo("123456789");
            assertThat(trail.entries()).containsExactly("pause", "go on", "pause", "go on");
        });
    }

    // How it looks

    @Test
    @PortOf("test_streams.__repr__")
    @PortOf("test_streams.__repr__nondefault_limit")
    @PortOf("test_streams.__repr__data")
    @PortOf("test_streams.__repr__eof")
    @PortOf("test_streams.__repr__exception")
    void toStringSaysHowItStandsAndWhatIsThere() {
        assertThat(reader).hasToString("StreamReader[OPEN, 0 bytes]");
        feed("data");
        assertThat(reader).hasToString("StreamReader[OPEN, 4 bytes]");
        reader.feedEof();
        assertThat(reader).hasToString("StreamReader[ENDED, 4 bytes]");
        reader.fail(new IOException("the cable was cut"));
        assertThat(reader).hasToString("StreamReader[FAILED, 0 bytes, the cable was cut]");
        assertThat(readerWithLimit(123)).hasToString("StreamReader[OPEN, 0 bytes, limit 123]");
    }

    @Test
    @PortOf("test_streams.__repr__waiter")
    void toStringSaysWhoWaits() {
        loop.run(() -> {
            Task<?> greedy = createTask(() -> reader.readExactly(9), "greedy");
            yieldNow();
            feed("123");
            assertThat(reader).hasToString("StreamReader[OPEN, 3 bytes, greedy waits in StreamReader.readExactly]");
            feed("456789");
            greedy.await();
            assertThat(reader).hasToString("StreamReader[OPEN, 0 bytes]");
        });
    }

    @Test
    void aWaitingTaskNamesTheReadThatItWaitsFor() {
        loop.run(() -> {
            Task<?> task = createTask((Action) () -> reader.readUntil(new byte[1]), "patient");
            yieldNow();
            assertThat(task).asString().contains("waiting on StreamReader.readUntil");
            task.cancel();
        });
    }
}
