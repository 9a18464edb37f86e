package dev.skein.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The functions of asyncio, for static import: {@code import static dev.skein.loop.Asyncio.*}.
 *
 * {@snippet :
 * run(() -> {
 *     Task<String> user = createTask(() -> fetch("user"));
 *     List<String> pages = gather(() -> fetch("news"), () -> fetch("mail")).await();
 *     IO.println(user.await() + " sees " + pages);
 * });
 * }
 *
 * <p>{@link #run}, {@link #newEventLoop}, {@link #generator} and {@link #runCoroutineThreadsafe} may be called from any
 * thread. All other functions are for the coroutines and callbacks of a loop. Those that suspend ({@code await},
 * {@code sleep}, {@code yieldNow}, {@code waitUntil}, the iterator of {@code asCompleted} and others) are for coroutines
 * only. Called elsewhere, they throw IllegalStateException.
 */
@SuppressWarnings("varargs") // arrays of arguments are only read
public final class Asyncio {
    private Asyncio() {}

    /**
     * Runs {@code main} as the first coroutine of a new loop, waits for it, and closes the loop: asyncio's {@code run}.
     * Cancels and awaits the tasks that are left. When the JVM is told to end (Ctrl-C, SIGTERM), {@code run} cancels main,
     * and the JVM waits until the loop has closed.
     *
     * @throws IllegalStateException in a coroutine or callback: await {@code main} there, or {@code createTask} it
     * @throws CancelledError if main was cancelled. If main fails, {@code run} throws its exception as {@link Future#await}
     *     describes
     */
    public static <T extends @Nullable Object> T run(Awaitable<? extends T> main) {
        return run(main, options -> options);
    }

    /** As {@link #run(Awaitable)}, for a main without a result. */
    public static void run(Action main) {
        run(Objects.requireNonNull(main, "main").asAwaitable());
    }

    /** As {@link #run(Awaitable)}, in a loop with the given {@code options}. */
    public static <T extends @Nullable Object> T run(Awaitable<? extends T> main, UnaryOperator<LoopOptions> options) {
        Objects.requireNonNull(main, "main");
        Objects.requireNonNull(options, "options");
        try (Runner runner = new Runner(options)) {
            return runner.run(main);
        }
    }

    /** As {@link #run(Awaitable, UnaryOperator)}, for a main without a result. */
    public static void run(Action main, UnaryOperator<LoopOptions> options) {
        run(Objects.requireNonNull(main, "main").asAwaitable(), options);
    }

    /**
     * Creates a loop to run step by step, with {@link Loop#runUntilComplete} and then {@link Loop#close}: asyncio's
     * {@code new_event_loop}. Before its first run and between runs, the calling thread may use it, for instance
     * {@link Loop#createTask}. The first use starts a thread of the loop, which keeps the JVM until the loop is closed: create
     * it in a try-with-resources statement.
     */
    public static Loop newEventLoop() {
        return newEventLoop(options -> options);
    }

    /** As {@link #newEventLoop()}, with the given {@code options}. */
    public static Loop newEventLoop(UnaryOperator<LoopOptions> options) {
        return new Loop(Objects.requireNonNull(options, "options").apply(LoopOptions.defaults()), Inspection.OBSERVER);
    }

    /** As {@link Loop#createTask(Awaitable)}, in the current loop. */
    public static <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body) {
        return Loop.current().createTask(body);
    }

    /** As {@link Loop#createTask(Awaitable, String)}, in the current loop. */
    public static <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body, String name) {
        return Loop.current().createTask(body, name);
    }

    /** As {@link Loop#createTask(Action)}, in the current loop. */
    public static Task<@Nullable Void> createTask(Action body) {
        return Loop.current().createTask(body);
    }

    /** As {@link Loop#createTask(Action, String)}, in the current loop. */
    public static Task<@Nullable Void> createTask(Action body, String name) {
        return Loop.current().createTask(body, name);
    }

    /** As {@link Loop#createTask(Awaitable, UnaryOperator)}, in the current loop. */
    public static <T extends @Nullable Object> Task<T> createTask(
            Awaitable<? extends T> body, UnaryOperator<TaskOptions> options) {
        return Loop.current().createTask(body, options);
    }

    /** As {@link Loop#createTask(Action, UnaryOperator)}, in the current loop. */
    public static Task<@Nullable Void> createTask(Action body, UnaryOperator<TaskOptions> options) {
        return Loop.current().createTask(body, options);
    }

    /** As {@link Loop#createFuture()}, in the current loop. */
    public static <T extends @Nullable Object> Future<T> createFuture() {
        return Loop.current().createFuture();
    }

    /** As {@link Loop#createFuture(String)}, in the current loop. */
    public static <T extends @Nullable Object> Future<T> createFuture(String waitedForBy) {
        return Loop.current().createFuture(waitedForBy);
    }

    /** Returns the task that runs the caller, or null in a callback: asyncio's {@code current_task}. */
    public static @Nullable Task<?> currentTask() {
        Coroutine me = Coroutine.current();
        if (me == null) {
            Loop.current();
            return null;
        }
        return me.task();
    }

    /** Returns the tasks of the current loop that are not done: asyncio's {@code all_tasks}. */
    public static Set<Task<?>> allTasks() {
        return Loop.current().allTasks();
    }

    /**
     * Returns the call graph of the calling task: its stack, the tasks and futures that await it, and those that await them.
     * Empty in a callback, which has no task.
     */
    @Plumbing
    public static Optional<CallGraph> captureCallGraph() {
        return captureCallGraph(options -> options);
    }

    /** As {@link #captureCallGraph()}, with stacks cut as {@code options} say. */
    @Plumbing
    public static Optional<CallGraph> captureCallGraph(UnaryOperator<CallGraphOptions> options) {
        Objects.requireNonNull(options, "options");
        Task<?> me = currentTask();
        return me == null ? Optional.empty() : Optional.of(CallGraph.of(me, options));
    }

    /** Returns the call graph of {@code future}, a future or task of the current loop. */
    @Plumbing
    public static CallGraph captureCallGraph(Future<?> future) {
        return captureCallGraph(future, options -> options);
    }

    /** As {@link #captureCallGraph(Future)}, with stacks cut as {@code options} say. */
    @Plumbing
    public static CallGraph captureCallGraph(Future<?> future, UnaryOperator<CallGraphOptions> options) {
        return CallGraph.of(future, options);
    }

    /** Prints the call graph of the calling task to {@code System.out}. Prints nothing in a callback. */
    @Plumbing
    public static void printCallGraph() {
        Task<?> me = currentTask();
        if (me != null) {
            CallGraph.toPrint(me).print(System.out);
        }
    }

    /** Prints the call graph of {@code future} to {@code System.out}. {@link CallGraph#print} prints to another stream. */
    @Plumbing
    public static void printCallGraph(Future<?> future) {
        CallGraph.toPrint(future).print(System.out);
    }

    /**
     * Runs {@code body} here, in the caller's task, and returns its result: asyncio's {@code await} of a coroutine. Throws
     * what the body throws. Takes an {@link Awaitable} too, which throws as {@link Future#await} describes.
     */
    @Plumbing
    @Suspends
    public static <T extends @Nullable Object, X extends Exception> T await(Call<T, X> body) throws X {
        return Awaitables.await(body);
    }

    /** As {@link #await(Call)}, for a body without a result. */
    @Plumbing
    @Suspends
    public static <X extends Exception> void await(VoidCall<X> body) throws X {
        Awaitables.await(Bodies.call(body));
    }

    /**
     * Returns the result of {@code future}, suspending the caller until the future is done: asyncio's {@code await} of a
     * future or task. Throws as {@link Future#await} describes.
     */
    @Plumbing
    @Suspends
    public static <T extends @Nullable Object> T await(Future<T> future) {
        return Objects.requireNonNull(future, "future").await();
    }

    /**
     * Returns the result of Netty's {@code future}, suspending the caller until the future is done. If the caller is
     * cancelled, it stops waiting, but Netty's operation continues: close the channel if it must not.
     */
    @Plumbing
    @Suspends
    public static <V extends @Nullable Object> V await(io.netty.util.concurrent.Future<V> future) {
        Coroutine me = Coroutine.require("await()");
        return awaitHere(ForeignFuture.<V>awaited(me.loop(), future));
    }

    /**
     * As {@link #await(io.netty.util.concurrent.Future)}, and returns the channel, which is now connected, bound or closed.
     */
    @Plumbing
    @Suspends
    public static Channel await(ChannelFuture future) {
        await((io.netty.util.concurrent.Future<@Nullable Void>) future);
        return future.channel();
    }

    /**
     * Returns the result of {@code stage}, suspending the caller until the stage completes. If the caller is cancelled, this
     * cancels the stage's CompletableFuture, unless the stage has none.
     */
    @Plumbing
    @Suspends
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        Coroutine me = Coroutine.require("await()");
        return awaitHere(ForeignFuture.awaited(me.loop(), stage));
    }

    /**
     * Awaits a future that no other code knows. If the caller is cancelled, the outcome is the concern of the code that holds
     * the original future.
     */
    @Plumbing
    private static <T extends @Nullable Object> T awaitHere(Future<T> ofForeigner) {
        ofForeigner.takeOver();
        return ofForeigner.await();
    }

    /** Suspends the caller for {@code length}. If that is zero or negative, this is {@link #yieldNow}. */
    @Suspends
    public static void sleep(Duration length) {
        Objects.requireNonNull(length, "length");
        if (length.isZero() || length.isNegative()) {
            yieldNow();
            return;
        }
        Loop loop = Coroutine.require("sleep()").loop();
        suspendUntil(Durations.later(loop.time(), length), loop, "Asyncio.sleep");
    }

    /** Suspends the caller until {@code when}, a moment of {@link Loop#time}. If that is past, this is {@link #yieldNow}. */
    @Suspends
    public static void sleepUntil(long when) {
        Loop loop = Coroutine.require("sleepUntil()").loop();
        if (when <= loop.time()) {
            yieldNow();
            return;
        }
        suspendUntil(when, loop, "Asyncio.sleepUntil");
    }

    @Plumbing
    private static void suspendUntil(long when, Loop loop, String waitedForBy) {
        Future<@Nullable Void> over = loop.createFuture(waitedForBy);
        TimerHandle timer = loop.callAt(when, () -> {
            if (!over.isDone()) {
                over.setResult(null);
            }
        });
        try {
            over.await();
        } finally {
            timer.cancel();
        }
    }

    /** Suspends the caller for one round, so that everything that is ready can run: asyncio's {@code sleep(0)}. */
    @Suspends
    public static void yieldNow() {
        Coroutine me = Coroutine.require("yieldNow()");
        me.task().yieldNow(me);
    }

    /**
     * Runs the awaitables concurrently, each lambda in a task of its own, and returns a future of their results, in the order
     * of the arguments. The future fails with the first failure, and the others continue to run. Cancelling the future
     * cancels those that are not done. A future that is given twice counts once; a lambda that is given twice runs twice.
     */
    @SafeVarargs
    public static <T extends @Nullable Object> Future<List<T>> gather(Awaitable<? extends T>... awaitables) {
        return gather(Arrays.asList(Objects.requireNonNull(awaitables, "awaitables")));
    }

    /** As {@link #gather(Awaitable...)}. */
    public static <T extends @Nullable Object> Future<List<T>> gather(
            Collection<? extends Awaitable<? extends T>> awaitables) {
        return GatherFuture.of(Loop.current(), Objects.requireNonNull(awaitables, "awaitables"));
    }

    /** As {@link #gather(Awaitable...)}, for bodies without a result. */
    public static Future<List<@Nullable Void>> gather(Action... actions) {
        return gather(asAwaitables(actions));
    }

    /** As {@link #gather(Awaitable...)}, over Netty's futures; to mix them with others, {@link Future#from}. */
    @SafeVarargs
    public static <T extends @Nullable Object> Future<List<T>> gather(
            io.netty.util.concurrent.Future<? extends T>... futures) {
        return gather(fromNetty(futures));
    }

    /** Returns a completed future of an empty list. */
    public static <T extends @Nullable Object> Future<List<T>> gather() {
        return gather(List.of());
    }

    /**
     * As {@link #gather(Awaitable...)}, but completes with the futures themselves when all are done, even if some failed:
     * asyncio's {@code gather(return_exceptions=True)}. It fails only if it is itself cancelled, and then when all are done.
     */
    @SafeVarargs
    public static <T extends @Nullable Object> Future<List<Future<T>>> gatherSettled(
            Awaitable<? extends T>... awaitables) {
        return gatherSettled(Arrays.asList(Objects.requireNonNull(awaitables, "awaitables")));
    }

    /** As {@link #gatherSettled(Awaitable...)}. */
    public static <T extends @Nullable Object> Future<List<Future<T>>> gatherSettled(
            Collection<? extends Awaitable<? extends T>> awaitables) {
        return GatherFuture.settled(Loop.current(), Objects.requireNonNull(awaitables, "awaitables"));
    }

    /** As {@link #gatherSettled(Awaitable...)}, for bodies without a result. */
    public static Future<List<Future<@Nullable Void>>> gatherSettled(Action... actions) {
        return gatherSettled(asAwaitables(actions));
    }

    /** As {@link #gatherSettled(Awaitable...)}, over Netty's futures. */
    @SafeVarargs
    public static <T extends @Nullable Object> Future<List<Future<T>>> gatherSettled(
            io.netty.util.concurrent.Future<? extends T>... futures) {
        return gatherSettled(fromNetty(futures));
    }

    /** Returns a completed future of an empty list. */
    public static <T extends @Nullable Object> Future<List<Future<T>>> gatherSettled() {
        return gatherSettled(List.of());
    }

    /**
     * Returns a future that completes as {@code awaitable} does. Cancelling that future, or a task that awaits it, does not
     * cancel {@code awaitable}: asyncio's {@code shield}. A lambda runs in a task of its own. A future that is already done
     * is returned itself. If the shield was cancelled, a failure that no code retrieves goes to the loop's exception handler.
     * A loop that closes cancels what is shielded, too.
     */
    public static <T extends @Nullable Object> Future<T> shield(Awaitable<? extends T> awaitable) {
        return ShieldFuture.of(Loop.current(), awaitable);
    }

    /** As {@link #shield(Awaitable)}, for a body without a result. */
    public static Future<@Nullable Void> shield(Action body) {
        return shield(Objects.requireNonNull(body, "body").asAwaitable());
    }

    /**
     * Suspends the caller until {@code when} holds for {@code futures}: asyncio's {@code wait}. Throws none of their
     * exceptions, and cancels none of them, even if the caller is cancelled. Takes futures and tasks, but no lambdas:
     * {@code createTask} them first. Retrieve the result of each future that is done, since a failure that no code retrieves
     * is reported.
     *
     * @throws IllegalArgumentException if {@code futures} is empty, or one of them belongs to another loop
     */
    @Suspends
    public static <F extends Future<?>> WaitResult<F> waitUntil(Collection<? extends F> futures, ReturnWhen when) {
        return WaitUntil.call(Objects.requireNonNull(futures, "futures"), when, null);
    }

    /** As {@link #waitUntil(Collection, ReturnWhen)}, but for at most {@code timeout}. The other futures are then pending. */
    @Suspends
    public static <F extends Future<?>> WaitResult<F> waitUntil(
            Collection<? extends F> futures, ReturnWhen when, Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        return WaitUntil.call(Objects.requireNonNull(futures, "futures"), when, timeout);
    }

    /**
     * Runs the awaitables concurrently, each lambda in a task of its own, and returns an iterable of their futures in the
     * order in which they complete. {@code next} suspends the caller until another one is done, and returns the same future
     * or task that was passed in. It throws none of their exceptions, and a failure that no code retrieves is reported. There
     * is one sequence: a second iterator continues where the first one stopped.
     */
    @SafeVarargs
    public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(Awaitable<? extends T>... awaitables) {
        return asCompleted(Arrays.asList(Objects.requireNonNull(awaitables, "awaitables")));
    }

    /** As {@link #asCompleted(Awaitable...)}. */
    public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
            Collection<? extends Awaitable<? extends T>> awaitables) {
        return AsCompleted.of(Loop.current(), Objects.requireNonNull(awaitables, "awaitables"), null);
    }

    /** As {@link #asCompleted(Awaitable...)}, for bodies without a result. */
    public static Iterable<Future<@Nullable Void>> asCompleted(Action... actions) {
        return asCompleted(asAwaitables(actions));
    }

    /** As {@link #asCompleted(Awaitable...)}, over Netty's futures. */
    @SafeVarargs
    public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
            io.netty.util.concurrent.Future<? extends T>... futures) {
        return asCompleted(fromNetty(futures));
    }

    /** Returns an empty iterable. */
    public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted() {
        return asCompleted(List.of());
    }

    /**
     * As {@link #asCompleted(Awaitable...)}, but for at most {@code timeout} from this call. After that {@code next} throws a
     * {@link TimeoutException} once for each future that is not done. None is cancelled.
     */
    @SafeVarargs
    public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
            Duration timeout, Awaitable<? extends T>... awaitables) {
        return asCompleted(timeout, Arrays.asList(Objects.requireNonNull(awaitables, "awaitables")));
    }

    /** As {@link #asCompleted(Duration, Awaitable...)}. */
    public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
            Duration timeout, Collection<? extends Awaitable<? extends T>> awaitables) {
        Objects.requireNonNull(timeout, "timeout");
        return AsCompleted.of(Loop.current(), Objects.requireNonNull(awaitables, "awaitables"), timeout);
    }

    /** As {@link #asCompleted(Duration, Awaitable...)}, for bodies without a result. */
    public static Iterable<Future<@Nullable Void>> asCompleted(Duration timeout, Action... actions) {
        return asCompleted(timeout, asAwaitables(actions));
    }

    /** As {@link #asCompleted(Duration, Awaitable...)}, over Netty's futures. */
    @SafeVarargs
    public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
            Duration timeout, io.netty.util.concurrent.Future<? extends T>... futures) {
        return asCompleted(timeout, fromNetty(futures));
    }

    /**
     * Runs {@code body} in the caller's task, with a group whose tasks end before this method returns: asyncio's
     * {@code TaskGroup}. A body with a result is for {@link #withTaskGroup}.
     *
     * @throws ExceptionGroup with the exceptions of the body and the tasks, if any of them failed
     * @throws CancelledError if the caller was cancelled, after the body and all tasks have ended
     */
    @Suspends
    public static void taskGroup(TaskGroup.VoidBody body) {
        TaskGroup.run(Bodies.inGroup(body));
    }

    /**
     * As {@link #taskGroup}, for a body with a result.
     *
     * @return the result of the body, or null if {@link TaskGroup#cancel} ended the body early
     */
    @Suspends
    public static <T extends @Nullable Object> T withTaskGroup(TaskGroup.Body<? extends T> body) {
        return TaskGroup.run(body);
    }

    /**
     * Runs {@code body} in the caller's task, and cancels the task if the body takes longer than {@code length}: asyncio's
     * {@code timeout}. If the {@link CancelledError} ends the body, this method throws a {@link TimeoutException} instead. If
     * the body fails otherwise, the failure is thrown with a TimeoutException among its suppressed exceptions. If the body
     * returns, its result is returned. If other code cancelled the task as well, the CancelledError is thrown.
     *
     * <p>A body that does not await is never interrupted, even if {@code length} is zero or negative.
     *
     * @param length how long the body may take; {@link Timeout#NEVER} for no deadline
     */
    @Suspends
    public static <T extends @Nullable Object, X extends Exception> T timeout(Duration length, Call<T, X> body)
            throws X {
        return Timeout.run(length, Bodies.inTime(body));
    }

    /** As {@link #timeout(Duration, Call)}, for a body without a result. */
    @Suspends
    public static <X extends Exception> void timeout(Duration length, VoidCall<X> body) throws X {
        Timeout.run(length, Bodies.inTime(body));
    }

    /**
     * As {@link #timeout(Duration, Call)}, for a body without a result that reads the deadline or moves it. One with a
     * result is for {@link #withTimeout}.
     *
     * @param length how long the body may take; {@link Timeout#NEVER} for no deadline until the body sets one
     */
    @Suspends
    public static <X extends Exception> void timeout(Duration length, Timeout.VoidBody<X> body) throws X {
        Timeout.run(length, Bodies.inTime(body));
    }

    /** As {@link #timeout(Duration, Timeout.VoidBody)}, for a body with a result. */
    @Suspends
    public static <T extends @Nullable Object, X extends Exception> T withTimeout(
            Duration length, Timeout.Body<T, X> body) throws X {
        return Timeout.run(length, body);
    }

    /** As {@link #timeout(Duration, Call)}, until a moment of {@link Loop#time}: asyncio's {@code timeout_at}. */
    @Suspends
    public static <T extends @Nullable Object, X extends Exception> T timeoutAt(long when, Call<T, X> body) throws X {
        return Timeout.runAt(when, Bodies.inTime(body));
    }

    /** As {@link #timeoutAt(long, Call)}, for a body without a result. */
    @Suspends
    public static <X extends Exception> void timeoutAt(long when, VoidCall<X> body) throws X {
        Timeout.runAt(when, Bodies.inTime(body));
    }

    /** As {@link #timeout(Duration, Timeout.VoidBody)}, until a moment of {@link Loop#time}. */
    @Suspends
    public static <X extends Exception> void timeoutAt(long when, Timeout.VoidBody<X> body) throws X {
        Timeout.runAt(when, Bodies.inTime(body));
    }

    /** As {@link #withTimeout}, until a moment of {@link Loop#time}. */
    @Suspends
    public static <T extends @Nullable Object, X extends Exception> T withTimeoutAt(long when, Timeout.Body<T, X> body)
            throws X {
        return Timeout.runAt(when, body);
    }

    /**
     * Returns the result of {@code body}, as {@link #await(Call)} does. If that takes longer than {@code length}, cancels the
     * caller's task, and so what the task awaits: asyncio's {@code wait_for}. Waits until the cancelled body has ended. If it
     * returns a result or fails nevertheless, so does this method.
     *
     * <p>If the length is zero or negative, the body never starts. {@link Timeout#NEVER} sets no deadline.
     *
     * @throws TimeoutException if the body took longer, and ended because of that
     */
    @Suspends
    public static <T extends @Nullable Object, X extends Exception> T waitFor(Call<T, X> body, Duration length)
            throws X {
        return WaitFor.waitFor(body, length);
    }

    /** As {@link #waitFor(Call, Duration)}, for a body without a result. */
    @Suspends
    public static <X extends Exception> void waitFor(VoidCall<X> body, Duration length) throws X {
        WaitFor.waitFor(Bodies.call(body), length);
    }

    /**
     * As {@link #waitFor(Call, Duration)}, for a future or task. If the length is zero or negative, a future that is done
     * gives its result, and any other is cancelled. Throws as {@link Future#await} describes.
     */
    @Suspends
    public static <T extends @Nullable Object> T waitFor(Future<T> future, Duration length) {
        return WaitFor.waitFor(future, length);
    }

    /**
     * Starts {@code runners} one after the other until one of them returns a result: asyncio's {@code staggered_race}, for
     * connecting to one of several addresses. The next runner starts as soon as the previous one has failed or has run for
     * {@code delay}. The first result wins, and the other runners are cancelled. Returns after all runners have ended.
     *
     * <p>A runner that cannot do its work must throw. A runner that is cancelled must undo its work and throw the
     * {@link CancelledError}. If the caller is cancelled, so are all runners, and the CancelledError is thrown after they
     * have ended.
     *
     * @param delay how long a runner runs alone; {@link Timeout#NEVER} to start one only when the previous one has failed
     */
    @Suspends
    public static <T extends @Nullable Object> RaceResult<T> staggeredRace(
            Collection<? extends Awaitable<? extends T>> runners, Duration delay) {
        return StaggeredRace.run(runners, delay);
    }

    /**
     * Returns the items that {@code body} emits, for a {@code for} loop in a coroutine: an asynchronous generator of
     * asyncio's. The body starts at the first iteration. May be called from any thread; {@link Generator} says which code may
     * iterate.
     */
    public static <T extends @Nullable Object> Generator<T> generator(Generator.Body<T> body) {
        return new Generator<>(Objects.requireNonNull(body, "body"));
    }

    /**
     * Runs {@code work}, which may block, in the loop's default executor and returns its result: asyncio's {@code to_thread}.
     * Unless {@link Loop#setDefaultExecutor} set another executor, the work runs on a thread of its own, which inherits the
     * caller's inheritable thread-locals. Throws what the work throws. Cancelling the caller does not stop work that has
     * begun.
     */
    @Suspends
    public static <T extends @Nullable Object, X extends Exception> T toThread(Call<T, X> work) throws X {
        Objects.requireNonNull(work, "work");
        Loop loop = Coroutine.require("toThread()").loop();
        if (work instanceof Future) {
            throw new IllegalArgumentException("toThread() of a future, which needs a coroutine: await it: " + work);
        }
        return loop.<T>runInExecutor(work::call).<X>awaitUnwrapped();
    }

    /** As {@link #toThread(Call)}, for work without a result. */
    @Suspends
    public static <X extends Exception> void toThread(VoidCall<X> work) throws X {
        toThread(Bodies.call(Objects.requireNonNull(work, "work")));
    }

    /**
     * Runs {@code body} as a task of {@code loop}. Any thread. Cancelling the returned future cancels the task, and
     * cancelling the task cancels the future.
     *
     * @throws IllegalStateException if the loop is closed
     */
    public static <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
            Awaitable<? extends T> body, Loop loop) {
        return ForeignFuture.run(body, loop);
    }

    /** As {@link #runCoroutineThreadsafe(Awaitable, Loop)}, for a body without a result. */
    public static CompletableFuture<@Nullable Void> runCoroutineThreadsafe(Action body, Loop loop) {
        return runCoroutineThreadsafe(Objects.requireNonNull(body, "body").asAwaitable(), loop);
    }

    private static List<Awaitable<@Nullable Void>> asAwaitables(Action... actions) {
        return Arrays.stream(Awaitables.requireAll("actions", actions))
                .map(Action::asAwaitable)
                .toList();
    }

    @SafeVarargs
    private static <T extends @Nullable Object> List<Future<T>> fromNetty(
            io.netty.util.concurrent.Future<? extends T>... futures) {
        return Arrays.stream(Awaitables.requireAll("futures", futures))
                .map(Future::<T>from)
                .toList();
    }
}
