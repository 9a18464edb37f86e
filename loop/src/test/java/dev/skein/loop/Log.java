package dev.skein.loop;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged while it is open: tests log to the standard error. */
final class Log implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    private Log() {
        System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    }

    static Log capture() {
        // The one line that a JVM without the flag logs is not what a test looks for.
        RuntimeMode.isMounted();
        return new Log();
    }

    /** All that was logged so far. */
    String text() {
        return text.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
