package dev.skein.net;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the first bytes of a {@link ReadBuffer}, in an array, where short lines are found and decoded: one copy for all
 * that have come together, not one for each. The buffers of a loop share one, and it has the bytes of the one that was
 * asked for a line last. Loop only.
 */
final class LineScanner {
    /** Of longer lines it sees the start only, so that what a change of buffers copies in vain is bounded. */
    static final int SIZE = 1024;

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long LINE_ENDS = 0x0101010101010101L * '\n';

    /** With room for the eight bytes that begin with its last. */
    private final byte[] copy = new byte[SIZE + Long.BYTES];

    /** What was copied: valid as long as it was read from here only. */
    private @Nullable ByteBuf source;

    private int sourceIndex;

    // What is left of the copy.
    private int start;
    private int end;

    /** How many bytes of {@code bytes} are before its first line's end; -1 if that is not among its first {@link #SIZE}. */
    int lineLength(ByteBuf bytes) {
        if (!isCopyOf(bytes)) {
            load(bytes);
        }
        int length = search();
        if (length < 0 && end - start < Math.min(bytes.readableBytes(), SIZE)) {
            load(bytes);
            length = search();
        }
        return length;
    }

    private boolean isCopyOf(ByteBuf bytes) {
        return isSource(bytes) && sourceIndex == bytes.readerIndex();
    }

    @SuppressWarnings("ReferenceEquality") // this very buffer, not one with the same bytes
    private boolean isSource(ByteBuf bytes) {
        return source == bytes;
    }

    private void load(ByteBuf bytes) {
        source = bytes;
        sourceIndex = bytes.readerIndex();
        start = 0;
        end = Math.min(bytes.readableBytes(), SIZE);
        bytes.getBytes(sourceIndex, copy, 0, end);
    }

    /** Looks at eight bytes at a time: one that is a line's end is 0 in the difference, and the first 0 is found. */
    private int search() {
        for (int i = start; i < end; i += Long.BYTES) {
            long difference = (long) EIGHT_BYTES.get(copy, i) ^ LINE_ENDS;
            long zeros = (difference - 0x0101010101010101L) & ~difference & 0x8080808080808080L;
            if (zeros != 0) {
                int found = i + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
                return found < end ? found - start : -1;
            }
        }
        return -1;
    }

    /** Reads the first {@code count} of {@code bytes}, at most {@link #SIZE}: a line of UTF-8, less its end. */
    String take(ByteBuf bytes, int count) {
        if (!isCopyOf(bytes) || end - start < count) {
            load(bytes);
        }
        String line = text(copy, start, count);
        bytes.skipBytes(count);
        start += count;
        sourceIndex += count;
        return line;
    }

    /** A line of UTF-8 in {@code bytes}, less the end that may be among its {@code count} bytes; at least one. */
    static String text(byte[] bytes, int start, int count) {
        int length = count;
        if (bytes[start + length - 1] == '\n') {
            length--;
            if (length > 0 && bytes[start + length - 1] == '\r') {
                length--;
            }
        }
        return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    /** Has no copy of {@code bytes} any more: another buffer may soon be the same object. */
    void forget(ByteBuf bytes) {
        if (isSource(bytes)) {
            source = null;
        }
    }
}
