package dev.skein.loop;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The result of an asynchronous operation: asyncio's {@code Future}. A future is pending until it is completed with a result
 * or an exception, or cancelled; it never changes after that. {@link Loop#createFuture} creates one.
 *
 * {@snippet :
 * Future<String> answer = Loop.current().createFuture();
 * createTask(() -> answer.setResult(fetch("answer")));
 * IO.println(answer.await());
 * }
 *
 * <p>Completing a future runs no code inline: its waiters and done callbacks are appended to the loop's ready queue, in the
 * order in which they were added.
 *
 * <p>Loop only: each method throws {@link WrongThreadException} elsewhere, except {@link #toCompletableFuture}, {@link #loop}
 * and {@link #toString}. While the loop is paused, the thread that created it may call all methods but {@link #await}. Any
 * thread may read the outcome after the loop has closed.
 *
 * <p>An exception that no code has retrieved is reported when the future is garbage-collected or its loop closes. To retrieve
 * it, await the future, ask for its {@link #result} or {@link #exception}, or do so with a gather or shield that contains it.
 * A done callback that asks for neither does not retrieve it.
 *
 * @param <T> the type of the result
 */
@Plumbing
public sealed class Future<T extends @Nullable Object> extends FutureCore implements Awaitable<T>
        permits Task, CombinedFuture, ForeignFuture, NamedFuture {
    private enum State {
        PENDING,
        CANCELLED,
        FINISHED
    }

    private final Loop loop;

    // Loop only.
    private State state = State.PENDING;
    private @Nullable T result;

    Future(Loop loop) {
        this.loop = loop;
    }

    /**
     * Returns a future of the current loop that completes as {@code stage} does: asyncio's {@code wrap_future}. Cancelling it
     * cancels the stage's {@link CompletionStage#toCompletableFuture}, unless the stage has none. A pending stage does not
     * keep the future alive: it has one listener for each loop.
     */
    public static <T extends @Nullable Object> Future<T> from(CompletionStage<T> stage) {
        return ForeignFuture.of(Loop.current(), stage);
    }

    /**
     * Returns a future of the current loop that completes as Netty's future does. Cancelling it does not cancel Netty's
     * operation: close the channel for that. Netty's future keeps one listener for each loop.
     */
    public static <T extends @Nullable Object> Future<T> from(io.netty.util.concurrent.Future<? extends T> future) {
        return ForeignFuture.of(Loop.current(), future);
    }

    /**
     * Returns the result, suspending the calling coroutine until the future is done.
     *
     * @throws CancelledError if the future, or the calling task, is cancelled
     * @throws IllegalStateException outside a coroutine, in a coroutine of another loop, or if a task awaits itself
     * @throws java.io.UncheckedIOException if the future failed with an IOException, which is the cause
     * @throws java.util.concurrent.CompletionException if the future failed with another checked exception, which is the
     *     cause. An unchecked exception is thrown as it is, and {@link #exception} always returns the original
     */
    @Override
    @Suspends
    public T await() {
        awaitEnd();
        return outcome();
    }

    /** As {@link #await}. */
    @Override
    @Suspends
    public final T call() {
        return await();
    }

    private void awaitEnd() {
        Coroutine me = Coroutine.require("await()");
        if (me.loop() != loop) {
            throw new IllegalStateException(
                    this + " belongs to another loop than " + me.task() + ": use runCoroutineThreadsafe to cross");
        }
        if (state == State.PENDING) {
            me.task().waitFor(this, me);
        }
        markRetrieved();
        if (exception != null && loop.debug().isOn()) {
            AwaitedAt.note(exception, me.task());
        }
    }

    /** Returns whether it has a result or an exception, or was cancelled: asyncio's {@code done}. */
    public boolean isDone() {
        if (!loop.mayRead()) {
            return loop.asMaker(this::isDone);
        }
        return state != State.PENDING;
    }

    /** Returns whether it was cancelled. */
    public boolean isCancelled() {
        if (!loop.mayRead()) {
            return loop.asMaker(this::isCancelled);
        }
        return state == State.CANCELLED;
    }

    /**
     * Returns the result of a future that is done. Throws what {@link #await} throws if it failed.
     *
     * @throws InvalidStateException if it is not done
     * @throws CancelledError if it was cancelled
     */
    public T result() {
        if (!loop.mayRead()) {
            return loop.asMaker(this::result);
        }
        requireDone("result");
        markRetrieved();
        return outcome();
    }

    /**
     * Returns the exception of a future that is done, as it was set, or null if it has a result.
     *
     * @throws InvalidStateException if it is not done
     * @throws CancelledError if it was cancelled
     */
    public @Nullable Throwable exception() {
        if (!loop.mayRead()) {
            return loop.asMaker(this::exception);
        }
        requireDone("exception");
        markRetrieved();
        if (state == State.CANCELLED) {
            throw cancelledError();
        }
        return exception;
    }

    /**
     * Completes it with a result.
     *
     * @throws InvalidStateException if it is done already
     */
    public void setResult(T value) {
        if (!loop.inLoop()) {
            loop.runAsMaker(() -> setResult(value));
            return;
        }
        requirePending();
        result = value;
        finish(State.FINISHED);
    }

    /**
     * Completes it with an exception.
     *
     * @throws InvalidStateException if it is done already
     */
    public void setException(Throwable failure) {
        if (!loop.inLoop()) {
            loop.runAsMaker(() -> setException(failure));
            return;
        }
        Objects.requireNonNull(failure, "failure");
        requirePending();
        exception = failure;
        finish(State.FINISHED);
    }

    /** As {@link #cancel(String)}, without a message. */
    public final boolean cancel() {
        return cancel(null);
    }

    /**
     * Cancels it: code that awaits it gets a {@link CancelledError} with this message. For a {@link Task} this is a request,
     * which the task may refuse. Returns false if it was already done.
     */
    public boolean cancel(@Nullable String message) {
        if (!loop.inLoop()) {
            return loop.asMaker(() -> cancel(message));
        }
        if (state != State.PENDING) {
            return false;
        }
        exception = message == null ? null : new CancelledError(message);
        finish(State.CANCELLED);
        return true;
    }

    /**
     * Schedules {@code callback} with this future once it is done; if it is already done, for the next round. The loop's
     * exception handler gets what the callback throws. A failure counts as retrieved only if the callback asks for it.
     */
    public void addDoneCallback(Consumer<? super Future<T>> callback) {
        if (!loop.inLoop()) {
            loop.runAsMaker(() -> addDoneCallback(callback));
            return;
        }
        Objects.requireNonNull(callback, "callback");
        addWaiter(new DoneCallback<>(loop, callback));
    }

    /** Removes each registration of {@code callback}, and returns their number. */
    public int removeDoneCallback(Consumer<? super Future<T>> callback) {
        if (!loop.inLoop()) {
            return loop.asMaker(() -> removeDoneCallback(callback));
        }
        return removeWaiters(Objects.requireNonNull(callback, "callback"));
    }

    /** Returns the loop that it belongs to: asyncio's {@code get_loop}. Any thread. */
    public final Loop loop() {
        return loop;
    }

    /**
     * Returns a JDK future that completes as this one does. Cancelling that future cancels this one. Any thread.
     *
     * @throws IllegalStateException if the loop is closed
     */
    public CompletableFuture<T> toCompletableFuture() {
        return ForeignFuture.toCompletable(this);
    }

    /**
     * Returns the tasks and futures that await it, each once, in the order in which they began to. Futures that wait for
     * others, such as a gather's, are among them. Empty once it is done.
     */
    public final List<Future<?>> awaitedBy() {
        if (!loop.mayRead()) {
            return loop.asMaker(this::awaitedBy);
        }
        return awaiters();
    }

    // What the kernel needs.

    /** As {@link #await}, but throws a failure just as it was set, which by the caller's types is an X or unchecked. */
    final <X extends Exception> T awaitUnwrapped() throws X {
        awaitEnd();
        return this.<X>outcomeUnwrapped();
    }

    /** As {@link #result}, but throws a failure as {@link #awaitUnwrapped} does. */
    final <X extends Exception> T resultUnwrapped() throws X {
        requireDone("result");
        markRetrieved();
        return this.<X>outcomeUnwrapped();
    }

    private <X extends Exception> T outcomeUnwrapped() throws X {
        Throwable failure = failure();
        if (failure != null) {
            throw Failures.<X>asItIs(failure);
        }
        return value();
    }

    final boolean isPending() {
        return state == State.PENDING;
    }

    /** Its part in {@code request}, new or existing. Null if it waits for nothing, and so passes nothing on. */
    Cancellation.@Nullable Step stepOf(Cancellation request) {
        return null;
    }

    void addWaiter(Waiter newcomer) {
        if (state == State.PENDING) {
            waiter = waiter == null ? newcomer : WaiterList.of(waiter, newcomer);
        } else {
            newcomer.futureDone(this);
        }
    }

    /** Ends it as cancelled by this very error, which its awaiters will get. */
    final void finishCancelled(CancelledError error) {
        exception = error;
        finish(State.CANCELLED);
    }

    /** The error of a cancelled future: the same one at each call. */
    final CancelledError cancelledError() {
        if (exception instanceof CancelledError error) {
            return error;
        }
        CancelledError error = new CancelledError();
        exception = error;
        return error;
    }

    /** The exception of a finished future, the error of a cancelled one, or null. Does not check the thread. */
    final @Nullable Throwable failure() {
        return state == State.CANCELLED ? cancelledError() : exception;
    }

    @SuppressWarnings("NullAway") // where T admits null, null is a result
    final T value() {
        return result;
    }

    /** Sets the state, then tells the waiters, then settles whether to watch the failure: no step fails half-way. */
    private void finish(State end) {
        state = end;
        boolean settled = exception == null;
        Waiter told = waiter;
        if (told != null) {
            waiter = null;
            settled = settled || told.retrieves();
            told.futureDone(this);
        }
        if (!settled) {
            watch();
        }
    }

    private T outcome() {
        Throwable failure = failure();
        if (failure != null) {
            throw Failures.unchecked(failure);
        }
        return value();
    }

    private void requireDone(String what) {
        if (state == State.PENDING) {
            throw new InvalidStateException(what + " of a future that is not done: await it first: " + this);
        }
    }

    private void requirePending() {
        if (state != State.PENDING) {
            throw new InvalidStateException("already done: " + this);
        }
    }

    /** Its name in reports, in a word or two. */
    String toName() {
        return getClass().getSimpleName();
    }

    /** Its state for {@code toString}: pending with its waiters, or its outcome. */
    final String describeState() {
        if (state == State.CANCELLED) {
            return "cancelled";
        }
        if (state == State.FINISHED) {
            return exception != null ? "exception=" + Repr.part(this, exception) : "result=" + Repr.part(this, result);
        }
        int waiters = WaiterList.size(waiter);
        return pendingState() + (waiters == 0 ? "" : ", waiters=" + waiters);
    }

    String pendingState() {
        return "pending";
    }

    @Override
    public String toString() {
        return "Future[" + describeState() + "]";
    }
}
