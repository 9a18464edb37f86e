package dev.skein.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The lines of a reader up to the end of its stream; {@code hasNext} and {@code next} suspend. Loop only. */
final class LineIterator implements Iterator<String> {
    private final StreamReader reader;
    private @Nullable String next;

    LineIterator(StreamReader reader) {
        this.reader = reader;
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            next = readNext();
        }
        return next != null;
    }

    @Override
    public String next() {
        String line = next == null ? readNext() : next;
        next = null;
        if (line == null) {
            throw new NoSuchElementException("the stream has ended");
        }
        return line;
    }

    private @Nullable String readNext() {
        try {
            return reader.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
