package dev.skein.net;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The bytes that go to the peer, asyncio's {@code StreamWriter}.
 *
 * <p>What is written is queued, and sent at the end of the loop's pass. Unlike asyncio's, a write suspends the calling
 * coroutine while more than the high-water mark is queued, so that a slow peer slows its writer down and memory stays
 * bounded; a write that is cancelled there has written nothing. And a write on a connection that is closed or lost throws.
 *
 * <p>Loop only. Several coroutines may write; each write is sent in one piece.
 */
public final class StreamWriter {
    private final Sink sink;

    StreamWriter(Sink sink) {
        this.sink = sink;
    }

    Sink sink() {
        return sink;
    }

    /**
     * Writes {@code bytes}; they may be changed afterwards.
     *
     * @throws IOException if the connection is closed or lost
     * @throws IllegalStateException after {@link #writeEof}
     */
    public void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    /** As {@link #write(byte[])}, the {@code count} bytes from {@code from} on. */
    public void write(byte[] bytes, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, bytes.length);
        sink.awaitWritable();
        ByteBuf room = sink.room(count);
        try {
            room.writeBytes(bytes, from, count);
        } finally {
            sink.wrote(room);
        }
    }

    /**
     * As {@link #write(byte[])}, without a copy, what is readable in a buffer of Netty's. The reference is passed on: the
     * caller has none any more, also if this throws.
     */
    public void write(ByteBuf bytes) throws IOException {
        try {
            sink.awaitWritable();
        } catch (Throwable notWritten) {
            bytes.release();
            throw notWritten;
        }
        sink.write(bytes);
    }

    /** As {@link #write(byte[])}, {@code text} in UTF-8. */
    public void write(CharSequence text) throws IOException {
        sink.awaitWritable();
        // The JDK's encoder is faster than Netty's, also with the copy.
        write(text.toString().getBytes(StandardCharsets.UTF_8), false);
    }

    /** As {@link #write(CharSequence)}, and {@code \n} after it. */
    public void writeLine(CharSequence text) throws IOException {
        sink.awaitWritable();
        write(text.toString().getBytes(StandardCharsets.UTF_8), true);
    }

    private void write(byte[] utf8, boolean line) {
        ByteBuf room = sink.room(line ? utf8.length + 1 : utf8.length);
        try {
            room.writeBytes(utf8);
            if (line) {
                room.writeByte('\n');
            }
        } finally {
            sink.wrote(room);
        }
    }

    /** As {@link #sendFile(Path, long, long)}, all of it. */
    public long sendFile(Path file) throws IOException {
        return sendFile(file, 0, Long.MAX_VALUE);
    }

    /** As {@link #sendFile(FileChannel, long, long)}, and opens the file before and closes it after. */
    public long sendFile(Path file, long offset, long count) throws IOException {
        FileSender.checkRange(offset, count);
        try (FileChannel opened = FileSender.open(file)) {
            return sink.sendFile(opened, offset, count);
        }
    }

    /**
     * Sends {@code count} bytes of {@code file} from {@code offset} on, or as many as there are, behind what is queued:
     * asyncio's {@code sendfile}. Returns when the system has them all. Where nothing has to see the bytes, as TLS has to,
     * they go from the file to the network without passing through this process.
     *
     * <p>Nothing else is written meanwhile: other coroutines that write wait for the end of it, and a callback's write is
     * refused. Reading goes on. If this is cancelled, what was sent by then stays sent, and no more is. The position of
     * {@code file} is afterwards behind the last byte that was sent, also if this throws.
     *
     * @param count at least 1; {@link Long#MAX_VALUE} for all up to the end of the file
     * @return the number of bytes sent
     * @throws IOException if the file cannot be read, or the connection is closed or lost
     * @throws UnsupportedOperationException if this is the standard input of a process
     */
    public long sendFile(FileChannel file, long offset, long count) throws IOException {
        FileSender.checkRange(offset, count);
        return sink.sendFile(file, offset, count);
    }

    /**
     * Waits while more than the high-water mark is queued. {@link #write} does so by itself, so this is for those who want
     * to know of a loss before they make more: if the connection is closing, it lets the loop have a round, as asyncio's.
     *
     * @throws IOException if the connection is closed or lost
     */
    public void drain() throws IOException {
        sink.drain();
    }

    /**
     * Ends what the peer reads, behind what is queued; reading goes on. A second call does nothing.
     *
     * @throws IOException if the connection is closed or lost
     */
    public void writeEof() throws IOException {
        sink.writeEof();
    }

    /** Closes the connection, both ways, when what is queued has been sent; does not wait for that. */
    public void close() {
        sink.close();
    }

    /**
     * Waits until the connection is closed.
     *
     * @throws IOException if it was lost
     */
    public void waitClosed() throws IOException {
        sink.waitClosed();
    }

    /** Whether the connection is closed or on the way there. */
    public boolean isClosing() {
        return sink.isClosing();
    }

    @Override
    public String toString() {
        return "StreamWriter[" + sink + "]";
    }
}
