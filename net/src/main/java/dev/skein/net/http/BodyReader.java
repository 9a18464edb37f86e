package dev.skein.net.http;

import dev.skein.net.Messages;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The chunks that follow a head on a connection, up to the last one. There is one sequence. Loop only. */
final class BodyReader implements Iterator<byte[]> {
    private final Messages<HttpObject, HttpObject> peer;
    private final Start start;
    private byte @Nullable [] next;
    private boolean started;
    private boolean ended;

    /** What is done before the first chunk is waited for: a client may expect status 100 before it sends. */
    @FunctionalInterface
    interface Start {
        void run() throws IOException;
    }

    BodyReader(Messages<HttpObject, HttpObject> peer, Start start) {
        this.peer = peer;
        this.start = start;
    }

    @Override
    public boolean hasNext() {
        try {
            return advance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public byte[] next() {
        byte[] chunk = hasNext() ? next : null;
        if (chunk == null) {
            throw new NoSuchElementException("the body has ended");
        }
        next = null;
        return chunk;
    }

    private boolean advance() throws IOException {
        if (!started) {
            started = true;
            start.run();
        }
        while (next == null && !ended) {
            HttpObject message = peer.receive();
            if (message == null) {
                throw new EOFException("connection ended before the end of the body");
            }
            take(message);
        }
        return next != null;
    }

    private void take(HttpObject message) throws IOException {
        try {
            if (message.decoderResult().isFailure()) {
                throw new IOException(
                        "malformed body: " + message.decoderResult().cause().getMessage(),
                        message.decoderResult().cause());
            }
            ended = message instanceof LastHttpContent;
            if (message instanceof HttpContent chunk && chunk.content().isReadable()) {
                next = ByteBufUtil.getBytes(chunk.content());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    boolean hasStarted() {
        return started;
    }

    /** Whether all of it has come. */
    boolean hasEnded() {
        return ended;
    }

    /** Reads the rest, as long as it is short, so that the connection can serve again: whether it is. */
    boolean skipRest(int most) throws IOException {
        started = true;
        int skipped = 0;
        while (!ended && skipped <= most) {
            next = null;
            if (advance() && next != null) {
                skipped += next.length;
            }
        }
        next = null;
        return ended;
    }
}
