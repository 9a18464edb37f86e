package dev.skein.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A loop for several mains, one after the other, asyncio's {@code Runner}; {@link Asyncio#run} is one with a single main.
 * The loop is made when it is first needed, and what a main leaves (tasks, timers) goes on with the next one.
 *
 * <p>The inheritable thread-locals of a main are, as it ends, those with which the next one begins, as the context of
 * asyncio's runner; the first one has those of the thread that called {@code run} first. (A main that was cancelled before
 * its first step hands nothing on: the next begins as the first did.)
 *
 * <p>{@link #close} ends the loop: tasks that are left are cancelled and awaited, and what they throw goes to the loop's
 * exception handler; generators are closed; the default executor is awaited, for five minutes at most.
 *
 * <p>While it runs or closes, Ctrl-C cancels main. If main then ends cancelled, and nobody else had asked it to, {@code run}
 * throws a CancelledError that says so and the JVM ends, with status 130, when the calling thread has ended, or soon; if
 * main catches the cancellation and returns, {@code run} gives its result and the program goes on. A second Ctrl-C ends the
 * JVM at once. When the JVM is told to end in another way (SIGTERM, {@code System.exit}), main is cancelled as well, and
 * the JVM waits until the loop has closed, as long as its close timeout says. A coroutine, or a job of {@code toThread},
 * that calls {@code System.exit} itself never ends, nor does who awaits it: these are not waited for, nor is then a loop in which
 * nothing has moved for half a second and no timer is to come. A callback that calls it holds the loop, and so does, without
 * the JVM flag, a coroutine; then the others do not end either.
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

    /** A runner of a loop with the default options. */
    public Runner() {
        this(options -> options);
    }

    /** A runner of a loop that is made as {@code options} say. */
    public Runner(UnaryOperator<LoopOptions> options) {
        this.options = Objects.requireNonNull(options, "options").apply(LoopOptions.defaults());
    }

    /**
     * Runs {@code main} as a task of the loop until it is done, and gives its result. Blocks the calling thread; if that is
     * interrupted, {@code main} is cancelled and awaited, and the flag is set again.
     *
     * @throws IllegalStateException in a coroutine or callback, when the runner is closed, while another main runs, or if
     *     the loop is stopped before main is done
     * @throws CancelledError if main ended cancelled; otherwise whatever main throws, as {@link Future#await} describes
     * @throws java.util.concurrent.CancellationException if main ended cancelled because the caller was interrupted
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
                throw SigintHandler.error();
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
     * The loop, which is made if it was not: asyncio's {@code get_loop}.
     *
     * @throws IllegalStateException when the runner is closed
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
     * Closes the loop, as the class describes, and waits until it has. A second call does nothing.
     *
     * @throws IllegalStateException in a coroutine or callback of the loop, or while it runs
     */
    @Override
    public void close() {
        Loop mine = loop;
        if (mine != null && !closed) {
            mine.defaultExecutor().setJoinLimit(jvmEnds ? options.closeTimeout() : EXECUTOR_LIMIT);
            ctrlC.endsJvm();
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
