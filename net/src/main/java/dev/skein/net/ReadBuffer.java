package dev.skein.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that have come and were not read yet. What comes into an empty one stays in the buffer of Netty's in which it
 * came; what comes behind other bytes is copied behind them. It owns what it holds. Loop only.
 */
final class ReadBuffer {
    private static final FastThreadLocal<LineScanner> SCANNER = new FastThreadLocal<>() {
        @Override
        protected LineScanner initialValue() {
            return new LineScanner();
        }
    };

    private @Nullable LineScanner scanner;
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

    int size() {
        return bytes.readableBytes();
    }

    boolean isEmpty() {
        return !bytes.isReadable();
    }

    /** How many bytes are before the first line's end that is not among the first {@code from}; -1 if there is none. */
    int lineLength(int from) {
        if (from > 0 || scanner == null) {
            return indexOf((byte) '\n', from);
        }
        int length = scanner.lineLength(bytes);
        return length < 0 ? indexOf((byte) '\n', LineScanner.SIZE) : length;
    }

    /** How many bytes are before the first {@code wanted} that is not among the first {@code from}; -1 if there is none. */
    int indexOf(byte wanted, int from) {
        return indexOf(wanted, from, size());
    }

    /** As {@link #indexOf(byte, int)}, among the first {@code to} bytes. */
    int indexOf(byte wanted, int from, int to) {
        if (from >= to) {
            // What was searched may be gone, if our side was closed since; and Netty would search backwards.
            return -1;
        }
        int start = bytes.readerIndex();
        int index = bytes.indexOf(start + from, start + to, wanted);
        return index < 0 ? -1 : index - start;
    }

    /** Whether {@code wanted} is at {@code index}, all of it. */
    boolean hasAt(int index, byte[] wanted) {
        int start = bytes.readerIndex() + index;
        for (int i = 0; i < wanted.length; i++) {
            if (bytes.getByte(start + i) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    /** Adds {@code more}, and takes the reference to it. On the loop's own thread. */
    void add(ByteBuf more) {
        if (scanner == null) {
            // Not where it is used: a coroutine would get one of its own.
            scanner = SCANNER.get();
        }
        if (bytes.isReadable()) {
            append(more);
        } else {
            bytes = more;
        }
    }

    private void append(ByteBuf more) {
        if (more.readableBytes() > bytes.writableBytes()) {
            long size = 2L * bytes.readableBytes() + more.readableBytes();
            ByteBuf larger = more.alloc().buffer((int) Math.min(Integer.MAX_VALUE, size));
            larger.writeBytes(bytes);
            drop();
            bytes = larger;
        }
        bytes.writeBytes(more);
        more.release();
    }

    byte[] take(int count) {
        byte[] taken = new byte[count];
        bytes.readBytes(taken);
        dropIfEmpty();
        return taken;
    }

    /** The first {@code count} bytes as UTF-8, less the line's end that may be among them. */
    String takeLine(int count) {
        if (scanner == null || count > LineScanner.SIZE) {
            return LineScanner.text(take(count), 0, count);
        }
        String line = scanner.take(bytes, count);
        dropIfEmpty();
        return line;
    }

    /** From 1 to {@code max} bytes without a copy; the caller owns the reference. There must be any. */
    ByteBuf takeByteBuf(int max) {
        if (bytes.readableBytes() > max) {
            return bytes.readRetainedSlice(max);
        }
        return giveUp();
    }

    void skip(int count) {
        bytes.skipBytes(count);
        dropIfEmpty();
    }

    private void dropIfEmpty() {
        if (!bytes.isReadable()) {
            drop();
        }
    }

    void drop() {
        giveUp().release();
    }

    private ByteBuf giveUp() {
        ByteBuf all = bytes;
        bytes = Unpooled.EMPTY_BUFFER;
        if (scanner != null) {
            scanner.forget(all);
        }
        return all;
    }
}
