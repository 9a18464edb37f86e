package dev.skein.net;

import dev.skein.loop.Loop;
import dev.skein.loop.Suspends;
import dev.skein.loop.Task;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes that come from the peer: asyncio's {@code StreamReader}. Its methods suspend the calling coroutine
 * until they have what they were asked for.
 *
 * {@snippet :
 * try (Connection connection = openConnection("127.0.0.1", 7007)) {
 *     for (String line : connection.reader().lines()) {
 *         IO.println(line);
 *     }
 * }
 * }
 *
 * <p>It keeps the bytes that have come and were not read. While these are more than twice the limit, reading from the
 * network pauses; it resumes when they are down to the limit, or when a read waits for more. A read that is cancelled
 * loses no bytes: the next one begins where it began.
 *
 * <p>If the connection is lost, each read throws an IOException that says why, and unread bytes are gone, as in
 * asyncio. A peer that ends TLS without a close_notify costs no bytes: those that came are read, and the read that
 * needs more throws, see {@link TlsOptions#withTruncationAllowed}. After {@link Connection#close} the stream is at its
 * end.
 *
 * <p>Loop only, and one coroutine at a time: a read while another one waits throws IllegalStateException.
 */
public final class StreamReader extends InboundSide {
    static final int DEFAULT_LIMIT = 64 * 1024;

    private static final byte[] NOTHING = {};

    /** The source of the bytes, which can pause. */
    @FunctionalInterface
    interface Source {
        void setReading(boolean on);
    }

    // Set once.
    private final int limit;
    private final Source source;
    private final ReadBuffer buffer = new ReadBuffer();

    StreamReader(Loop loop, int limit, Source source) {
        super(loop);
        checkLimit(limit);
        this.limit = limit;
        this.source = source;
    }

    static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit < 1: " + limit);
        }
    }

    /**
     * Reads from 1 to {@code max} bytes, as soon as there are any; null at the end of the stream. If {@code max} is 0,
     * it returns an empty array at once.
     *
     * @throws IOException if the connection is lost
     * @throws IllegalArgumentException if {@code max} is negative
     */
    @Suspends
    public byte @Nullable [] read(int max) throws IOException {
        if (max < 0) {
            throw new IllegalArgumentException("max < 0: " + max + ": to read to the end of the stream, use readAll()");
        }
        if (max == 0) {
            begin("StreamReader.read");
            return NOTHING;
        }
        return awaitBytes("StreamReader.read") ? take(Math.min(max, buffer.size())) : null;
    }

    /**
     * Reads from 1 to {@code max} bytes as {@link #read} does, without a copy: they stay in the buffer of Netty's in
     * which they came. The caller owns the reference, and releases it or passes it on, for instance to {@link
     * StreamWriter#write(ByteBuf)}.
     *
     * @throws IOException if the connection is lost
     * @throws IllegalArgumentException if {@code max} is below 1
     */
    @Suspends
    public @Nullable ByteBuf readByteBuf(int max) throws IOException {
        if (max < 1) {
            throw new IllegalArgumentException("max < 1: " + max);
        }
        return awaitBytes("StreamReader.readByteBuf") ? takeByteBuf(max) : null;
    }

    /**
     * Reads all bytes up to the end of the stream into memory: asyncio's {@code read(-1)}.
     *
     * @throws IOException if the connection is lost
     */
    @Suspends
    public byte[] readAll() throws IOException {
        begin("StreamReader.readAll");
        while (mayGrow()) {
            awaitMore("StreamReader.readAll");
        }
        return take(buffer.size());
    }

    /**
     * Reads exactly {@code count} bytes, whatever the limit.
     *
     * @throws IncompleteReadException if the stream ends before; it has the bytes that came
     * @throws IOException if the connection is lost
     */
    @Suspends
    public byte[] readExactly(int count) throws IOException {
        if (count < 0) {
            throw new IllegalArgumentException("count < 0: " + count);
        }
        begin("StreamReader.readExactly");
        while (buffer.size() < count) {
            if (!mayGrow()) {
                throw new IncompleteReadException(take(buffer.size()), count);
            }
            awaitMore("StreamReader.readExactly");
        }
        return take(count);
    }

    /**
     * Reads a line of UTF-8, without its terminator {@code \n} or {@code \r\n}; null at the end of the stream. The last
     * line need not have a terminator. Bytes that are not UTF-8 become U+FFFD.
     *
     * @throws LimitOverrunException if the line is longer than the limit, its terminator not counted. If the terminator
     *     has arrived, the whole line is discarded. Otherwise the bytes received so far are, and the rest is read as a
     *     new line
     * @throws IOException if the connection is lost
     */
    @Suspends
    public @Nullable String readLine() throws IOException {
        begin("StreamReader.readLine");
        int searched = 0;
        while (true) {
            int length = buffer.lineLength(searched);
            if (length >= 0) {
                return takeLine(length);
            }
            searched = buffer.size();
            if (searched > limit) {
                throw overrun(
                        searched, searched, "line has no terminator in " + searched + " bytes, the limit is " + limit);
            }
            if (!mayGrow()) {
                return searched == 0 ? null : takeText(searched);
            }
            awaitMore("StreamReader.readLine");
        }
    }

    /**
     * Reads up to and including the first of {@code separators}: asyncio's {@code readuntil}. Of several separators,
     * the one that ends first counts, and of those that end together the shortest.
     *
     * @throws LimitOverrunException if the bytes before the separator are more than the limit. Unlike {@link #readLine}
     *     it discards nothing: another read gets them
     * @throws IncompleteReadException if the stream ends before; it has the bytes that came
     * @throws IOException if the connection is lost
     * @throws IllegalArgumentException if there is no separator, or an empty one
     */
    @Suspends
    public byte[] readUntil(byte[]... separators) throws IOException {
        SeparatorSearch search = new SeparatorSearch(separators);
        begin("StreamReader.readUntil");
        int searched = 0;
        while (!search.finds(buffer, searched)) {
            searched = search.searched(buffer.size());
            if (searched > limit) {
                throw new LimitOverrunException(
                        "separator not found in " + searched + " bytes, the limit is " + limit + ": nothing discarded",
                        searched);
            }
            if (!mayGrow()) {
                throw new IncompleteReadException(take(buffer.size()));
            }
            awaitMore("StreamReader.readUntil");
        }
        if (search.start() > limit) {
            throw new LimitOverrunException(
                    "separator found only after " + search.start() + " bytes, the limit is " + limit
                            + ": nothing discarded",
                    search.start());
        }
        return take(search.end());
    }

    /**
     * Returns the lines up to the end of the stream, as {@link #readLine} does; {@code hasNext} and {@code next}
     * suspend. An IOException is thrown as an UncheckedIOException.
     */
    public Iterable<String> lines() {
        return () -> new LineIterator(this);
    }

    /**
     * Passes all bytes on to {@code writer} as they come, without a copy, and the end of the stream by {@link
     * StreamWriter#writeEof}. Over TLS, which ends both directions at once, the writer stays open. Two of these, one
     * for each direction, are a proxy. While the writer's peer is slow, reading pauses. Bytes that a cancellation or a
     * failure finds not yet written stay in this reader.
     *
     * @return the number of bytes passed on
     * @throws IOException if either connection is lost, or the writer's is closed
     */
    @Suspends
    public long transferTo(StreamWriter writer) throws IOException {
        Sink sink = writer.sink();
        long count = 0;
        while (awaitBytes("StreamReader.transferTo")) {
            sink.awaitWritable();
            // Since another coroutine may have read meanwhile.
            if (!buffer.isEmpty()) {
                ByteBuf bytes = takeByteBuf(Integer.MAX_VALUE);
                count += bytes.readableBytes();
                sink.write(bytes);
            }
        }
        if (sink.canWriteEof()) {
            writer.writeEof();
        }
        return count;
    }

    /** Waits until there is something to read; false if there is nothing and nothing will come. */
    private boolean awaitBytes(String what) throws IOException {
        begin(what);
        while (buffer.isEmpty() && mayGrow()) {
            awaitMore(what);
        }
        return !buffer.isEmpty();
    }

    private ByteBuf takeByteBuf(int max) {
        ByteBuf bytes = buffer.takeByteBuf(max);
        afterTaking();
        return bytes;
    }

    /** Returns whether the stream has ended and all of it was read: asyncio's {@code at_eof}. */
    public boolean atEof() {
        return isEnded() && buffer.isEmpty();
    }

    private String takeLine(int length) throws IOException {
        if (length > limit) {
            throw overrun(length, length + 1, "line of " + length + " bytes is longer than the limit of " + limit);
        }
        return takeText(length + 1);
    }

    private String takeText(int count) {
        String text = buffer.takeLine(count);
        afterTaking();
        return text;
    }

    private LimitOverrunException overrun(int consumed, int dropped, String what) {
        buffer.skip(dropped);
        afterTaking();
        return new LimitOverrunException(what + ": discarded", consumed);
    }

    private byte[] take(int count) {
        byte[] bytes = buffer.take(count);
        afterTaking();
        return bytes;
    }

    private void afterTaking() {
        if (isPaused() && isOpen() && buffer.size() <= limit) {
            resume();
        }
    }

    /** Takes all that has come and was not read, and the reference to it: it is not for a reader. */
    ByteBuf takeAll() {
        return buffer.takeByteBuf(Integer.MAX_VALUE);
    }

    private void begin(String what) throws IOException {
        checkThread();
        Task<?> waiting = waitingTask();
        if (waiting != null) {
            throw new IllegalStateException(what + "() in " + caller() + ", but task '" + waiting.name()
                    + "' already waits in " + waitingIn() + "(): only one coroutine may read at a time");
        }
        nextMessage();
        throwLoss();
    }

    /** Whether there may be more than is here; what was here is gone if the connection was lost meanwhile. */
    private boolean mayGrow() throws IOException {
        throwFailure();
        return isOpen();
    }

    @Override
    boolean hasBegun() {
        return !buffer.isEmpty();
    }

    @Override
    void setReading(boolean on) {
        source.setReading(on);
    }

    // The connection's side.

    /** Takes {@code bytes}, and the reference to it, from the network. */
    void feed(ByteBuf bytes) {
        if (!isOpen() || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        buffer.add(bytes);
        if (buffer.size() > 2L * limit) {
            pause();
        }
        wake();
    }

    @Override
    void fail(IOException why) {
        super.fail(why);
        buffer.drop();
    }

    @Override
    void close() {
        super.close();
        buffer.drop();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("StreamReader[" + super.toString() + ", " + buffer.size() + " bytes");
        if (limit != DEFAULT_LIMIT) {
            text.append(", limit ").append(limit);
        }
        Task<?> waiting = waitingTask();
        if (waiting != null) {
            text.append(", ").append(waiting.name()).append(" waits in ").append(waitingIn());
        }
        IOException lost = failure();
        if (lost != null) {
            text.append(", ").append(lost.getMessage());
        }
        return text.append(']').toString();
    }
}
