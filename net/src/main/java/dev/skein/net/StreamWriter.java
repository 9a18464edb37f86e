package dev.skein.net;

import dev.skein.loop.Suspends;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes the bytes that go to the peer: asyncio's {@code StreamWriter}.
 *
 * {@snippet :
 * try (Connection connection = openConnection("127.0.0.1", 7007)) {
 *     StreamWriter writer = connection.writer();
 *     writer.writeLine("PUT report.txt");
 *     writer.sendFile(Path.of("report.txt"));
 *     writer.writeEof();
 * }
 * }
 *
 * <p>Bytes are queued, and sent at the end of the loop's pass. Unlike asyncio's, a write suspends the calling coroutine
 * while more than the high-water mark is queued: a slow peer slows its writer down, and memory stays bounded. A write
 * that is cancelled there has written nothing. A write on a connection that is closed or lost throws.
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
     * Writes {@code bytes}. The array may be changed afterwards.
     *
     * @throws IOException if the connection is closed or lost
     * @throws IllegalStateException after {@link #writeEof}
     */
    @Suspends
    public void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    /**
     * Writes {@code count} of {@code bytes}, from index {@code from} on, as {@link #write(byte[])} does.
     *
     * @throws IndexOutOfBoundsException if the array does not have them
     */
    @Suspends
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
     * Writes the readable bytes of a buffer of Netty's, without a copy, as {@link #write(byte[])} does. The reference
     * is passed on: the caller has none any more, also if this throws.
     */
    @Suspends
    public void write(ByteBuf bytes) throws IOException {
        try {
            sink.awaitWritable();
        } catch (Throwable notWritten) {
            bytes.release();
            throw notWritten;
        }
        sink.write(bytes);
    }

    /** Writes {@code text} in UTF-8, as {@link #write(byte[])} does. */
    @Suspends
    public void write(CharSequence text) throws IOException {
        sink.awaitWritable();
        // The JDK's encoder is faster than Netty's, also with the copy.
        write(text.toString().getBytes(StandardCharsets.UTF_8), false);
    }

    /** Writes {@code text} and {@code \n} in UTF-8, as {@link #write(byte[])} does. */
    @Suspends
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

    /** Sends all of {@code file}, as {@link #sendFile(Path, long, long)} does. */
    @Suspends
    public long sendFile(Path file) throws IOException {
        return sendFile(file, 0, Long.MAX_VALUE);
    }

    /** Opens {@code file}, sends it as {@link #sendFile(FileChannel, long, long)} does, and closes it. */
    @Suspends
    public long sendFile(Path file, long offset, long count) throws IOException {
        FileSender.checkRange(offset, count);
        try (FileChannel opened = FileSender.open(file)) {
            return sink.sendFile(opened, offset, count);
        }
    }

    /**
     * Sends {@code count} bytes of {@code file} from {@code offset} on, or as many as there are, behind the queued
     * bytes: asyncio's {@code sendfile}. Returns when the system has them all. If no handler has to see the bytes, as
     * TLS has to, they go from the file to the network without passing through this process.
     *
     * <p>Nothing else is written meanwhile: writes of other coroutines wait, and a callback's write is refused. Reading
     * continues. If this is cancelled, the bytes sent by then stay sent, and no more are. Afterwards the position of
     * {@code file} is behind the last byte that was sent, also if this throws.
     *
     * @param count at least 1; {@link Long#MAX_VALUE} for all up to the end of the file
     * @return the number of bytes sent
     * @throws IOException if the file cannot be read, or the connection is closed or lost
     * @throws IllegalArgumentException if {@code offset} is negative, or {@code count} below 1
     * @throws UnsupportedOperationException if this is the standard input of a process
     */
    @Suspends
    public long sendFile(FileChannel file, long offset, long count) throws IOException {
        FileSender.checkRange(offset, count);
        return sink.sendFile(file, offset, count);
    }

    /**
     * Waits while more than the high-water mark is queued: asyncio's {@code drain}. {@link #write} does so by itself;
     * this tells a coroutine of a loss before it makes more to write. If the connection is closing, the loop gets a
     * round, as in asyncio.
     *
     * @throws IOException if the connection is closed or lost
     */
    @Suspends
    public void drain() throws IOException {
        sink.drain();
    }

    /**
     * Ends the peer's input behind the queued bytes; reading continues. A second call does nothing.
     *
     * @throws IOException if the connection is closed or lost
     * @throws UnsupportedOperationException over TLS, which ends both directions at once
     */
    @Suspends
    public void writeEof() throws IOException {
        sink.writeEof();
    }

    /** Closes both directions of the connection as soon as the queued bytes have been sent. Does not wait for that. */
    public void close() {
        sink.close();
    }

    /**
     * Waits until the connection is closed.
     *
     * @throws IOException if it was lost
     */
    @Suspends
    public void waitClosed() throws IOException {
        sink.waitClosed();
    }

    /** Returns whether the connection is closed or being closed. */
    public boolean isClosing() {
        return sink.isClosing();
    }

    @Override
    public String toString() {
        return "StreamWriter[" + sink + "]";
    }
}
