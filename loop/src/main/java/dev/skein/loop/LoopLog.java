package dev.skein.loop;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The log of all loops, in Netty's logger named after {@link Loop}. A logger that throws, whatever it is, costs its message:
 * what is told is cut at a bounded length, an exception that cannot be printed is told as far as it can, and if even that
 * fails the message is lost, but the caller continues. Any thread.
 */
final class LoopLog {
    private static final int MOST = 10_000;

    private enum Level {
        INFO,
        WARN,
        ERROR
    }

    /** In a class of its own, so that a logging library that cannot start is met inside the guard. */
    private static final class Logger {
        static final InternalLogger ONE = InternalLoggerFactory.getInstance("dev.skein.loop.Loop");
    }

    private LoopLog() {}

    static void info(String text) {
        tell(Level.INFO, text, null);
    }

    static void warn(String text) {
        tell(Level.WARN, text, null);
    }

    static void warn(String text, Throwable thrown) {
        tell(Level.WARN, text, thrown);
    }

    static void error(String text, @Nullable Throwable thrown) {
        tell(Level.ERROR, text, thrown);
    }

    private static void tell(Level level, String text, @Nullable Throwable thrown) {
        try {
            write(level, Repr.cut(text, MOST), thrown == null ? null : Printable.of(thrown));
        } catch (Throwable failed) {
            tellLess(level, text, thrown);
        }
    }

    /** Perhaps it was the exception that the logger could not take. */
    private static void tellLess(Level level, String text, @Nullable Throwable thrown) {
        try {
            write(level, Repr.cut(text, MOST) + ": " + Repr.of(thrown), null);
        } catch (Throwable failedAgain) {
            // No log is left.
        }
    }

    private static void write(Level level, String text, @Nullable Throwable thrown) {
        switch (level) {
            case INFO -> Logger.ONE.info(text, thrown);
            case WARN -> Logger.ONE.warn(text, thrown);
            case ERROR -> Logger.ONE.error(text, thrown);
        }
    }
}
