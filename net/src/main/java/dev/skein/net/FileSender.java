package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.DomainSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One {@code sendFile}: piece by piece, each when the one before it is with the kernel, so that a slow peer slows it down.
 *
 * <p>The kernel takes the bytes from the file by itself (Netty's {@code DefaultFileRegion}) if no handler in front of the
 * socket has to see them. Otherwise they are read into memory, on another thread since a disk may be slow, and written:
 * under TLS or any other handler that writes; for a file that is not one of the system's; and over io_uring, where a
 * splice cannot be stopped and Netty's offsets are ints.
 *
 * <p>Loop only.
 */
final class FileSender {
    /** What a fast peer takes at once holds the loop for as long as the kernel needs to copy this: about 0.2 ms. */
    private static final int REGION = 1024 * 1024;

    /** A thread hop for each, so not too small; each transfer keeps one in memory. */
    private static final int CHUNK = 128 * 1024;

    private final StreamEndpoint to;
    private final FileChannel file;
    private final long end;
    private long position;
    private byte @Nullable [] chunk;

    FileSender(StreamEndpoint to, FileChannel file, long offset, long count) {
        this.to = to;
        this.file = file;
        this.position = offset;
        this.end = count > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + count;
    }

    static void checkRange(long offset, long count) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset < 0: " + offset);
        }
        if (count < 1) {
            throw new IllegalArgumentException("count < 1: " + count);
        }
    }

    /** Opens {@code file} to read it, on another thread. */
    static FileChannel open(Path file) throws IOException {
        Future<FileChannel> opening =
                Loop.current().runInExecutor(() -> FileChannel.open(file, StandardOpenOption.READ));
        try {
            return Asyncio.shield(opening).await();
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        } catch (CancelledError cancelled) {
            opening.addDoneCallback(FileSender::closeUnwanted);
            throw cancelled;
        }
    }

    private static void closeUnwanted(Future<FileChannel> opening) {
        try {
            if (!opening.isCancelled() && opening.exception() == null) {
                opening.result().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends up to the count or the end of the file, and gives how many bytes that were. */
    long send() throws IOException {
        long start = position;
        try {
            checkReadable();
            boolean more;
            do {
                more = isCopyNeeded() ? sendCopy() : sendRegion();
            } while (more);
            return position - start;
        } finally {
            if (file.isOpen()) {
                file.position(position);
            }
        }
    }

    /** A file that cannot be read is the caller's mistake: found out here, since in a region it would cost the connection. */
    private void checkReadable() throws IOException {
        long offset = position;
        Asyncio.toThread(() -> file.read(ByteBuffer.allocate(1), offset));
    }

    private boolean isCopyNeeded() {
        Channel channel = to.channel();
        return !takesRegions(channel) || !isOfTheSystem(file) || isWriteSeenByOthers(channel);
    }

    private boolean takesRegions(Channel channel) {
        return switch (to.loop().transport()) {
            case NIO -> channel instanceof SocketChannel;
            case EPOLL, KQUEUE -> channel instanceof SocketChannel || channel instanceof DomainSocketChannel;
            case IO_URING -> false;
        };
    }

    /** Netty's native code takes the descriptor out of the JDK's own class, and of no other. */
    private static boolean isOfTheSystem(FileChannel file) {
        return file.getClass().getName().equals("sun.nio.ch.FileChannelImpl");
    }

    private boolean isWriteSeenByOthers(Channel channel) {
        for (Map.Entry<String, ChannelHandler> entry : channel.pipeline()) {
            if (entry.getValue() == to) {
                return false;
            }
            if (entry.getValue() instanceof ChannelOutboundHandler) {
                return true;
            }
        }
        return false;
    }

    private boolean sendRegion() throws IOException {
        long count = Math.min(REGION, Math.min(end, file.size()) - position);
        if (count <= 0) {
            return false;
        }
        Region region = new Region(file, position, count);
        try {
            awaitWritten(region);
        } finally {
            // After a cancellation: nothing more of it goes out.
            region.stop();
            position += region.transferred();
        }
        return true;
    }

    private boolean sendCopy() throws IOException {
        byte[] bytes = chunk == null ? new byte[(int) Math.min(CHUNK, end - position)] : chunk;
        chunk = bytes;
        int wanted = (int) Math.min(bytes.length, end - position);
        long from = position;
        int count = wanted == 0 ? 0 : Asyncio.toThread(() -> file.read(ByteBuffer.wrap(bytes, 0, wanted), from));
        if (count <= 0) {
            return false;
        }
        // From here on it goes out, also after a cancellation.
        position += count;
        awaitWritten(Unpooled.wrappedBuffer(bytes, 0, count));
        return true;
    }

    private void awaitWritten(Object piece) throws IOException {
        ChannelFuture written = to.output().writePiece(piece);
        try {
            Asyncio.await(written);
        } catch (CancelledError cancelled) {
            throw cancelled;
        } catch (Throwable failure) {
            if (written.cause() == null) {
                throw failure;
            }
            to.lost(written.cause());
            throw to.notOpen();
        }
    }

    /** A piece of the file that the kernel sends, and that can be ended before all of it was sent. */
    private static final class Region extends DefaultFileRegion {
        private final FileChannel file;
        private boolean stopped;

        Region(FileChannel file, long position, long count) {
            super(file, position, count);
            this.file = file;
        }

        /**
         * Netty takes a region for sent as soon as this is no more than what was transferred. It asks before each piece, so
         * that a file that was cut short meanwhile ends it; the next one is of what is left. Netty would lose the connection.
         */
        @Override
        public long count() {
            return stopped || isCut() ? transferred() : super.count();
        }

        private boolean isCut() {
            try {
                return file.size() < position() + super.count();
            } catch (IOException closed) {
                // The transfer will throw it.
                return false;
            }
        }

        /** For NIO; the native transports ask the system themselves, right after they have asked for the count. */
        @Override
        public long transferTo(WritableByteChannel target, long offset) throws IOException {
            try {
                return super.transferTo(target, offset);
            } catch (IOException failed) {
                if (isCut()) {
                    return 0;
                }
                throw failed;
            }
        }

        void stop() {
            stopped = true;
        }

        /** The file is closed where it was opened. */
        @Override
        protected void deallocate() {}
    }
}
