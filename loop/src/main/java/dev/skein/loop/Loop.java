package dev.skein.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An event loop: one thread that takes turns between network I/O, timers, callbacks and the coroutines of its tasks, and a
 * Netty event loop ({@link #eventLoop}).
 *
 * <p>{@link Asyncio#run} makes one for a program's main coroutine; {@link Asyncio#newEventLoop} makes one to run step by
 * step; each loop of a {@link LoopGroup} is one. Moments ({@link #time}) are nanoseconds of the loop's own clock.
 *
 * <p>{@link #callSoonThreadsafe}, {@link #callExceptionHandler}, {@link #runUntilComplete}, {@link #runForever}, {@link #stop}, {@link #close},
 * {@link #isRunning} and {@link #isClosed} are for any thread. All else is for the loop's own coroutines and callbacks;
 * elsewhere it throws {@link WrongThreadException}.
 */
public final class Loop extends LoopCore implements AutoCloseable {
    /** A loop that stands by itself, on a thread of its own, and pauses between runs. */
    Loop(LoopOptions options, LoopObserver observer) {
        super(null, LoopCore::startThread, options, false, observer);
    }

    /** A loop of a group: it runs from its first task until the group is shut down. */
    Loop(IoEventLoopGroup parent, Executor executor, LoopOptions options, LoopObserver observer) {
        super(parent, executor, options, true, observer);
    }

    /**
     * The loop that runs the caller, asyncio's {@code get_running_loop}.
     *
     * @throws IllegalStateException if the caller is neither a coroutine nor a callback of a loop
     */
    public static Loop current() {
        Loop mine = LoopThread.loopOfCaller();
        if (mine == null) {
            throw new IllegalStateException(
                    "no running loop: call this in a coroutine or callback of a loop, which run(...) starts");
        }
        return mine;
    }

    /**
     * The Skein loop that a Netty event loop is, for instance {@code Loop.of(channel.eventLoop())}. Any thread.
     *
     * @throws IllegalArgumentException if it is none: give the bootstrap a {@link LoopGroup}
     */
    public static Loop of(EventLoop eventLoop) {
        Objects.requireNonNull(eventLoop, "eventLoop");
        if (eventLoop instanceof SelectorEventLoop ours) {
            return ours.loop();
        }
        throw new IllegalArgumentException(
                "not a Skein loop: " + Repr.of(eventLoop) + ": give the bootstrap a LoopGroup");
    }

    /** This loop as Netty's event loop, for a bootstrap or a channel. Any thread. */
    public IoEventLoop eventLoop() {
        return eventLoop;
    }

    /** The transport it was made with. Any thread. */
    public Transport transport() {
        return transport;
    }

    /** The time of its clock, in nanoseconds from an arbitrary moment: asyncio's {@code time}. Any thread. */
    public long time() {
        return clock.nanoTime();
    }

    // Callbacks.

    /** Has {@code callback} called in the next round, after all that is ready now: asyncio's {@code call_soon}. */
    public Handle callSoon(Runnable callback) {
        checkThread();
        Handle handle = debug.created(new Handle(this, callback));
        makeReady(handle);
        return handle;
    }

    /**
     * As {@link #callSoon}, from any thread; the callback takes its place behind what is ready when the loop hears of it.
     * The handle, too, is for any thread.
     *
     * @throws IllegalStateException if the loop is closed
     */
    public Handle callSoonThreadsafe(Runnable callback) {
        Handle handle = new ThreadsafeHandle(this, callback);
        List<StackTraceElement> place = debug.here();
        if (!executeUnlessClosed(() -> makeReady(handle, place))) {
            throw closedError();
        }
        return handle;
    }

    /**
     * Has {@code callback} called after {@code delay}. With zero or less that is in the next round; of moments that are past,
     * the earliest comes first.
     */
    public TimerHandle callLater(Duration delay, Runnable callback) {
        return callAt(Durations.later(time(), Objects.requireNonNull(delay, "delay")), callback);
    }

    /** Has {@code callback} called at {@code when} on {@link #time}'s clock. Equal moments keep the order they were set in. */
    public TimerHandle callAt(long when, Runnable callback) {
        checkThread();
        TimerHandle handle = debug.created(new TimerHandle(this, when, callback));
        timers.add(handle);
        return handle;
    }

    /**
     * Has {@code action} called once on the loop's own thread, behind the caller's step: at the end of this pass, after the
     * callbacks and coroutines that were ready, or between two of them if eight actions wait. The place to flush what they
     * wrote.
     */
    public void callAtPassEnd(Runnable action) {
        checkThread();
        ready.addAtPassEnd(Objects.requireNonNull(action, "action"));
    }

    /**
     * Has {@code callback} called once nothing else is ready, no callback, coroutine or I/O: where the loop would wait, or in
     * virtual time jump. GLib's {@code g_idle_add}; asyncio has none.
     */
    public Handle callWhenIdle(Runnable callback) {
        checkThread();
        Handle handle = debug.created(new Handle(this, callback));
        ready.addWhenIdle(handle);
        return handle;
    }

    // Futures and tasks.

    /** A future of this loop, pending. */
    public <T extends @Nullable Object> Future<T> createFuture() {
        checkThread();
        return debug.created(new Future<>(this));
    }

    /** As {@link #createFuture()}, named in reports after the call that waits for it, for instance {@code Queue.get}. */
    public <T extends @Nullable Object> Future<T> createFuture(String waitedForBy) {
        checkThread();
        return debug.created(new NamedFuture<>(this, Objects.requireNonNull(waitedForBy, "waitedForBy")));
    }

    /** A task that runs {@code body} in this loop, from the next round on. Inheritable thread-locals are copied now. */
    public <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body) {
        return start(new Task<>(this, body, newName()), eagerStart);
    }

    /** As {@link #createTask(Awaitable)}, with a name for reports and thread dumps. */
    public <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body, String name) {
        return start(new Task<>(this, body, name), eagerStart);
    }

    /** As {@link #createTask(Awaitable)}, made as {@code options} say: they start with what is this loop's default. */
    public <T extends @Nullable Object> Task<T> createTask(
            Awaitable<? extends T> body, UnaryOperator<TaskOptions> options) {
        TaskOptions chosen =
                Objects.requireNonNull(options, "options").apply(new TaskOptions(Optional.empty(), eagerStart));
        return start(new Task<>(this, body, chosen.name().orElseGet(Loop::newName)), chosen.eagerStart());
    }

    /**
     * Has {@code observer} called inside each {@code createTask} of this loop, before the task's first step; what it throws,
     * {@code createTask} throws, and the task does not start. Each observer is called, in the order they were added.
     */
    public void onTaskCreated(Consumer<? super Task<?>> observer) {
        checkThread();
        tasks.onCreated(observer);
    }

    /** As {@link #createTask(Awaitable)}, for a body without a result. */
    public Task<@Nullable Void> createTask(Action body) {
        return createTask(Objects.requireNonNull(body, "body").asAwaitable());
    }

    /** As {@link #createTask(Awaitable, String)}, for a body without a result. */
    public Task<@Nullable Void> createTask(Action body, String name) {
        return createTask(Objects.requireNonNull(body, "body").asAwaitable(), name);
    }

    /** As {@link #createTask(Awaitable, UnaryOperator)}, for a body without a result. */
    public Task<@Nullable Void> createTask(Action body, UnaryOperator<TaskOptions> options) {
        return createTask(Objects.requireNonNull(body, "body").asAwaitable(), options);
    }

    /** The future that {@code awaitable} is, or a task that runs it: asyncio's {@code ensure_future}. */
    @SuppressWarnings("unchecked") // a future only gives results, so one of a subtype serves as one of T
    <T extends @Nullable Object> Future<T> ensureFuture(Awaitable<? extends T> awaitable) {
        if (!(awaitable instanceof Future<?> future)) {
            return createTask(awaitable);
        }
        if (future.loop() != this) {
            throw new IllegalArgumentException(
                    future + " belongs to another loop: use runCoroutineThreadsafe to cross");
        }
        return (Future<T>) future;
    }

    /** The tasks of this loop that are not done, in the order of their creation. */
    public Set<Task<?>> allTasks() {
        checkThread();
        return tasks.copy();
    }

    /**
     * A future of what {@code work} returns, which {@code executor} runs on a thread of its own: asyncio's
     * {@code run_in_executor}. Cancelling the future before the work has begun prevents it; later, the work goes on.
     */
    public <T extends @Nullable Object> Future<T> runInExecutor(Executor executor, Callable<? extends T> work) {
        checkThread();
        Objects.requireNonNull(executor, "executor");
        return ForeignFuture.of(this, executor, Objects.requireNonNull(work, "work"));
    }

    /**
     * As {@link #runInExecutor(Executor, Callable)}, in the default executor: unless another was set, a daemon thread for
     * each job, which inherits the caller's thread-locals, and at most 64 (or as many as there are processors) at a time.
     *
     * @throws IllegalStateException after {@link #shutdownDefaultExecutor()}
     */
    public <T extends @Nullable Object> Future<T> runInExecutor(Callable<? extends T> work) {
        checkThread();
        return ForeignFuture.of(this, defaultExecutor.get(), Objects.requireNonNull(work, "work"));
    }

    /** Makes {@code executor} the default one. If it is an ExecutorService, the loop shuts it down when it closes. */
    public void setDefaultExecutor(Executor executor) {
        checkThread();
        defaultExecutor.set(Objects.requireNonNull(executor, "executor"));
    }

    /** Shuts the default executor down, and suspends the caller until its work is done. */
    public void shutdownDefaultExecutor() {
        defaultExecutor.shutdown(null);
    }

    /** As {@link #shutdownDefaultExecutor()}, but after {@code limit} reports that it is not done, and leaves it. */
    public void shutdownDefaultExecutor(Duration limit) {
        defaultExecutor.shutdown(Objects.requireNonNull(limit, "limit"));
    }

    // Signals.

    /**
     * Has {@code callback} called, as a callback of this loop, each time the process gets {@code signal}, named without SIG
     * ({@code "TERM"}): asyncio's {@code add_signal_handler}. It replaces the one before, and what the JVM does at this
     * signal, until it is removed or the loop closes.
     *
     * @throws IllegalArgumentException if there is no such signal
     * @throws IllegalStateException if the JVM or the system keeps it for itself, as KILL
     * @throws UnsupportedOperationException in a JVM without the module jdk.unsupported
     */
    public void addSignalHandler(String signal, Runnable callback) {
        checkThread();
        signals.add(signal, callback);
    }

    /** Has {@code signal} handled as before {@link #addSignalHandler}; false if it was not added. */
    public boolean removeSignalHandler(String signal) {
        checkThread();
        return signals.remove(signal);
    }

    // Running.

    /**
     * Runs the loop until {@code main} is done, and gives its result: asyncio's {@code run_until_complete}. What else is
     * ready or set stays for the next run. Blocks the calling thread; if that is interrupted, {@code main} is cancelled
     * and awaited, and the flag is set again.
     *
     * @throws IllegalStateException in a coroutine or callback, while the loop runs, when it is closed, or if it is
     *     stopped before main is done
     * @throws java.util.concurrent.CancellationException if main ended cancelled because the caller was interrupted
     */
    public <T extends @Nullable Object> T runUntilComplete(Awaitable<? extends T> main) {
        Objects.requireNonNull(main, "main");
        LoopRun.checkOutsideLoops();
        Future<T> prepared = prepare(main);
        return new LoopRun<T>(this, () -> startPrepared(main, prepared)).execute();
    }

    /** As {@link #runUntilComplete(Awaitable)}, for a main without a result. */
    public void runUntilComplete(Action main) {
        runUntilComplete(Objects.requireNonNull(main, "main").asAwaitable());
    }

    /** Runs the loop until {@link #stop}. Blocks the calling thread; if that is interrupted, the loop stops. */
    public void runForever() {
        new LoopRun<@Nullable Void>(this, null).execute();
    }

    /** Ends the current run after this round: asyncio's {@code stop}. From any thread. */
    public void stop() {
        if (state.isGroupLoop()) {
            throw new IllegalStateException("stop() of a loop of a group: shut the group down instead");
        }
        if (inLoop()) {
            state.stopSoon();
        } else {
            executeUnlessClosed(state::stopSoon);
        }
    }

    /** Whether it runs callbacks and coroutines now. Any thread. */
    public boolean isRunning() {
        return inLoop() ? state.isRunning() : state.isGroupLoop() ? !isClosed() : state.run() != null;
    }

    /** Whether {@link #close} has ended. Any thread. */
    public boolean isClosed() {
        return state.isClosed();
    }

    /**
     * Closes the loop and waits: cancels its tasks, runs it until they have ended or the close timeout is over, closes its
     * channels, reports unretrieved failures. A second call does nothing. A coroutine of another loop suspends.
     *
     * @throws IllegalStateException in a coroutine or callback of the loop, or while it runs
     */
    @Override
    public void close() {
        if (inLoop() || state.run() != null) {
            throw new IllegalStateException("cannot close a running loop: stop it first, or let its main return");
        }
        awaitEnd(eventLoop.shutdownGracefully(0, state.closeTimeoutNanos(), TimeUnit.NANOSECONDS));
    }

    // Errors.

    /** Has {@code handler} called for errors that nobody awaits, instead of logging them. */
    public void setExceptionHandler(ExceptionHandler handler) {
        checkThread();
        errors.setHandler(Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Reports an error that nobody awaits, asyncio's {@code call_exception_handler}: to the handler, on the loop; if that is
     * closed, to the log. Any thread.
     */
    public void callExceptionHandler(ErrorContext context) {
        Objects.requireNonNull(context, "context");
        if (inLoop()) {
            errors.report(context);
        } else if (!executeUnlessClosed(() -> errors.report(context))) {
            ErrorReporter.log(context);
        }
    }

    /** Whether debug mode is on: asyncio's {@code get_debug}. Any thread. */
    public boolean isDebug() {
        return debug.isOn();
    }

    /**
     * Turns debug mode on or off, asyncio's {@code set_debug}. On, reports say where things were created, at about 1 us for
     * each, and what takes longer than {@link #slowCallbackDuration} is logged, with its stack while it runs.
     */
    public void setDebug(boolean on) {
        checkThread();
        debug.set(on);
    }

    /** How long a callback or a step of a coroutine may take before debug mode logs it: 100 ms at first. Any thread. */
    public Duration slowCallbackDuration() {
        return debug.slowCallbackDuration();
    }

    /** Sets {@link #slowCallbackDuration}. */
    public void setSlowCallbackDuration(Duration length) {
        checkThread();
        debug.setSlowCallbackDuration(Objects.requireNonNull(length, "length"));
    }

    // Threads.

    /**
     * Does nothing for a coroutine or callback of this loop; for what is built on a loop and is not for any thread.
     *
     * @throws WrongThreadException for any other caller, naming both threads
     * @throws IllegalStateException if the loop is closed
     */
    public void checkThread() {
        requireThread();
    }
}
