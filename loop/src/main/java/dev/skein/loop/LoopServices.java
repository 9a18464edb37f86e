package dev.skein.loop;

import io.netty.channel.IoEventLoopGroup;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What a {@link Loop} does beside its turns: executors, signals, errors that no code awaits, debug mode. */
abstract sealed class LoopServices extends LoopCore permits Loop {
    LoopServices(
            @Nullable IoEventLoopGroup parent,
            Executor executor,
            LoopOptions options,
            boolean groupLoop,
            LoopObserver observer) {
        super(parent, executor, options, groupLoop, observer);
    }

    // Executors.

    /**
     * Runs {@code work} in {@code executor} and returns a future of its result: asyncio's {@code run_in_executor}. Cancelling
     * the future prevents work that has not begun; work that has begun continues.
     */
    public <T extends @Nullable Object> Future<T> runInExecutor(Executor executor, Callable<? extends T> work) {
        if (!inLoop()) {
            return asMaker(() -> runInExecutor(executor, work));
        }
        Objects.requireNonNull(executor, "executor");
        return ForeignFuture.of((Loop) this, executor, Objects.requireNonNull(work, "work"));
    }

    /**
     * As {@link #runInExecutor(Executor, Callable)}, in the default executor. Unless another one was set, each job runs on a
     * daemon thread that inherits the caller's thread-locals, at most 64 (or as many as there are processors) at a time.
     * Throws IllegalStateException after {@link Loop#shutdownDefaultExecutor()}.
     */
    public <T extends @Nullable Object> Future<T> runInExecutor(Callable<? extends T> work) {
        if (!inLoop()) {
            return asMaker(() -> runInExecutor(work));
        }
        return ForeignFuture.of((Loop) this, defaultExecutor.get(), Objects.requireNonNull(work, "work"));
    }

    /** As {@link #runInExecutor(Executor, Callable)}, for work without a result. */
    public Future<@Nullable Void> runInExecutor(Executor executor, VoidCall<?> work) {
        return runInExecutor(executor, callable(work));
    }

    /** As {@link #runInExecutor(Callable)}, for work without a result. */
    public Future<@Nullable Void> runInExecutor(VoidCall<?> work) {
        return runInExecutor(callable(work));
    }

    private static Callable<@Nullable Void> callable(VoidCall<?> work) {
        Objects.requireNonNull(work, "work");
        return () -> {
            work.call();
            return null;
        };
    }

    /** Sets the default executor. The loop shuts it down when it closes, if it is an ExecutorService. */
    public void setDefaultExecutor(Executor executor) {
        if (!inLoop()) {
            runAsMaker(() -> setDefaultExecutor(executor));
            return;
        }
        defaultExecutor.set(Objects.requireNonNull(executor, "executor"));
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
