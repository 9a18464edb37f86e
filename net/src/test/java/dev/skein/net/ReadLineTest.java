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
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines: where they end, how long they may be, and what is left of one that is longer. */
class ReadLineTest extends ReaderFixture {
    @Test
    @PortOf("test_streams.readline")
    void aLineMayComeInPieces() {
        loop.run(() -> {
            feed("chunk1 ");
            feedSoon("chunk2 ", "chunk3 ", "\n chunk4");
            assertThat(reader.readLine()).isEqualTo("chunk1 chunk2 chunk3 ");
            assertThat(rest()).isEqualTo(" chunk4");
        });
    }

    @Test
    void aLineEndsWithALineFeedOrWithCarriageReturnAndLineFeed() {
        loop.run(() -> {
            feed("a\r\nb\n\r\n\nc\rd\n\r");
            reader.feedEof();
            assertThat(reader.lines()).containsExactly("a", "b", "", "", "c\rd", "\r");
        });
    }

    @Test
    void aLineEndInTwoPiecesIsOneLineEnd() {
        loop.run(() -> {
            feedSoon("a\r", "\nb", "\n");
            assertThat(reader.readLine()).isEqualTo("a");
            assertThat(reader.readLine()).isEqualTo("b");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-9, -8, -7, -2, -1, 0, 1, 2, 8, 1000})
    void linesAroundTheSizeInWhichTheyAreSearchedAreReadWhole(int more) {
        int size = LineScanner.SIZE + more;
        loop.run(() -> {
            for (int before : new int[] {0, 1, 7, 500, size}) {
                feed("b".repeat(before) + "\n" + "€".repeat(size / 3) + "\r\n" + "l".repeat(size) + "\nlast\n");
                assertThat(reader.readLine()).isEqualTo("b".repeat(before));
                assertThat(reader.readLine()).isEqualTo("€".repeat(size / 3));
                assertThat(reader.readLine()).isEqualTo("l".repeat(size));
                assertThat(reader.readLine()).isEqualTo("last");
            }
        });
    }

    @Test
    void theLinesOfTwoReadersAndWhatElseTheyReadDoNotMix() {
        StreamReader other = readerWithLimit(StreamReader.DEFAULT_LIMIT);
        loop.run(() -> {
            feed("a1\na2\nbytes\na3\na4\n");
            other.feed(ByteBufAllocator.DEFAULT.buffer().writeBytes(bytes("b1\nb2\nb3\n")));
            assertThat(reader.readLine()).isEqualTo("a1");
            assertThat(other.readLine()).isEqualTo("b1");
            assertThat(reader.readLine()).isEqualTo("a2");
            assertThat(reader.readExactly(6)).asString().isEqualTo("bytes\n");
            assertThat(other.readLine()).isEqualTo("b2");
            assertThat(reader.readLine()).isEqualTo("a3");
            feed("a5\n");
            assertThat(reader.readLine()).isEqualTo("a4");
            assertThat(reader.readLine()).isEqualTo("a5");
            feed("a6\n");
            assertThat(reader.readLine()).isEqualTo("a6");
            assertThat(other.readLine()).isEqualTo("b3");
        });
        other.close();
    }

    @Test
    void aLineThatIsCompletedInTheBufferInWhichItBeganIsReadWhole() {
        loop.run(() -> {
            reader.feed(ByteBufAllocator.DEFAULT.buffer(100).writeBytes(bytes("ab")));
            feedSoon("c\n");
            assertThat(reader.readLine()).isEqualTo("abc");
        });
    }

    @Test
    void aLineThatIsCompletedWhileAnotherReaderReadsLinesIsReadWhole() {
        StreamReader other = readerWithLimit(StreamReader.DEFAULT_LIMIT);
        loop.run(() -> {
            reader.feed(ByteBufAllocator.DEFAULT.buffer(100).writeBytes(bytes("ab")));
            other.feed(ByteBufAllocator.DEFAULT.buffer().writeBytes(bytes("other\nlines\n")));
            Task<String> line = createTask(() -> String.valueOf(reader.readLine()));
            yieldNow();
            assertThat(other.readLine()).isEqualTo("other");
            feed("c\n");
            assertThat(line.await()).isEqualTo("abc");
            assertThat(other.readLine()).isEqualTo("lines");
        });
        other.close();
    }

    /** Netty's buffers are used again, as the same objects. */
    @Test
    void aBufferThatComesAgainWithOtherBytesIsReadAnew() {
        loop.run(() -> {
            ByteBuf bytes = Unpooled.buffer().writeBytes(bytes("abc"));
            reader.feed(bytes.retain());
            Task<?> cancelled = createTask((Action) () -> reader.readLine());
            yieldNow();
            cancelled.cancel();
            yieldNow();
            assertThat(reader.read(3)).asString(UTF_8).isEqualTo("abc");
            reader.feed(bytes.clear().writeBytes(bytes("xy\n")));
            assertThat(reader.readLine()).isEqualTo("xy");
        });
    }

    @Test
    void aLineIsUtf8AndWhatIsNotBecomesAReplacementCharacter() {
        loop.run(() -> {
            feed("naïve €uro 🧶\n");
            reader.feed(ByteBufAllocator.DEFAULT.buffer().writeByte(0xff).writeByte('\n'));
            assertThat(reader.readLine()).isEqualTo("naïve €uro 🧶");
            assertThat(reader.readLine()).isEqualTo("\ufffd");
        });
    }

    @Test
    @PortOf("test_streams.readline_limit_with_existing_data")
    void aLineLongerThanTheLimitIsDroppedWithItsEnd() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("li");
            feed("ne1\nline2\n");
            LimitOverrunException e = catchThrowableOfType(LimitOverrunException.class, reader::readLine);
            assertThat(e).hasMessage("line of 5 bytes is longer than the limit of 3: discarded");
            assertThat(e.consumed()).isEqualTo(5);
            assertThat(rest()).isEqualTo("line2\n");
        });
    }

    @Test
    @PortOf("test_streams.readline_limit_with_existing_data")
    void ofALineLongerThanTheLimitWithoutAnEndAllThatCameIsDropped() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("li");
            feed("ne1");
            feed("li");
            LimitOverrunException e = catchThrowableOfType(LimitOverrunException.class, reader::readLine);
            assertThat(e).hasMessage("line has no terminator in 7 bytes, the limit is 3: discarded");
            assertThat(e.consumed()).isEqualTo(7);
            assertThat(rest()).isEmpty();
        });
    }

    @Test
    @PortOf("test_streams.readline_limit")
    void theLimitHoldsForALineThatComesWhileItIsAwaited() {
        reader = readerWithLimit(7);
        loop.run(() -> {
            feedSoon("chunk1", "chunk2\n", "chunk3\n");
            endSoon();
            assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
            assertThat(text(reader.readAll())).isEqualTo("chunk3\n");
        });
    }

    @Test
    @PortOf("test_streams.readline_limit")
    void ofALineThatComesInPiecesAndIsTooLongNothingIsLeft() {
        reader = readerWithLimit(7);
        loop.run(() -> {
            feedSoon("chunk1", "chunk2", "chunk3\n");
            endSoon();
            assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
            assertThat(reader.readAll()).isEmpty();
        });
    }

    @Test
    @PortOf("test_streams.readline_limit")
    void aLineAsLongAsTheLimitIsNotTooLong() {
        reader = readerWithLimit(7);
        loop.run(() -> {
            feed("1234567\n12345678\n");
            assertThat(reader.readLine()).isEqualTo("1234567");
            assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
            assertThat(reader).hasToString("StreamReader[OPEN, 0 bytes, limit 7]");
            feed("12345678");
            assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
            assertThat(rest()).isEmpty();
        });
    }

    @Test
    @PortOf("test_streams.readline_nolimit_nowait")
    @PortOf("test_streams.readline_read_byte_count")
    void readLineTakesTheLineAndLeavesTheRest() {
        loop.run(() -> {
            feed(DATA.substring(0, 6));
            feed(DATA.substring(6));
            assertThat(reader.readLine()).isEqualTo("line1");
            assertThat(reader.read(7)).asString(UTF_8).isEqualTo("line2\nl");
            assertThat(rest()).isEqualTo("ine3\n");
        });
    }

    @Test
    @PortOf("test_streams.readline_eof")
    @PortOf("test_streams.readline_empty_eof")
    void aLastLineWithoutAnEndIsALineAndThenNull() {
        loop.run(() -> {
            feed("some data");
            reader.feedEof();
            assertThat(reader.readLine()).isEqualTo("some data");
            assertThat(reader.readLine()).isNull();
        });
    }

    @Test
    void linesEndWithTheStream() {
        loop.run(() -> {
            feedSoon("a\nb", "\nc");
            endSoon();
            Iterator<String> lines = reader.lines().iterator();
            assertThat(lines.next()).isEqualTo("a");
            assertThat(lines.hasNext()).isTrue();
            assertThat(lines.hasNext()).isTrue();
            assertThat(lines.next()).isEqualTo("b");
            assertThat(lines.next()).isEqualTo("c");
            assertThat(lines.hasNext()).isFalse();
            assertThatThrownBy(lines::next).isInstanceOf(NoSuchElementException.class);
        });
    }
}
