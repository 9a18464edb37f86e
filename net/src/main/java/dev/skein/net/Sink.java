package dev.skein.net;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** Where the bytes of a {@link StreamWriter} go, which describes what each method does. Loop only. */
interface Sink {
    /** Waits while more than the high-water mark is queued, and refuses a write that cannot be. */
    void awaitWritable() throws IOException;

    /**
     * The buffer that the next {@code size} bytes are to be written to, behind what may be in it already. It is the caller's
     * until {@link #wrote}, which follows at once and in any case. After {@link #awaitWritable}.
     */
    ByteBuf room(int size);

    /** What was written to {@code room}, which {@link #room} gave, is queued. */
    void wrote(ByteBuf room);

    /** Queues {@code bytes}, and passes the reference to it on. After {@link #awaitWritable}. */
    void write(ByteBuf bytes);

    /** Sends up to {@code count} bytes of {@code file}; no other write goes out meanwhile. */
    long sendFile(FileChannel file, long offset, long count) throws IOException;

    void drain() throws IOException;

    /** Whether what is written can end while reading goes on. */
    boolean canWriteEof();

    void writeEof() throws IOException;

    void close();

    void waitClosed() throws IOException;

    boolean isClosing();
}
