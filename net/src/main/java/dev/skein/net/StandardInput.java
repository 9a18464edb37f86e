package dev.skein.net;

import dev.skein.loop.Loop;
import java.io.FilterInputStream;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The standard input of this JVM as a {@link StreamReader}. A read of it cannot be taken back, so one thread reads for one
 * loop, from the first call on to the end of the JVM.
 *
 * <p>Any thread.
 */
final class StandardInput {
    /** That of the JVM. */
    private static final StandardInput OF_JVM = new StandardInput(System.in);

    /** It is not ours to close. */
    private static final class Uncloseable extends FilterInputStream {
        Uncloseable(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    private final InputStream in;

    // Guarded by this.
    private @Nullable Loop owner;
    private @Nullable StreamReader reader;

    StandardInput(InputStream in) {
        this.in = new Uncloseable(in);
    }

    static StandardInput ofJvm() {
        return OF_JVM;
    }

    /** The reader of {@code loop}, always the same. Loop only. */
    synchronized StreamReader readerOf(Loop loop) {
        if (reader == null) {
            owner = loop;
            reader = PipeReader.start(loop, in, StreamReader.DEFAULT_LIMIT).reader();
        } else if (owner != loop) {
            throw new IllegalStateException(
                    "standard input is read by " + owner + ": hand its lines to this loop from there");
        }
        return reader;
    }
}
