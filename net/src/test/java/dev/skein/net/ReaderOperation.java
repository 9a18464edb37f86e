package dev.skein.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A read of a {@link StreamReader}, with its arguments. */
sealed interface ReaderOperation {
    record Read(int max) implements ReaderOperation {}

    record ReadByteBuf(int max) implements ReaderOperation {}

    record ReadExactly(int count) implements ReaderOperation {}

    record ReadLine() implements ReaderOperation {}

    record ReadUntil(List<String> separators) implements ReaderOperation {}

    record ReadAll() implements ReaderOperation {}

    record TransferTo() implements ReaderOperation {}

    static ReaderOperation any(Random random) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> new Read(random.nextInt(12));
            case 2 -> new ReadByteBuf(1 + random.nextInt(12));
            case 3, 4 -> new ReadExactly(random.nextInt(random.nextInt(40) + 1));
            case 5, 6, 7 -> new ReadLine();
            case 8, 9 -> new ReadUntil(separators(random));
            case 10 -> random.nextInt(4) == 0 ? new ReadAll() : new ReadLine();
            default -> random.nextInt(4) == 0 ? new TransferTo() : new Read(3);
        };
    }

    private static List<String> separators(Random random) {
        List<String> all = List.of("\n", "\r\n", "a", "ab", "ba", "aab", "abab", "b\n", "\n\n");
        return random.ints(1 + random.nextInt(3), 0, all.size())
                .mapToObj(all::get)
                .toList();
    }

    /** What comes of it, as {@link ReaderModel#attempt} says it. */
    default String run(StreamReader reader, StreamWriter passedOn) {
        try {
            return switch (this) {
                case Read(int max) -> got(reader.read(max));
                case ReadByteBuf(int max) -> got(reader.readByteBuf(max));
                case ReadExactly(int count) -> got(reader.readExactly(count));
                case ReadLine() -> line(reader.readLine());
                case ReadUntil(var separators) -> got(reader.readUntil(bytes(separators)));
                case ReadAll() -> got(reader.readAll());
                case TransferTo() -> "passed " + reader.transferTo(passedOn);
            };
        } catch (IncompleteReadException e) {
            return "incomplete " + new String(e.partial(), ISO_8859_1);
        } catch (LimitOverrunException e) {
            return "overrun " + e.consumed();
        } catch (IOException e) {
            return "lost";
        }
    }

    private static byte[][] bytes(List<String> separators) {
        return separators.stream()
                .map(separator -> separator.getBytes(ISO_8859_1))
                .toArray(byte[][]::new);
    }

    private static String line(@Nullable String line) {
        return line == null ? "end" : "line " + line;
    }

    private static String got(byte @Nullable [] bytes) {
        return bytes == null ? "end" : "got " + new String(bytes, ISO_8859_1);
    }

    private static String got(@Nullable ByteBuf bytes) {
        if (bytes == null) {
            return "end";
        }
        String text = bytes.toString(ISO_8859_1);
        bytes.release();
        return "got " + text;
    }
}
