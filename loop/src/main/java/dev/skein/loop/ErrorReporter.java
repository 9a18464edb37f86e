package dev.skein.loop;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The errors of a loop that no code awaits: their handler, and the failures that may still be retrieved. Loop only.
 *
 * <p>To tell of an error never fails: whatever a handler, a logger, or the text of what is told throws, these methods
 * return. So each {@code catch} of the loop may report and continue.
 */
final class ErrorReporter {
    private final Loop loop;
    private final Set<UnretrievedFailure> unobserved = new LinkedHashSet<>();
    private @Nullable ExceptionHandler handler;

    ErrorReporter(Loop loop) {
        this.loop = loop;
    }

    void setHandler(ExceptionHandler other) {
        handler = other;
    }

    boolean hasHandler() {
        return handler != null;
    }

    /** Reports that something {@code failed}, and with what. */
    void report(String failed, Throwable thrown) {
        report(ErrorContext.of(failed).withException(thrown));
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
        LoopLog.error(context.toString(), context.exception().orElse(null));
    }

    /** Does {@code step} of an end that no failure may cut short: what it throws is reported. */
    void attempt(String failed, Runnable step) {
        try {
            step.run();
        } catch (Throwable thrown) {
            report(failed, thrown);
        }
    }

    void watch(UnretrievedFailure failure) {
        unobserved.add(failure);
    }

    /**
     * It was retrieved, or it is reported now.
     *
     * @return false if that was so before
     */
    boolean unwatch(UnretrievedFailure failure) {
        return unobserved.remove(failure);
    }

    /** The loop closes, so they can no longer be retrieved. */
    void reportUnretrieved() {
        for (UnretrievedFailure failure : List.copyOf(unobserved)) {
            attempt("cannot report an unretrieved failure", failure::report);
        }
    }
}
