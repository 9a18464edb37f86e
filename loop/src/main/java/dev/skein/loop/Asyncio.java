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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * asyncio's functions, for static import: {@code import static dev.skein.loop.Asyncio.*}.
 *
 * <p>All but {@link #run}, {@link #newEventLoop} and {@link #runCoroutineThreadsafe} are for a coroutine or a callback of a
 * loop, and those that suspend ({@code await}, {@code sleep}, {@code yieldNow}, {@code waitUntil}, the iterator of {@code asCompleted}) for a
 * coroutine; elsewhere they throw IllegalStateException.
 */
@SuppressWarnings("varargs") // arrays of arguments are only read
public final class Asyncio {
    private Asyncio() {}

    /**
     * Runs {@code main} as the first coroutine of a new loop, waits for it, and closes the loop: asyncio's {@code run}.
     * Tasks that are left are cancelled and awaited. When the JVM is told to end (Ctrl-C, SIGTERM), main is cancelled, and
     * the JVM waits until the loop has closed.
     *
     * @throws IllegalStateException inside a coroutine or callback: there, await {@code main}, or {@code createTask} it
     * @throws CancelledError if main ended cancelled; otherwise whatever main throws, as {@link Future#await} describes
     */
    public static <T extends @Nullable Object> T run(Awaitable<? extends T> main) {
        return run(main, options -> options);
    }

    /** As {@link #run(Awaitable)}, for a main without a result. */
    public static void run(Action main) {
        run(Objects.requireNonNull(main, "main").asAwaitable());
    }

    /** As {@link #run(Awaitable)}, with a loop that is made as {@code options} say. */
    public static <T extends @Nullable Object> T run(Awaitable<? extends T> main, UnaryOperator<LoopOptions> options) {
        Objects.requireNonNull(main, "main");
        Objects.requireNonNull(options, "options");
        LoopRun.checkOutsideLoops();
        try (Runner runner = new Runner(options)) {
            return runner.run(main);
        }
    }

    /** As {@link #run(Awaitable, UnaryOperator)}, for a main without a result. */
    public static void run(Action main, UnaryOperator<LoopOptions> options) {
        run(Objects.requireNonNull(main, "main").asAwaitable(), options);
    }

    /**
     * A loop to run step by step: {@link Loop#runUntilComplete}, then {@link Loop#close}. One that has run and is never
     * closed keeps its thread, and with it the JVM: make it in a try-with-resources.
     */
    public static Loop newEventLoop() {
        return newEventLoop(options -> options);
    }

    /** As {@link #newEventLoop()}, made as {@code options} say. */
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

    /** The task whose coroutine is calling, or null in a callback. */
    public static @Nullable Task<?> currentTask() {
        Coroutine me = Coroutine.current();
        if (me == null) {
            Loop.current();
            return null;
        }
        return me.task();
    }

    /** The tasks of the current loop that are not done. */
    public static Set<Task<?>> allTasks() {
        return Loop.current().allTasks();
    }

    /**
     * The call graph of the calling task: where it stands, who awaits it, and who awaits those. Empty in a callback, which
     * has no task.
     */
    @Plumbing
    public static Optional<CallGraph> captureCallGraph() {
        return captureCallGraph(options -> options);
    }

    /** As {@link #captureCallGraph()}, as much of it as {@code options} say. */
    @Plumbing
    public static Optional<CallGraph> captureCallGraph(UnaryOperator<CallGraphOptions> options) {
        Objects.requireNonNull(options, "options");
        Task<?> me = currentTask();
        return me == null ? Optional.empty() : Optional.of(CallGraph.of(me, options));
    }

    /** The call graph of {@code future}, a future or task of the current loop. */
    @Plumbing
    public static CallGraph captureCallGraph(Future<?> future) {
        return captureCallGraph(future, options -> options);
    }

    /** As {@link #captureCallGraph(Future)}, as much of it as {@code options} say. */
    @Plumbing
    public static CallGraph captureCallGraph(Future<?> future, UnaryOperator<CallGraphOptions> options) {
        return CallGraph.of(future, options);
    }

    /** Prints the call graph of the calling task to {@code System.out}; nothing in a callback. */
    @Plumbing
    public static void printCallGraph() {
        Task<?> me = currentTask();
        if (me != null) {
            CallGraph.toPrint(me).print(System.out);
        }
    }

    /** Prints the call graph of {@code future} to {@code System.out}; to print elsewhere, {@link CallGraph#print}. */
    @Plumbing
    public static void printCallGraph(Future<?> future) {
        CallGraph.toPrint(future).print(System.out);
    }

    /**
     * Gives the result of {@code awaitable}, asyncio's {@code await}: a lambda runs here, in the caller's task; a future is
     * waited for. What it throws is thrown as {@link Future#await} describes.
     */
    @Plumbing
    public static <T extends @Nullable Object> T await(Awaitable<T> awaitable) {
        return Awaitables.await(awaitable);
    }

    /**
     * Gives the result of Netty's {@code future}. If the caller is cancelled it stops waiting; Netty's operation goes on, so
     * close the channel where that matters.
     */
    @Plumbing
    public static <V extends @Nullable Object> V await(io.netty.util.concurrent.Future<V> future) {
        Coroutine me = Coroutine.require("await()");
        return awaitHere(ForeignFuture.<V>awaited(me.loop(), future));
    }

    /** As {@link #await(io.netty.util.concurrent.Future)}; gives the channel, connected, bound or closed. */
    @Plumbing
    public static Channel await(ChannelFuture future) {
        await((io.netty.util.concurrent.Future<@Nullable Void>) future);
        return future.channel();
    }

    /** Gives the result of a JDK stage. If the caller is cancelled, so is the stage's CompletableFuture, if it gives one. */
    @Plumbing
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        Coroutine me = Coroutine.require("await()");
        return awaitHere(ForeignFuture.awaited(me.loop(), stage));
    }

    /** Nobody else knows this one: if the caller is cancelled, how it ends is the affair of whoever has what it stands for. */
    @Plumbing
    private static <T extends @Nullable Object> T awaitHere(Future<T> ofForeigner) {
        ofForeigner.takeOver();
        return ofForeigner.await();
    }

    /** Suspends the caller for {@code length}; zero or less is {@link #yieldNow}. */
    public static void sleep(Duration length) {
        Objects.requireNonNull(length, "length");
        if (length.isZero() || length.isNegative()) {
            yieldNow();
            return;
        }
        Loop loop = Coroutine.require("sleep()").loop();
        Future<@Nullable Void> over = loop.createFuture("Asyncio.sleep");
        TimerHandle timer = loop.callLater(length, () -> {
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

    /** Lets what is ready have its turn: asyncio's {@code sleep(0)}. */
    public static void yieldNow() {
        Coroutine me = Coroutine.require("yieldNow()");
        me.task().yieldNow(me);
    }

    /**
     * Runs the awaitables together, each lambda as a task of its own: a future of their results, in the order of the
     * arguments. The first failure is its failure, and the others go on. Cancelling it cancels those that are not done. A
     * future that is given twice counts once; a lambda that is given twice runs twice.
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

    /** Nothing to run: a done future of an empty list. */
    public static <T extends @Nullable Object> Future<List<T>> gather() {
        return gather(List.of());
    }

    /**
     * As {@link #gather(Awaitable...)}, but it ends when all are done, in whatever way, with their futures: asyncio's
     * {@code gather(return_exceptions=True)}. It fails only if it is cancelled itself, when all are done.
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

    /** Nothing to run: a done future of an empty list. */
    public static <T extends @Nullable Object> Future<List<Future<T>>> gatherSettled() {
        return gatherSettled(List.of());
    }

    /**
     * A future that ends as {@code awaitable} does, but cancelling it, or who awaits it, leaves {@code awaitable} alone; a
     * lambda runs as a task of its own. One that is done already is given as it is. If the shield was cancelled, a failure
     * that nobody else awaits goes to the loop's exception handler. The end of the loop cancels what is shielded, too.
     */
    public static <T extends @Nullable Object> Future<T> shield(Awaitable<? extends T> awaitable) {
        return ShieldFuture.of(Loop.current(), awaitable);
    }

    /** As {@link #shield(Awaitable)}, for a body without a result. */
    public static Future<@Nullable Void> shield(Action body) {
        return shield(Objects.requireNonNull(body, "body").asAwaitable());
    }

    /**
     * Suspends the caller until enough of {@code futures} are done, asyncio's {@code wait}: it throws nothing of theirs and
     * cancels none, not even if the caller is cancelled. Lambdas are not taken: {@code createTask} them first. Ask each that is
     * done for its result: a failure that nobody asks for is reported.
     *
     * @throws IllegalArgumentException if there are none, or one belongs to another loop
     */
    public static <F extends Future<?>> WaitResult<F> waitUntil(Collection<? extends F> futures, ReturnWhen when) {
        return WaitUntil.call(Objects.requireNonNull(futures, "futures"), when, null);
    }

    /** As {@link #waitUntil(Collection, ReturnWhen)}, but no longer than {@code timeout}; what is not done then is pending. */
    public static <F extends Future<?>> WaitResult<F> waitUntil(
            Collection<? extends F> futures, ReturnWhen when, Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        return WaitUntil.call(Objects.requireNonNull(futures, "futures"), when, timeout);
    }

    /**
     * Runs the awaitables together, each lambda as a task of its own: an iterable of their futures, in the order in which
     * they are done. {@code next} suspends until one more is done, and gives the very future or task that went in; it
     * throws nothing of theirs, and a failure that nobody asks for is reported. There is one sequence: a second iterator goes
     * on where the first stopped.
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

    /** Nothing to run: an empty iterable. */
    public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted() {
        return asCompleted(List.of());
    }

    /**
     * As {@link #asCompleted(Awaitable...)}, but for no longer than {@code timeout}, counted from this call: after that
     * {@code next} throws {@link TimeoutException}, once for each that is not done. None is cancelled.
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
     * Runs {@code body} here, with a group whose tasks end before this returns: asyncio's {@code TaskGroup}. A lambda with
     * braces is told from the form without a result.
     *
     * @return what the body returns; null if {@link TaskGroup#cancel} ended it before that
     * @throws ExceptionGroup of what the body and the tasks threw, if any of them failed
     * @throws CancelledError if the caller was cancelled, once all have ended
     */
    public static <T extends @Nullable Object> T taskGroup(TaskGroup.Body<? extends T> body) {
        return TaskGroup.run(body);
    }

    /** As {@link #taskGroup(TaskGroup.Body)}, for a body without a result. */
    @SuppressWarnings("overloads") // braces tell them apart
    public static void taskGroup(TaskGroup.VoidBody body) {
        Objects.requireNonNull(body, "body");
        TaskGroup.<@Nullable Void>run(group -> {
            body.run(group);
            return null;
        });
    }

    /**
     * Runs {@code body} in the caller's task, which is asked to cancel if that takes longer than {@code length}: asyncio's
     * {@code timeout}. The {@link CancelledError} that then ends the body is thrown as a {@link TimeoutException}; another
     * failure stays what it is, with a TimeoutException among its suppressed ones; a body that returns has returned. If
     * somebody else asked the task to cancel as well, that is what happens.
     *
     * <p>A body that does not await has all the time it takes, also where {@code length} is zero or less.
     *
     * @param length {@link Timeout#NEVER} for no deadline, until the body sets one
     */
    public static <T extends @Nullable Object, X extends Exception> T timeout(Duration length, Timeout.Body<T, X> body)
            throws X {
        return Timeout.run(length, body);
    }

    /** As {@link #timeout(Duration, Timeout.Body)}, for a body without a result. */
    @SuppressWarnings("overloads") // a lambda with braces shows whether it gives a result
    public static <X extends Exception> void timeout(Duration length, Timeout.VoidBody<X> body) throws X {
        Timeout.run(length, Timeout.bodyOf(body));
    }

    /** As {@link #timeout(Duration, Timeout.Body)}, until a moment of {@link Loop#time}: asyncio's {@code timeout_at}. */
    public static <T extends @Nullable Object, X extends Exception> T timeoutAt(long when, Timeout.Body<T, X> body)
            throws X {
        return Timeout.runAt(when, body);
    }

    /** As {@link #timeoutAt(long, Timeout.Body)}, for a body without a result. */
    @SuppressWarnings("overloads") // a lambda with braces shows whether it gives a result
    public static <X extends Exception> void timeoutAt(long when, Timeout.VoidBody<X> body) throws X {
        Timeout.runAt(when, Timeout.bodyOf(body));
    }

    /**
     * Gives the result of {@code awaitable}, as {@link #await(Awaitable)}, but asks the caller's task, and so what it
     * awaits, to cancel if that takes longer than {@code length}: asyncio's {@code wait_for}. It waits until what it
     * cancelled has ended. If that gives a result or fails nevertheless, so does this.
     *
     * <p>With a length of zero or less, a lambda never starts, a future that is done gives its result, and any other is
     * cancelled. {@link Timeout#NEVER} sets no deadline.
     *
     * @throws TimeoutException if it took longer, and ended because of that
     */
    public static <T extends @Nullable Object> T waitFor(Awaitable<T> awaitable, Duration length) {
        return WaitFor.waitFor(awaitable, length);
    }

    /** As {@link #waitFor(Awaitable, Duration)}, for a body without a result. */
    public static void waitFor(Action body, Duration length) {
        waitFor(Objects.requireNonNull(body, "body").asAwaitable(), length);
    }

    /**
     * Runs the first of {@code runners}, and each next one as soon as the one before it has failed, or has run for
     * {@code delay}, until one of them gives a result: that one has won, and the others are cancelled. Returns when all have
     * ended. This is asyncio's {@code staggered_race}, made for connecting to one of several addresses.
     *
     * <p>A runner that cannot do its work must throw; one that is cancelled undoes what it did and throws the
     * {@link CancelledError}. If the caller is cancelled, so are all of them, and the error goes on when they have ended.
     *
     * @param delay {@link Timeout#NEVER} for one after the other
     */
    public static <T extends @Nullable Object> RaceResult<T> staggeredRace(
            Collection<? extends Awaitable<? extends T>> runners, Duration delay) {
        return StaggeredRace.run(runners, delay);
    }

    /**
     * The items that {@code body} emits, for a {@code for} loop in a coroutine: asyncio's async generator. Nothing runs until
     * the first iteration. May be called anywhere; {@link Generator} says who may use it.
     */
    public static <T extends @Nullable Object> Generator<T> generator(Generator.Body<T> body) {
        return new Generator<>(Objects.requireNonNull(body, "body"));
    }

    /**
     * Runs {@code work}, which blocks, in the loop's default executor and gives its result: asyncio's {@code to_thread}. That
     * is a thread of its own, whose inheritable thread-locals are the caller's, unless {@link Loop#setDefaultExecutor} set
     * another. Cancelling the caller does not stop work that has begun.
     */
    public static <T extends @Nullable Object> T toThread(Callable<? extends T> work) {
        Objects.requireNonNull(work, "work");
        Loop loop = Coroutine.require("toThread()").loop();
        return loop.<T>runInExecutor(work).await();
    }

    /**
     * Runs {@code body} as a task of {@code loop}, from any thread. Cancelling the result cancels the task, and the other
     * way round.
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
