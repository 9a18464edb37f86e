package dev.skein.net.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The body of a request or response: known bytes, or chunks that come one by one and can be read once. Loop only. */
final class Body {
    static final Body EMPTY = new Body(new byte[0]);

    private final Iterable<byte[]> chunks;
    private final int maxBytes;
    private byte @Nullable [] known;

    private Body(byte[] known) {
        this.known = known;
        this.chunks = known.length == 0 ? List.of() : List.of(known);
        this.maxBytes = known.length;
    }

    private Body(Iterable<byte[]> chunks, int maxBytes) {
        this.chunks = chunks;
        this.maxBytes = maxBytes;
    }

    static Body of(byte[] bytes) {
        return new Body(bytes);
    }

    static Body of(String text) {
        return new Body(text.getBytes(UTF_8));
    }

    /** One that is not known yet; {@link #bytes} refuses more than {@code maxBytes}. */
    static Body of(Iterable<byte[]> chunks, int maxBytes) {
        return new Body(Objects.requireNonNull(chunks, "chunks"), maxBytes);
    }

    boolean isKnown() {
        return known != null;
    }

    Iterable<byte[]> chunks() {
        return chunks;
    }

    /** All of it, from now on known. */
    byte[] bytes() throws IOException {
        byte[] all = known;
        if (all == null) {
            all = collect();
            known = all;
        }
        return all;
    }

    private byte[] collect() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (byte[] chunk : chunks) {
                if (all.size() + (long) chunk.length > maxBytes) {
                    throw new BodyTooLargeException(maxBytes);
                }
                all.writeBytes(chunk);
            }
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        return all.toByteArray();
    }

    String text() throws IOException {
        return new String(bytes(), UTF_8);
    }

    /** Closes the source of the chunks, if it can be closed: a generator, most likely. */
    void close() throws Exception {
        if (chunks instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    @Override
    public String toString() {
        byte[] all = known;
        return all == null ? "a body in chunks" : all.length + " bytes";
    }
}
