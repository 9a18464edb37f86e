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
 * An event loop: one thread that runs network I/O, timers, callbacks and the coroutines of its tasks in turn. It is asyncio's
 * event loop and also one of Netty's ({@link #eventLoop}). {@link Asyncio#run} creates one for a program's main coroutine,
 * {@link Asyncio#newEventLoop} one to run step by step, and a {@link LoopGroup} consists of loops.
 *
 * {@snippet :
 * try (Loop loop = newEventLoop()) {
 *     IO.println(loop.runUntilComplete(() -> fetch("index")));
 * }
 * }
 *
 * <p>Any thread may call {@link #callSoonThreadsafe}, {@link #callExceptionHandler}, {@link #runUntilComplete},
 * {@link #runForever}, {@link #stop}, {@link #close}, {@link #isRunning} and {@link #isClosed}. All other methods are for the
 * loop's own coroutines and callbacks, unless they say otherwise; elsewhere they throw {@link WrongThreadException}. While the
 * loop is paused, before its first run and between runs, the thread that created it may call them too, unless that is a
 * coroutine or callback of another loop. Times are nanoseconds of {@link #time}.
 */
public final class Loop extends LoopServices implements AutoCloseable {
    /** A loop by itself, on a thread of its own, which pauses between runs. */
    Loop(LoopOptions options, LoopObserver observer) {
        super(null, LoopCore::startThread, options, false, observer);
    }

    /** A loop of a group: it runs from its first task until the group is shut down. */
    Loop(IoEventLoopGroup parent, Executor executor, LoopOptions options, LoopObserver observer) {
        super(parent, executor, options, true, observer);
    }

    /**
     * Returns the loop that runs the caller: asyncio's {@code get_running_loop}.
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
     * Returns the loop that a Netty event loop is, for instance {@code Loop.of(channel.eventLoop())}. Any thread. Throws
     * IllegalArgumentException if it is not a Skein loop: give the bootstrap a {@link LoopGroup}.
     */
    public static Loop of(EventLoop eventLoop) {
        Objects.requireNonNull(eventLoop, "eventLoop");
        if (eventLoop instanceof SelectorEventLoop ours) {
            return ours.loop();
        }
        throw new IllegalArgumentException(
                "not a Skein loop: " + Repr.of(eventLoop) + ": give the bootstrap a LoopGroup");
    }

    /** Returns this loop as a Netty event loop, for a bootstrap or a channel. Any thread. */
    public IoEventLoop eventLoop() {
        return eventLoop;
    }

    /** Returns the transport that the loop was created with. Any thread. */
    public Transport transport() {
        return transport;
    }

    /** Returns the time of its clock, in nanoseconds from an arbitrary origin: asyncio's {@code time}. Any thread. */
    public long time() {
        return clock.nanoTime();
    }

    // Callbacks.

    /** Schedules {@code callback} for the next round, after everything that is already ready: asyncio's {@code call_soon}. */
    public Handle callSoon(Runnable callback) {
        if (!inLoop()) {
            return asMaker(() -> callSoon(callback));
        }
        Handle handle = debug.created(new Handle(this, callback));
        makeReady(handle);
        return handle;
    }

    /**
     * As {@link #callSoon}, for any thread, and with a handle for any thread. The callback runs after what is ready when it
     * arrives.
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
     * Schedules {@code callback} for {@code delay} from now. Zero or less is the next round, in which the earliest runs
     * first.
     */
    public TimerHandle callLater(Duration delay, Runnable callback) {
        return callAt(Durations.later(time(), Objects.requireNonNull(delay, "delay")), callback);
    }

    /** Schedules {@code callback} for the time {@code when} of {@link #time}. Equal times keep their order. */
    public TimerHandle callAt(long when, Runnable callback) {
        if (!inLoop()) {
            return asMaker(() -> callAt(when, callback));
        }
        TimerHandle handle = debug.created(new TimerHandle(this, when, callback));
        timers.add(handle);
        return handle;
    }

    /**
     * Runs {@code action} once on the loop's own thread, at the end of this pass: after the callbacks and coroutines that
     * were ready, or between two of them if eight actions are waiting. The place to flush what they wrote.
     */
    public void callAtPassEnd(Runnable action) {
        if (!inLoop()) {
            runAsMaker(() -> callAtPassEnd(action));
            return;
        }
        ready.addAtPassEnd(Objects.requireNonNull(action, "action"));
    }

    /**
     * Schedules {@code callback} for when nothing else is ready, no callback, coroutine or I/O: just before the loop waits, or in
     * virtual time jumps. This is GLib's {@code g_idle_add}; asyncio has no such function.
     */
    public Handle callWhenIdle(Runnable callback) {
        if (!inLoop()) {
            return asMaker(() -> callWhenIdle(callback));
        }
        Handle handle = debug.created(new Handle(this, callback));
        ready.addWhenIdle(handle);
        return handle;
    }

    // Futures and tasks.

    /** Creates a pending future of this loop: asyncio's {@code create_future}. */
    public <T extends @Nullable Object> Future<T> createFuture() {
        if (!inLoop()) {
            return asMaker(() -> createFuture());
        }
        return debug.created(new Future<>(this));
    }

    /** As {@link #createFuture()}. Reports name the future after the call that awaits it, for instance {@code Queue.get}. */
    public <T extends @Nullable Object> Future<T> createFuture(String waitedForBy) {
        if (!inLoop()) {
            return asMaker(() -> createFuture(waitedForBy));
        }
        return debug.created(new NamedFuture<>(this, Objects.requireNonNull(waitedForBy, "waitedForBy")));
    }

    /** Creates a task that runs {@code body} from the next round on. Copies the inheritable thread-locals now. */
    public <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body) {
        return start(new Task<>(this, body, newName()), eagerStart);
    }

    /** As {@link #createTask(Awaitable)}, with a name for reports and thread dumps. */
    public <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body, String name) {
        return start(new Task<>(this, body, name), eagerStart);
    }

    /** As {@link #createTask(Awaitable)}, with {@code options}, which start from the defaults of this loop. */
    public <T extends @Nullable Object> Task<T> createTask(
            Awaitable<? extends T> body, UnaryOperator<TaskOptions> options) {
        TaskOptions chosen =
                Objects.requireNonNull(options, "options").apply(new TaskOptions(Optional.empty(), eagerStart));
        return start(new Task<>(this, body, chosen.name().orElseGet(Loop::newName)), chosen.eagerStart());
    }

    /**
     * Adds an observer that each {@code createTask} of this loop calls before the task's first step, in the order of
     * registration. If an observer throws, {@code createTask} throws the same exception, and the task does not start.
     */
    public void onTaskCreated(Consumer<? super Task<?>> observer) {
        if (!inLoop()) {
            runAsMaker(() -> onTaskCreated(observer));
            return;
        }
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

    /** Returns {@code awaitable} itself if it is a future, or else a task that runs it: asyncio's {@code ensure_future}. */
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

    /** Returns the tasks of this loop that are not done, in the order of their creation. */
    public Set<Task<?>> allTasks() {
        if (!inLoop()) {
            return asMaker(() -> allTasks());
        }
        return tasks.copy();
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
        return ForeignFuture.of(this, executor, Objects.requireNonNull(work, "work"));
    }

    /**
     * As {@link #runInExecutor(Executor, Callable)}, in the default executor. Unless another one was set, each job runs on a
     * daemon thread that inherits the caller's thread-locals, at most 64 (or as many as there are processors) at a time.
     * Throws IllegalStateException after {@link #shutdownDefaultExecutor()}.
     */
    public <T extends @Nullable Object> Future<T> runInExecutor(Callable<? extends T> work) {
        if (!inLoop()) {
            return asMaker(() -> runInExecutor(work));
        }
        return ForeignFuture.of(this, defaultExecutor.get(), Objects.requireNonNull(work, "work"));
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

    /** Shuts down the default executor, and suspends the caller until its work is done. */
    @Suspends
    public void shutdownDefaultExecutor() {
        defaultExecutor.shutdown(null);
    }

    /** As {@link #shutdownDefaultExecutor()}, but gives up after {@code limit}, and reports that. */
    @Suspends
    public void shutdownDefaultExecutor(Duration limit) {
        defaultExecutor.shutdown(Objects.requireNonNull(limit, "limit"));
    }

    // Running.

    /**
     * Runs the loop until {@code main} is done, and returns its result: asyncio's {@code run_until_complete}. Other callbacks
     * and timers stay for the next run. Blocks the calling thread. An interrupt of that thread cancels {@code main}, which is
     * then awaited.
     *
     * @throws IllegalStateException in a coroutine or callback, while the loop runs, if it is closed, or if it is stopped
     *     before that
     * @throws java.util.concurrent.CancellationException if main was cancelled because the calling thread was interrupted
     */
    public <T extends @Nullable Object> T runUntilComplete(Awaitable<? extends T> main) {
        Objects.requireNonNull(main, "main");
        Future<T> prepared = prepare(main);
        return new LoopRun<T>(this, () -> startPrepared(main, prepared)).execute();
    }

    /** As {@link #runUntilComplete(Awaitable)}, for a main without a result. */
    public void runUntilComplete(Action main) {
        runUntilComplete(Objects.requireNonNull(main, "main").asAwaitable());
    }

    /** Runs the loop until {@link #stop}. Blocks the calling thread. If that is interrupted, the loop stops. */
    public void runForever() {
        new LoopRun<@Nullable Void>(this, null).execute();
    }

    /** Ends the current run after this round: asyncio's {@code stop}. Any thread. */
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

    /** Returns whether it runs callbacks and coroutines now. Any thread. */
    public boolean isRunning() {
        return inLoop() ? state.isRunning() : state.isGroupLoop() ? !isClosed() : state.run() != null;
    }

    /** Returns whether {@link #close} has ended. Any thread. */
    public boolean isClosed() {
        return state.isClosed();
    }

    /**
     * Closes the loop and waits: cancels its tasks, runs until they have ended or the close timeout is over, closes its
     * channels, reports unretrieved failures. Suspends a coroutine of another loop. A second call does nothing.
     *
     * @throws IllegalStateException in a coroutine or callback of the loop, or while it runs
     */
    @Override
    @Suspends
    public void close() {
        if (inLoop() || state.run() != null) {
            throw new IllegalStateException("cannot close a running loop: stop it first, or let its main return");
        }
        awaitEnd(eventLoop.shutdownGracefully(0, state.closeTimeoutNanos(), TimeUnit.NANOSECONDS));
    }

    // Threads.

    /**
     * Does nothing in a coroutine or callback of this loop: for classes that are built on a loop and are not thread-safe.
     *
     * @throws WrongThreadException for any other caller, naming both threads
     * @throws IllegalStateException if the loop is closed
     */
    public void checkThread() {
        requireThread();
    }
}
