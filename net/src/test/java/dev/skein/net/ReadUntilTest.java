package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** readUntil by asyncio's rules: which separator counts, what the limit is about, and what is left. */
class ReadUntilTest extends ReaderFixture {
    private String readUntil(String... separators) throws IOException {
        byte[][] all = new byte[separators.length][];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytes(separators[i]);
        }
        return new String(reader.readUntil(all), UTF_8);
    }

    @Test
    @PortOf("test_streams.readuntil_separator")
    void noSeparatorAndAnEmptyOneAreRefused() {
        loop.run(() -> {
            assertThatThrownBy(() -> readUntil())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no separator: give one or more");
            assertThatThrownBy(() -> readUntil(""))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("empty separator: it must have at least one byte");
            assertThatThrownBy(() -> readUntil("a", "", "b")).hasMessageStartingWith("empty separator");
        });
    }

    @Test
    @PortOf("test_streams.readuntil_multi_chunks")
    void theSeparatorIsPartOfWhatIsReturnedAndWhatIsBehindItIsLeft() {
        loop.run(() -> {
            feed("lineAAA");
            assertThat(readUntil("AAA")).isEqualTo("lineAAA");
            assertThat(reader).hasToString("StreamReader[OPEN, 0 bytes]");
            feed("lineAAA");
            assertThat(readUntil("AAA")).isEqualTo("lineAAA");
            assertThat(reader).hasToString("StreamReader[OPEN, 0 bytes]");
            feed("lineAAAxxx");
            assertThat(readUntil("AAA")).isEqualTo("lineAAA");
            assertThat(rest()).isEqualTo("xxx");
        });
    }

    @Test
    @PortOf("test_streams.readuntil_multi_chunks_1")
    void aSeparatorMayComeInPieces() {
        loop.run(() -> {
            feed("QWEaa", "XYaa", "a");
            assertThat(readUntil("aaa")).isEqualTo("QWEaaXYaaa");
            feed("QWEaa", "XYa", "aa");
            assertThat(readUntil("aaa")).isEqualTo("QWEaaXYaaa");
            feed("aaa");
            assertThat(readUntil("aaa")).isEqualTo("aaa");
            feed("Xaaa");
            assertThat(readUntil("aaa")).isEqualTo("Xaaa");
            feed("XXX", "a", "a", "a");
            assertThat(readUntil("aaa")).isEqualTo("XXXaaa");
            assertThat(rest()).isEmpty();
        });
    }

    @Test
    void aSeparatorThatComesInPiecesWhileItIsAwaitedIsFound() {
        loop.run(() -> {
            Task<String> reading = createTask(() -> readUntil("\r\n\r\n"));
            for (String piece : new String[] {"head\r", "\n", "\r", "\r\n", "\r", "\nbody"}) {
                yieldNow();
                assertThat(reading.isDone()).isFalse();
                feed(piece);
            }
            assertThat(reading.await()).isEqualTo("head\r\n\r\r\n\r\n");
            assertThat(rest()).isEqualTo("body");
        });
    }

    @Test
    @PortOf("test_streams.readuntil_eof")
    void atTheEndOfTheStreamAllThatCameIsInTheException() {
        loop.run(() -> {
            feed("some dataAA");
            reader.feedEof();
            IncompleteReadException e = catchThrowableOfType(IncompleteReadException.class, () -> readUntil("AAA"));
            assertThat(e).hasMessage("the stream ended after 11 bytes, without the separator");
            assertThat(e.partial()).asString(UTF_8).isEqualTo("some dataAA");
            assertThat(e.expected()).isEmpty();
            assertThat(rest()).isEmpty();
        });
    }

    @Test
    void aSeparatorThatCameBeforeTheEndOfTheStreamIsFound() {
        loop.run(() -> {
            feed("aXb");
            reader.feedEof();
            assertThat(readUntil("X")).isEqualTo("aX");
            assertThatThrownBy(() -> readUntil("X")).isInstanceOf(IncompleteReadException.class);
            assertThat(reader.atEof()).isTrue();
        });
    }

    @Test
    @PortOf("test_streams.readuntil_limit_found_sep")
    void bytesBeyondTheLimitAreKeptWithAndWithoutASeparator() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("some dataAA");
            LimitOverrunException e = catchThrowableOfType(LimitOverrunException.class, () -> readUntil("AAA"));
            assertThat(e).hasMessage("separator not found in 9 bytes, the limit is 3: nothing discarded");
            assertThat(e.consumed()).isEqualTo(9);
            assertThat(reader).hasToString("StreamReader[OPEN, 11 bytes, limit 3]");

            feed("A");
            e = catchThrowableOfType(LimitOverrunException.class, () -> readUntil("AAA"));
            assertThat(e).hasMessage("separator found only after 9 bytes, the limit is 3: nothing discarded");
            assertThat(e.consumed()).isEqualTo(9);
            assertThat(new String(reader.readExactly(12), UTF_8)).isEqualTo("some dataAAA");
        });
    }

    @Test
    void theLimitDoesNotCountTheSeparator() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("abcSEPARATORabcdX");
            assertThat(readUntil("SEPARATOR")).isEqualTo("abcSEPARATOR");
            assertThatThrownBy(() -> readUntil("X"))
                    .isInstanceOfSatisfying(
                            LimitOverrunException.class,
                            e -> assertThat(e.consumed()).isEqualTo(4));
        });
    }

    @Test
    @PortOf("test_streams.readuntil_multi_separator")
    void ofSeveralSeparatorsTheOneThatEndsFirstCounts() {
        loop.run(() -> {
            feed("line 1\nline 2\r");
            assertThat(readUntil("\r", "\n")).isEqualTo("line 1\n");
            assertThat(readUntil("\r", "\n")).isEqualTo("line 2\r");
            feed("ABCDEFG");
            assertThat(readUntil("DEF", "BCDE")).isEqualTo("ABCDE");
            assertThat(rest()).isEqualTo("FG");
        });
    }

    @Test
    @PortOf("test_streams.readuntil_multi_separator_limit")
    void ofSeparatorsThatEndTogetherTheShortestCountsForTheLimit() {
        reader = readerWithLimit(3);
        loop.run(() -> {
            feed("some dataA");
            LimitOverrunException e =
                    catchThrowableOfType(LimitOverrunException.class, () -> readUntil("A", "ome dataA"));
            assertThat(e).hasMessageContaining("found only after 9 bytes");
            assertThat(rest()).isEqualTo("some dataA");
        });
    }

    @Test
    @PortOf("test_streams.readuntil_multi_separator_negative_offset")
    void aLongSeparatorDoesNotHideAShortOneInFewBytes() {
        loop.run(() -> {
            feed("data");
            Task<String> reading = createTask(() -> readUntil("A", "long sep"));
            loop.callSoon(() -> feed("Z"));
            loop.callSoon(() -> feed("Aaaa"));
            assertThat(reading.await()).isEqualTo("dataZA");
            assertThat(rest()).isEqualTo("aaa");
        });
    }

    /** What asyncio's rules give for all that has come. */
    private static int firstEnd(String all, String... separators) {
        int end = Integer.MAX_VALUE;
        for (String separator : separators) {
            int at = all.indexOf(separator);
            end = at < 0 ? end : Math.min(end, at + separator.length());
        }
        return end;
    }

    @Test
    void howTheBytesAreCutDoesNotMatter() {
        Random random = new Random(1);
        String[] separators = {"ab", "ba", "aab", "bbbb", "c"};
        loop.run(() -> {
            for (int i = 0; i < 300; i++) {
                String all = random.ints(30, 'a', 'c')
                                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        + "c";
                Task<String> reading = createTask(() -> readUntil(separators));
                int from = 0;
                while (from < all.length()) {
                    int to = Math.min(all.length(), from + 1 + random.nextInt(5));
                    feed(all.substring(from, to));
                    from = to;
                    yieldNow();
                }
                int end = firstEnd(all, separators);
                assertThat(reading.await()).isEqualTo(all.substring(0, end));
                assertThat(new String(reader.readExactly(all.length() - end), UTF_8))
                        .isEqualTo(all.substring(end));
            }
        });
    }
}
