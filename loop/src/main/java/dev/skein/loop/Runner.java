package dev.skein.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs several mains in one loop, one after the other: asyncio's {@code Runner}. {@link Asyncio#run} is a runner with one
 * main. The loop is created when it is first needed. Tasks and timers that one main leaves continue to run during the next
 * one.
 *
 * {@snippet :
 * try (Runner runner = new Runner()) {
 *     String user = runner.run(() -> fetch("user"));
 *     runner.run(() -> process(user, fetch("news")));
 * }
 * }
 *
 * <p>A main begins with the inheritable thread-locals with which the previous main ended, as the context of asyncio's runner.
 * The first main has those of the thread that first called {@code run}. (A main that is cancelled before its first step hands
 * nothing on: the next one begins as the first one did.)
 *
 * <p>{@link #close} closes the loop. It cancels and awaits the tasks that are left, and their failures go to the loop's
 * exception handler. It closes open generators, and awaits the default executor for at most five minutes.
 *
 * <p>While a runner runs or closes, Ctrl-C cancels main. If main then ends cancelled, and no other code had cancelled it,
 * {@code run} throws a CancelledError that says so. The JVM ends with status 130 when the calling thread has ended, or a
 * moment later if it does not end. If main catches the cancellation and returns, {@code run} returns its result and the
 * program continues. A second Ctrl-C ends the JVM at once.
 *
 * <p>When the JVM is told to end in another way (SIGTERM, {@code System.exit}), main is cancelled as well, and the JVM waits
 * until the loop has closed, at most for its close timeout. A coroutine or a job of {@code toThread} that calls
 * {@code System.exit} itself never ends, nor does a task that awaits it. The JVM does not wait for these, nor for a loop that
 * has run nothing for half a second and has no pending timer. A callback that calls {@code System.exit} blocks the loop, and
 * so does a coroutine in a JVM without the flag; then the other tasks do not end either.
 *
 * <p>For plain threads, one at a time.
 */
@Plumbing
public final class Runner implements AutoCloseable {
    private static final Duration EXECUTOR_LIMIT = Duration.ofMinutes(5);

    private final LoopOptions options;
    private final SigintHandler ctrlC = new SigintHandler();
    private final Thread shutdownHook = new Thread(this::endWithJvm, "skein-shutdown");

    // One thread at a time.
    private @Nullable Loop loop;
    private @Nullable RunnerContext context;
    private boolean closed;
    private boolean jvmEnds;

    // Any thread.
    private volatile @Nullable LoopRun<?> run;

    /** Creates a runner whose loop has the default options. */
    public Runner() {
        this(options -> options);
    }

    /** Creates a runner whose loop has the given {@code options}. */
    public Runner(UnaryOperator<LoopOptions> options) {
        this.options = Objects.requireNonNull(options, "options").apply(LoopOptions.defaults());
    }

    /**
     * Runs {@code main} as a task of the loop until it is done, and returns its result. Blocks the calling thread. If that is
     * interrupted, {@code main} is cancelled and awaited, and the interrupt status is set again.
     *
     * @throws IllegalStateException in a coroutine or callback, if the runner is closed, while another main runs, or if the
     *     loop is stopped before main is done
     * @throws CancelledError if main was cancelled. If main fails, this throws its exception as {@link Future#await}
     *     describes
     * @throws java.util.concurrent.CancellationException if main was cancelled because the calling thread was interrupted
     */
    public <T extends @Nullable Object> T run(Awaitable<? extends T> main) {
        Objects.requireNonNull(main, "main");
        LoopRun.checkOutsideLoops();
        Loop mine = loop();
        RunnerContext kept = context == null ? new RunnerContext(mine) : context;
        context = kept;
        LoopRun<T> now = new LoopRun<>(mine, kept.prepare(main));
        run = now;
        ctrlC.cancels(now);
        try {
            return now.execute();
        } catch (CancelledError cancelled) {
            if (ctrlC.hasCancelledMain() && now.isCancelledOnlyHere()) {
                jvmEnds = true;
                SigintHandler.endJvmAfterCaller();
                throw SigintHandler.error(now);
            }
            throw cancelled;
        } finally {
            ctrlC.remove();
            run = null;
            if (ctrlC.hasCancelledMain() && !now.hasAskedMain()) {
                // It came when main was done already.
                jvmEnds = true;
                SigintHandler.endJvmAfterCaller();
            }
        }
    }

    /** As {@link #run(Awaitable)}, for a main without a result. */
    public void run(Action main) {
        run(Objects.requireNonNull(main, "main").asAwaitable());
    }

    /**
     * Returns the loop, and creates it if there is none yet: asyncio's {@code get_loop}.
     *
     * @throws IllegalStateException if the runner is closed
     */
    public Loop loop() {
        if (closed) {
            throw new IllegalStateException("this Runner is closed: make another one");
        }
        Loop mine = loop;
        if (mine == null) {
            mine = new Loop(options, Inspection.OBSERVER);
            loop = mine;
            addShutdownHook();
        }
        return mine;
    }

    /**
     * Closes the loop, as the class describes, and waits until it is closed. A second call does nothing.
     *
     * @throws IllegalStateException in a coroutine or callback of the loop, or while it runs
     */
    @Override
    @Suspends
    public void close() {
        Loop mine = loop;
        if (mine != null && !closed) {
            mine.defaultExecutor().setJoinLimit(jvmEnds ? options.closeTimeout() : EXECUTOR_LIMIT);
            ctrlC.endsJvm(() -> mine.executeUnlessClosed(mine.eventLoop::leaveExecutor));
            try {
                mine.close();
            } finally {
                ctrlC.remove();
            }
            removeShutdownHook();
        }
        closed = true;
    }

    private void endWithJvm() {
        Loop mine = loop;
        if (mine == null) {
            return;
        }
        ctrlC.jvmEnds();
        if (SystemExitCheck.holds(mine)) {
            return;
        }
        long limit = mine.state().closeTimeoutNanos();
        LoopRun<?> current = run;
        if (current == null || SystemExitCheck.isCalledIn(mine)) {
            mine.eventLoop().shutdownGracefully(0, limit, TimeUnit.NANOSECONDS);
        } else {
            current.cancel("the JVM is shutting down");
        }
        SystemExitCheck.awaitEnd(mine, limit);
    }

    private void addShutdownHook() {
        try {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        } catch (IllegalStateException shuttingDown) {
            // The JVM is ending already: the loop ends with it.
        }
    }

    private void removeShutdownHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is what ends this loop.
        }
    }
}
