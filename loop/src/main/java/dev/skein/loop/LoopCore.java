package dev.skein.loop;

import io.netty.channel.IoEventLoopGroup;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The inside of a {@link Loop}: its parts, and what only this package calls. */
abstract sealed class LoopCore permits LoopServices {
    private static final AtomicLong THREADS = new AtomicLong();
    private static final AtomicLong TASK_NAMES = new AtomicLong();

    // Set once, before start.
    final SelectorEventLoop eventLoop;
    final LoopClock clock;
    final Transport transport;
    final LoopThread thread;
    final boolean eagerStart;
    final LoopObserver observer;

    // Each says itself which threads may call it.
    final LoopState state;
    final ThreadsafePromises promises = new ThreadsafePromises();

    // Loop only.
    final TaskList tasks = new TaskList();
    final ErrorReporter errors;
    final LoopWatch watch;
    final DebugMode debug;
    final ReadyQueue ready;
    final TimerQueue timers = new TimerQueue();
    final ExternalWork externalWork = new ExternalWork();
    final DefaultExecutor defaultExecutor;
    final OpenGenerators openGenerators = new OpenGenerators();
    final Relays relays = new Relays();
    final SignalHandlers signals;

    LoopCore(
            @Nullable IoEventLoopGroup parent,
            Executor executor,
            LoopOptions options,
            boolean groupLoop,
            LoopObserver observer) {
        Loop self = (Loop) this;
        this.observer = observer;
        this.eagerStart = options.eagerStart();
        this.transport = options.transport();
        this.thread = new LoopThread(self);
        this.state = new LoopState(groupLoop, Durations.toNanos(options.closeTimeout()));
        this.errors = new ErrorReporter(self);
        this.watch = new LoopWatch(self, Durations.toNanos(options.watchdog()));
        this.debug = new DebugMode(watch, options.debug());
        this.ready = new ReadyQueue(
                thread,
                errors,
                watch,
                debug,
                options.seed(),
                () -> self.eventLoop.isNextRoundForCarrier(),
                () -> self.eventLoop.tasks());
        this.defaultExecutor = new DefaultExecutor(self);
        this.signals = new SignalHandlers(self);
        this.clock = new LoopClock(options.virtualTime());
        this.eventLoop = new SelectorEventLoop(self, clock, parent, executor, transport);
    }

    static void startThread(Runnable body) {
        LoopThread.newPlatformThread("skein-loop-" + THREADS.incrementAndGet(), body)
                .start();
    }

    /** Waits for the end of a loop or group that is not the caller's: a coroutine suspends, a thread blocks. */
    static void awaitEnd(io.netty.util.concurrent.Future<?> end) {
        Coroutine me = Coroutine.current();
        if (me == null) {
            end.awaitUninterruptibly();
        } else {
            Future<?> mine = ForeignFuture.awaited(me.loop(), end);
            mine.takeOver();
            mine.await();
        }
    }

    static IllegalStateException closedError() {
        return new IllegalStateException("loop is closed");
    }

    // Threads.

    final LoopThread thread() {
        return thread;
    }

    /** Whether the caller is the loop's thread or the coroutine it has mounted. */
    final boolean inLoop() {
        return thread.isCaller();
    }

    final void requireThread() {
        if (!thread.isCaller()) {
            throw refusal();
        }
    }

    /** As {@link Loop#checkThread}, but once the loop is closed and nothing changes any more, any thread may read. */
    final void checkRead() {
        if (!mayRead()) {
            throw refusal();
        }
    }

    final boolean mayRead() {
        return thread.isCaller() || state.isClosed();
    }

    /**
     * Does {@code use}, the call of a method whose caller is none of the loop's, if that is the thread that made the loop and
     * the loop is paused; else refuses it. Each method that its maker may call begins so.
     */
    final <T extends @Nullable Object> T asMaker(Supplier<? extends T> use) {
        if (!thread.isMakerCaller() || !state.isPaused()) {
            throw refusal();
        }
        return MakerTurn.take((Loop) this, use);
    }

    /** As {@link #asMaker(Supplier)}, for a method without a result. */
    final void runAsMaker(Runnable use) {
        this.<@Nullable Void>asMaker(() -> {
            use.run();
            return null;
        });
    }

    final RuntimeException refusal() {
        return state.isClosed() ? closedError() : thread.refusal();
    }

    /**
     * Runs {@code task} on the loop's thread, as one of Netty's tasks.
     *
     * @return false if the loop is closed
     */
    final boolean executeUnlessClosed(Runnable task) {
        if (state.isClosed()) {
            return false;
        }
        try {
            eventLoop.execute(task);
            return true;
        } catch (RejectedExecutionException terminated) {
            return false;
        }
    }

    // Tasks.

    static String newName() {
        return "Task-" + TASK_NAMES.incrementAndGet();
    }

    /**
     * What {@code awaitable} is, or a task for it that does not run before {@link #start} and inherits from the caller: as
     * {@link Loop#ensureFuture}, for a thread that hands it to the loop.
     */
    @SuppressWarnings("unchecked") // a future only gives results, so one of a subtype serves as one of T
    final <T extends @Nullable Object> Future<T> prepare(Awaitable<? extends T> awaitable) {
        Objects.requireNonNull(awaitable, "awaitable");
        return awaitable instanceof Future<?> future
                ? (Future<T>) future
                : new Task<>((Loop) this, awaitable, newName());
    }

    /** Starts the result of {@link #prepare}, if it is a task of its own. */
    final <T extends @Nullable Object> Future<T> startPrepared(Awaitable<? extends T> awaitable, Future<T> prepared) {
        if (awaitable == prepared) {
            return ((Loop) this).ensureFuture(prepared);
        }
        return start((Task<T>) prepared, eagerStart);
    }

    final <T extends @Nullable Object> Task<T> start(Task<T> task, boolean eagerly) {
        if (!inLoop()) {
            return asMaker(() -> start(task, eagerly));
        }
        debug.created(task);
        tasks.announce(task);
        tasks.add(task);
        if (eagerly && state.isRunning()) {
            startEagerly(task);
        } else {
            task.start();
        }
        return task;
    }

    /** Where the caller cannot be suspended for the first step, there is no such task. */
    private void startEagerly(Task<?> task) {
        try {
            task.startNow();
        } catch (Throwable notStarted) {
            tasks.remove(task);
            throw notStarted;
        }
    }

    final void forget(Task<?> done) {
        tasks.remove(done);
    }

    final void reportDeadlock() {
        state.failRun(new IllegalStateException(
                "deadlock: every task waits, and no timer is pending:\n" + observer.describeTasks((Loop) this)));
    }

    // The pass.

    final void makeReady(ReadyEntry entry) {
        ready.add(entry);
    }

    /** As {@link #makeReady(ReadyEntry)}, for what another thread created at {@code place}. */
    final void makeReady(Handle handle, List<StackTraceElement> place) {
        debug.created(handle, place);
        makeReady(handle);
    }

    final boolean hasWork() {
        return state.isRunning() && (clock.isVirtual() || !ready.isEmpty());
    }

    // Closing.

    final void markClosed() {
        errors.attempt("cannot report unretrieved failures", errors::reportUnretrieved);
        end();
        errors.attempt("cannot drop what was ready as the loop closes", ready::loopClosed);
        timers.loopClosed();
    }

    /** The loop's thread is about to end, as it should or because it failed. None of it keeps the rest from being done. */
    final void end() {
        state.close();
        errors.attempt("cannot shut down the default executor", defaultExecutor::loopClosed);
        signals.loopClosed();
        errors.attempt(
                "cannot fail the CompletableFutures of a loop that ends",
                () -> promises.breakAll(LoopCore::closedError));
        state.failRun(new IllegalStateException("the loop was shut down before its main was done"));
    }

    // Its parts.

    final ReadyQueue ready() {
        return ready;
    }

    final TimerQueue timers() {
        return timers;
    }

    final LoopState state() {
        return state;
    }

    final ThreadsafePromises promises() {
        return promises;
    }

    final TaskList tasks() {
        return tasks;
    }

    final ErrorReporter errors() {
        return errors;
    }

    final DebugMode debug() {
        return debug;
    }

    final LoopWatch watch() {
        return watch;
    }

    final ExternalWork externalWork() {
        return externalWork;
    }

    final DefaultExecutor defaultExecutor() {
        return defaultExecutor;
    }

    final OpenGenerators openGenerators() {
        return openGenerators;
    }

    final Relays relays() {
        return relays;
    }

    @Override
    public final String toString() {
        String now = state.isClosed() ? "closed" : ((Loop) this).isRunning() ? "running" : "stopped";
        return "Loop[" + transport + ", " + now + "]";
    }
}
