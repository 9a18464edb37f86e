package dev.skein.loop;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The errors of a loop that nobody awaits: who takes them, and the failures that somebody may still look at. Loop only. */
final class Errors {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Loop.class);

    private final Loop loop;
    private final Set<Unobserved> unobserved = new LinkedHashSet<>();
    private @Nullable ExceptionHandler handler;

    Errors(Loop loop) {
        this.loop = loop;
    }

    void setHandler(ExceptionHandler other) {
        handler = other;
    }

    boolean hasHandler() {
        return handler != null;
    }

    void report(ErrorContext context) {
        ExceptionHandler chosen = handler;
        if (chosen == null) {
            log(context);
            return;
        }
        try {
            chosen.handle(loop, context);
        } catch (Throwable broken) {
            log(context);
            log(ErrorContext.of("the exception handler failed").withException(broken));
        }
    }

    /** Any thread. */
    static void log(ErrorContext context) {
        LOGGER.error(context.toString(), context.exception().orElse(null));
    }

    void watch(Unobserved failure) {
        unobserved.add(failure);
    }

    /**
     * Somebody has looked at it, or it is reported now.
     *
     * @return false if that was so before
     */
    boolean unwatch(Unobserved failure) {
        return unobserved.remove(failure);
    }

    /** Nobody can look any more: the loop closes. */
    void reportUnobserved() {
        List.copyOf(unobserved).forEach(Unobserved::report);
    }
}
