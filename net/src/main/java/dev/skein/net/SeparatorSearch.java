package dev.skein.net;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The search of one {@link StreamReader#readUntil}, by asyncio's rules: of all separators that are there, the one that ends
 * first is found, and the shortest of those that end together.
 */
final class SeparatorSearch {
    /** The shortest first. */
    private final byte[][] separators;

    // Where the one that was found is, from the start of the buffer.
    private int start;
    private int end;

    /** Refuses an empty separator, and none. */
    SeparatorSearch(byte[]... separators) {
        if (separators.length == 0) {
            throw new IllegalArgumentException("no separator: give one or more");
        }
        this.separators = separators.length == 1 ? separators : byLength(separators);
        if (this.separators[0].length == 0) {
            throw new IllegalArgumentException("empty separator: it must have at least one byte");
        }
    }

    private static byte[][] byLength(byte[][] separators) {
        byte[][] sorted = separators.clone();
        Arrays.sort(sorted, Comparator.comparingInt(separator -> separator.length));
        return sorted;
    }

    /** Whether one is in {@code buffer}, behind or across its first {@code searched} bytes. */
    boolean finds(ReadBuffer buffer, int searched) {
        end = Integer.MAX_VALUE;
        for (byte[] separator : separators) {
            // Only an earlier end is of interest.
            int at = indexOf(separator, buffer, searched, Math.min(buffer.size(), end - 1));
            if (at >= 0) {
                start = at;
                end = at + separator.length;
            }
        }
        return end < Integer.MAX_VALUE;
    }

    private static int indexOf(byte[] separator, ReadBuffer buffer, int from, int to) {
        int last = to - separator.length;
        int at = from;
        while (at <= last) {
            at = buffer.indexOf(separator[0], at, last + 1);
            if (at < 0 || buffer.hasAt(at, separator)) {
                return at;
            }
            at++;
        }
        return -1;
    }

    /** The length of what is before it. */
    int start() {
        return start;
    }

    /** The length of what is up to its end. */
    int end() {
        return end;
    }

    /** How many of {@code size} bytes, in which none was found, cannot be part of one that more bytes complete. */
    int searched(int size) {
        return Math.max(0, size + 1 - separators[separators.length - 1].length);
    }
}
