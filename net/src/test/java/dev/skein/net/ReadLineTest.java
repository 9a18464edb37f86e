package dev.skein.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.conformance.Asyncio;
import io.netty.buffer.ByteBufAllocator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** Lines: where they end, how long they may be, and what is left of one that is longer. */
class ReadLineTest extends ReaderFixture {
    @Test
    @Asyncio("test_streams.readline")
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
    @Asyncio("test_streams.readline_limit_with_existing_data")
    void aLineLongerThanTheLimitIsDroppedWithItsEnd() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("li");
            feed("ne1\nline2\n");
            LimitOverrunException e = catchThrowableOfType(LimitOverrunException.class, reader::readLine);
            assertThat(e).hasMessage("line of 5 bytes is longer than the limit of 3: dropped");
            assertThat(e.consumed()).isEqualTo(5);
            assertThat(rest()).isEqualTo("line2\n");
        });
    }

    @Test
    @Asyncio("test_streams.readline_limit_with_existing_data")
    void ofALineLongerThanTheLimitWithoutAnEndAllThatCameIsDropped() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("li");
            feed("ne1");
            feed("li");
            LimitOverrunException e = catchThrowableOfType(LimitOverrunException.class, reader::readLine);
            assertThat(e).hasMessage("line has no end after 7 bytes, the limit is 3: dropped");
            assertThat(e.consumed()).isEqualTo(7);
            assertThat(rest()).isEmpty();
        });
    }

    @Test
    @Asyncio("test_streams.readline_limit")
    void theLimitHoldsForALineThatComesWhileItIsAwaited() {
        reader = readerWithLimit(7);
        loop.run(() -> {
            feedSoon("chunk1", "chunk2\n", "chunk3\n");
            assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
            assertThat(rest()).isEqualTo("chunk3\n");
        });
    }

    @Test
    @Asyncio("test_streams.readline_limit")
    void aLineAsLongAsTheLimitIsNotTooLong() {
        reader = readerWithLimit(7);
        loop.run(() -> {
            feed("1234567\n12345678\n");
            assertThat(reader.readLine()).isEqualTo("1234567");
            assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
            assertThat(rest()).isEmpty();
        });
    }

    @Test
    @Asyncio("test_streams.readline_nolimit_nowait")
    @Asyncio("test_streams.readline_read_byte_count")
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
    @Asyncio("test_streams.readline_eof")
    @Asyncio("test_streams.readline_empty_eof")
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
