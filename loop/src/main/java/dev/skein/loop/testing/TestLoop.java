package dev.skein.loop.testing;

import dev.skein.loop.Action;
import dev.skein.loop.Asyncio;
import dev.skein.loop.Awaitable;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Future;
import dev.skein.loop.Handle;
import dev.skein.loop.Loop;
import dev.skein.loop.LoopOptions;
import dev.skein.loop.Task;
import dev.skein.loop.TimerHandle;
import java.io.Serial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A loop in virtual time, for tests: three hours of sleep pass in a moment. Needs no test framework.
 *
 * {@snippet :
 * try (TestLoop loop = new TestLoop()) {
 *     loop.run(() -> sleep(Duration.ofHours(3)));
 *     assert loop.elapsed().equals(Duration.ofHours(3));
 * }
 * }
 *
 * <p>It is the same loop, with a clock that stands still while there is work and jumps to the next deadline if there is none.
 * While work runs outside (a thread of {@code toThread}, a coroutine blocked in the JDK), the clock runs as real time does.
 * Before a jump the loop waits about 3 ms for bytes that are on their way between sockets. If everything waits and no deadline is
 * set, {@link #run} throws an IllegalStateException that says which task waits for what.
 *
 * <p>With a seed the coroutines run in a random order, the same one for the same seed, and a failure names the seed.
 * {@link LoopOptions#withSeed} says which order is promised nevertheless. {@link #forEachSeed} tries many seeds.
 *
 * <p>Errors that no code awaits are collected. {@link #close} fails with them unless the test has asked for them with
 * {@link #errors}.
 *
 * <p>A plain thread calls its methods, and not two threads at once; {@link #createFuture()}, {@link #callSoon},
 * {@link #callLater} and {@link #callAt} are for coroutines and callbacks of the loop, {@link #settle} and the rest for both.
 */
public final class TestLoop implements AutoCloseable {
    /** The number of errors that a failure shows in full. */
    private static final int ERRORS_TOLD = 10;

    /** The number of tasks that the failure of {@link #settle} shows. */
    private static final int TASKS_TOLD = 10;

    /** A pass of a loop in virtual time is up to 100 rounds: no program that ends up waiting takes that long. */
    private static final int SETTLE_PASSES = 1000;

    private final Loop loop;
    private final Optional<Seed> seed;
    private final List<ErrorContext> errors = new ArrayList<>();
    private boolean errorsSeen;

    /** Creates a loop on the best transport of this machine. */
    public TestLoop() {
        this(options -> options);
    }

    /** Creates a loop with the given {@code options}, in virtual time. */
    public TestLoop(UnaryOperator<LoopOptions> options) {
        LoopOptions chosen = Objects.requireNonNull(options, "options")
                .apply(LoopOptions.defaults())
                .withVirtualTime();
        loop = Asyncio.newEventLoop(o -> chosen);
        seed = chosen.seed().stream().mapToObj(Seed::new).findAny();
    }

    /**
     * Calls {@code test} with a new loop for each seed from 0 to {@code seeds - 1}, and closes the loop: for code that must
     * not depend on the order of coroutines. Stops at the first failure.
     *
     * @throws AssertionError that names the seed, caused by what the test or {@link #close} has thrown
     */
    public static void forEachSeed(int seeds, Consumer<? super TestLoop> test) {
        Objects.requireNonNull(test, "test");
        for (int i = 0; i < seeds; i++) {
            long seed = i;
            try (TestLoop loop = new TestLoop(options -> options.withSeed(seed))) {
                test.accept(loop);
            } catch (Throwable failure) {
                throw new AssertionError("seed " + seed + ": " + failure, failure);
            }
        }
    }

    /** Runs {@code main} until it is done. Other tasks and timers stay for the next run, or end with {@link #close}. */
    public <T extends @Nullable Object> T run(Awaitable<? extends T> main) {
        Objects.requireNonNull(main, "main");
        try {
            return loop.runUntilComplete(() -> {
                loop.setExceptionHandler((of, context) -> errors.add(context));
                return main.await();
            });
        } catch (RuntimeException | Error failure) {
            seed.ifPresent(failure::addSuppressed);
            throw failure;
        }
    }

    /** As {@link #run(Awaitable)}, for a main without a result. */
    public void run(Action main) {
        run(Objects.requireNonNull(main, "main").asAwaitable());
    }

    /**
     * Waits until everything else waits: no callback is ready, no coroutine can run, and no bytes come any more. Time stands
     * still meanwhile; timers are not reached, except those that are due. What works outside, such as a thread of
     * {@code toThread}, is not waited for. Trio's {@code wait_all_tasks_blocked}, kotlinx's {@code runCurrent}.
     *
     * {@snippet :
     * try (TestLoop loop = new TestLoop()) {
     *     loop.run(() -> {
     *         Queue<String> queue = new Queue<>();
     *         createTask(queue::get);
     *         createTask(queue::get);
     *         loop.settle();
     *         assert queue.toString().equals("Queue[size=0, getters=2]");
     *     });
     * }
     * }
     *
     * <p>A coroutine of the loop suspends; it is not one of those that must wait, nor are others that settle. A plain thread,
     * between two runs, runs the loop.
     *
     * @throws IllegalStateException if something is still ready after 1000 passes of the loop, up to 100 rounds each; or in
     *     a callback of the loop
     */
    public void settle() {
        if (loop.eventLoop().inEventLoop()) {
            awaitIdle();
        } else {
            run(this::awaitIdle);
        }
    }

    private void awaitIdle() {
        Future<@Nullable Void> settled = loop.createFuture("TestLoop.settle");
        Handle idle = loop.callWhenIdle(() -> settled.setResult(null));
        endAfter(SETTLE_PASSES, settled);
        try {
            settled.await();
        } finally {
            idle.cancel();
        }
    }

    private void endAfter(int passes, Future<?> settled) {
        loop.callAtPassEnd(() -> {
            if (settled.isDone()) {
                return;
            }
            if (passes > 1) {
                endAfter(passes - 1, settled);
            } else {
                settled.setException(new IllegalStateException("not settled after " + SETTLE_PASSES
                        + " passes: a callback or a task is ready each time. Let it wait for a future or for time."
                        + " Tasks that are not done: " + unfinishedTasks()));
            }
        });
    }

    private String unfinishedTasks() {
        List<Task<?>> tasks = List.copyOf(loop.allTasks());
        int more = tasks.size() - TASKS_TOLD;
        return more > 0 ? tasks.subList(0, TASKS_TOLD) + " and " + more + " more" : tasks.toString();
    }

    // The words of the loop that tests say most.

    /** Creates a pending future of the loop, as {@link Loop#createFuture()}. */
    public <T extends @Nullable Object> Future<T> createFuture() {
        return loop.createFuture();
    }

    /** As {@link #createFuture()}. Reports name the future after the call that awaits it. */
    public <T extends @Nullable Object> Future<T> createFuture(String waitedForBy) {
        return loop.createFuture(waitedForBy);
    }

    /** Schedules {@code callback} for the next round, as {@link Loop#callSoon}. */
    public Handle callSoon(Runnable callback) {
        return loop.callSoon(callback);
    }

    /** Schedules {@code callback} for the time after {@code delay}, as {@link Loop#callLater}. */
    public TimerHandle callLater(Duration delay, Runnable callback) {
        return loop.callLater(delay, callback);
    }

    /** Schedules {@code callback} for {@code when}, in nanoseconds of {@link Loop#time}, as {@link Loop#callAt}. */
    public TimerHandle callAt(long when, Runnable callback) {
        return loop.callAt(when, callback);
    }

    /** Returns the virtual time that has passed since the loop was created. */
    public Duration elapsed() {
        return Duration.ofNanos(loop.time());
    }

    /** Returns the loop itself. */
    public Loop loop() {
        return loop;
    }

    /**
     * Returns the errors so far that no code awaited. A test that calls this expects them, so {@link #close} does not fail.
     */
    public List<ErrorContext> errors() {
        errorsSeen = true;
        return List.copyOf(errors);
    }

    /**
     * Closes the loop, as {@link Loop#close} does.
     *
     * @throws AssertionError if there were errors and the test has not called {@link #errors}
     */
    @Override
    public void close() {
        loop.close();
        if (!errorsSeen && !errors.isEmpty()) {
            int more = errors.size() - ERRORS_TOLD;
            List<ErrorContext> told = more > 0 ? errors.subList(0, ERRORS_TOLD) : errors;
            AssertionError unexpected =
                    new AssertionError("unhandled errors (a test that expects them calls errors()): " + told
                            + (more > 0 ? " and " + more + " more" : ""));
            told.forEach(context -> context.exception().ifPresent(unexpected::addSuppressed));
            seed.ifPresent(unexpected::addSuppressed);
            throw unexpected;
        }
    }

    /** Attached to a failure, so that its report says how to repeat the order. */
    private static final class Seed extends Exception {
        @Serial
        private static final long serialVersionUID = 1;

        Seed(long seed) {
            super("the order was that of seed " + seed + ": new TestLoop(o -> o.withSeed(" + seed + ")) repeats it");
            setStackTrace(new StackTraceElement[0]);
        }
    }
}
