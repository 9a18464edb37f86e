package dev.skein.loop;

import io.netty.channel.IoEventLoopGroup;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What a {@link Loop} does beside its turns: signals, errors that no code awaits, debug mode. */
abstract sealed class LoopServices extends LoopCore permits Loop {
    LoopServices(
            @Nullable IoEventLoopGroup parent,
            Executor executor,
            LoopOptions options,
            boolean groupLoop,
            LoopObserver observer) {
        super(parent, executor, options, groupLoop, observer);
    }

    // Signals.

    /**
     * Schedules {@code callback} each time the process receives {@code signal}, named without SIG ({@code "TERM"}): asyncio's
     * {@code add_signal_handler}. Until it is removed or the loop closes, it replaces any other handler, and the JVM's
     * reaction.
     *
     * @throws IllegalArgumentException if there is no such signal
     * @throws IllegalStateException if the JVM or the operating system reserves it, for instance KILL
     * @throws UnsupportedOperationException in a JVM without the module jdk.unsupported
     */
    public void addSignalHandler(String signal, Runnable callback) {
        if (!inLoop()) {
            runAsMaker(() -> addSignalHandler(signal, callback));
            return;
        }
        signals.add(signal, callback);
    }

    /** Restores how {@code signal} was handled before {@link #addSignalHandler}. Returns false if it was not added. */
    public boolean removeSignalHandler(String signal) {
        if (!inLoop()) {
            return asMaker(() -> removeSignalHandler(signal));
        }
        return signals.remove(signal);
    }

    // Errors.

    /** Sets the handler for errors that no code awaits; without one they are logged. */
    public void setExceptionHandler(ExceptionHandler handler) {
        if (!inLoop()) {
            runAsMaker(() -> setExceptionHandler(handler));
            return;
        }
        errors.setHandler(Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Logs an error that no code awaits, as without an exception handler: asyncio's {@code default_exception_handler}. For a
     * handler that treats some errors itself. Any thread.
     */
    public void defaultExceptionHandler(ErrorContext context) {
        ErrorReporter.log(Objects.requireNonNull(context, "context"));
    }

    /** Passes an error that no code awaits to the exception handler, or to the log if the loop is closed. Any thread. */
    public void callExceptionHandler(ErrorContext context) {
        Objects.requireNonNull(context, "context");
        if (inLoop()) {
            errors.report(context);
        } else if (!executeUnlessClosed(() -> errors.report(context))) {
            ErrorReporter.log(context);
        }
    }

    /** Returns whether debug mode is on: asyncio's {@code get_debug}. Any thread. */
    public boolean isDebug() {
        return debug.isOn();
    }

    /**
     * Turns debug mode on or off: asyncio's {@code set_debug}. When it is on, reports say where things were created, which
     * takes about 1 us for each, and a step that takes longer than {@link #slowCallbackDuration} is logged, with its stack
     * while it runs. A failure carries the awaits that it has crossed as suppressed exceptions.
     */
    public void setDebug(boolean on) {
        if (!inLoop()) {
            runAsMaker(() -> setDebug(on));
            return;
        }
        debug.set(on);
    }

    /** Returns how long a callback or a step may take before debug mode logs it: 100 ms at first. Any thread. */
    public Duration slowCallbackDuration() {
        return debug.slowCallbackDuration();
    }

    /** Sets {@link #slowCallbackDuration}. */
    public void setSlowCallbackDuration(Duration length) {
        if (!inLoop()) {
            runAsMaker(() -> setSlowCallbackDuration(length));
            return;
        }
        debug.setSlowCallbackDuration(Objects.requireNonNull(length, "length"));
    }
}
