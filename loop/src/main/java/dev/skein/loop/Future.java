package dev.skein.loop;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A result that will be there later, asyncio's {@code Future}: pending until it gets a result or an exception, or is
 * cancelled; then done for ever. {@link Loop#createFuture} makes one.
 *
 * <p>Completing it runs nobody: whoever awaits it and each done callback takes a place in the loop's ready queue, in the
 * order in which they came.
 *
 * <p>Loop only: each method throws {@link WrongThreadException} elsewhere, but for {@link #toCompletableFuture},
 * {@link #loop} and {@link #toString}; once the loop is closed, any thread may read how it ended. An exception that nobody has looked at is reported when the future is collected or
 * its loop closes.
 *
 * @param <T> the type of the result
 */
public sealed class Future<T extends @Nullable Object> implements Awaitable<T>
        permits Task, GatherFuture, ShieldFuture, ForeignFuture, NamedFuture {
    private enum State {
        PENDING,
        CANCELLED,
        FINISHED
    }

    private final Loop loop;

    // Loop only.
    private State state = State.PENDING;
    private @Nullable T result;
    private @Nullable Throwable exception;
    private @Nullable Waiter waiter;
    private @Nullable ArrayList<Waiter> moreWaiters;
    private @Nullable Unobserved unobserved;

    Future(Loop loop) {
        this.loop = loop;
    }

    /**
     * A future of the current loop that ends as {@code stage} does. Cancelling it cancels the stage's
     * {@link CompletionStage#toCompletableFuture}, if it gives one, as asyncio's {@code wrap_future} does.
     *
     * <p>One that nobody waits for any more is free to be collected, though the stage has not ended: the stage keeps one
     * listener for each loop, however many futures have followed it.
     */
    public static <T extends @Nullable Object> Future<T> from(CompletionStage<T> stage) {
        return ForeignFuture.of(Loop.current(), stage);
    }

    /**
     * A future of the current loop that ends as Netty's future does. Cancelling it does not touch Netty's operation, which
     * cannot be taken back: close the channel for that. Netty's future keeps of it what a stage would.
     */
    public static <T extends @Nullable Object> Future<T> from(io.netty.util.concurrent.Future<? extends T> future) {
        return ForeignFuture.of(Loop.current(), future);
    }

    /**
     * Gives the result, suspending the calling coroutine until the future is done; if it is done, at once.
     *
     * @throws CancelledError if the future, or the calling task, is cancelled
     * @throws IllegalStateException outside a coroutine, in a coroutine of another loop, or if a task awaits itself
     * @throws java.io.UncheckedIOException around an IOException
     * @throws java.util.concurrent.CompletionException around any other checked exception. Whatever is unchecked is thrown
     *     as it is; {@link #exception} always gives the original
     */
    @Override
    public T await() {
        Coroutine me = Coroutine.require("await()");
        if (me.loop() != loop) {
            throw new IllegalStateException(
                    this + " belongs to another loop than " + me.task() + ": use runCoroutineThreadsafe to cross");
        }
        if (state == State.PENDING) {
            me.task().waitFor(this, me);
        }
        observe();
        return outcome();
    }

    /** Whether it has a result or an exception, or was cancelled: asyncio's {@code done}. */
    public boolean isDone() {
        loop.checkRead();
        return state != State.PENDING;
    }

    /** Whether it was cancelled. */
    public boolean isCancelled() {
        loop.checkRead();
        return state == State.CANCELLED;
    }

    /**
     * The result of a future that is done; throws what {@link #await} throws if it failed.
     *
     * @throws InvalidStateException if it is not done yet
     * @throws CancelledError if it was cancelled
     */
    public T result() {
        requireDone("result");
        observe();
        return outcome();
    }

    /**
     * The exception of a future that is done, just as it was set, or null if it has a result.
     *
     * @throws InvalidStateException if it is not done yet
     * @throws CancelledError if it was cancelled
     */
    public @Nullable Throwable exception() {
        requireDone("exception");
        observe();
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
        Objects.requireNonNull(failure, "failure");
        requirePending();
        exception = failure;
        if (!isObserved()) {
            watch();
        }
        finish(State.FINISHED);
    }

    /** As {@link #cancel(String)}, without a message. */
    public final boolean cancel() {
        return cancel(null);
    }

    /**
     * Cancels it: whoever awaits it gets a {@link CancelledError} with this message. Of a {@link Task} this is a request
     * that the task may refuse.
     *
     * @return false if it was done already, and nothing happened
     */
    public boolean cancel(@Nullable String message) {
        loop.checkThread();
        if (state != State.PENDING) {
            return false;
        }
        exception = message == null ? null : new CancelledError(message);
        finish(State.CANCELLED);
        return true;
    }

    /**
     * Has {@code callback} called with this future, as a callback of the loop, once it is done; if it is, in the next
     * round. What it throws goes to the loop's exception handler.
     */
    public void addDoneCallback(Consumer<? super Future<T>> callback) {
        loop.checkThread();
        Objects.requireNonNull(callback, "callback");
        observe();
        addWaiter(new DoneCallback<>(loop, callback));
    }

    /** Takes back each registration of this very callback, and gives their number. */
    public int removeDoneCallback(Consumer<? super Future<T>> callback) {
        loop.checkThread();
        return removeWaiters(Objects.requireNonNull(callback, "callback"));
    }

    /** The loop it belongs to, asyncio's {@code get_loop}. On any thread. */
    public final Loop loop() {
        return loop;
    }

    /**
     * A JDK future that ends as this one does; cancelling it asks this one to be cancelled. On any thread.
     *
     * @throws IllegalStateException if the loop is closed
     */
    public CompletableFuture<T> toCompletableFuture() {
        return ForeignFuture.toCompletable(this);
    }

    /**
     * Who awaits it, each once, in the order in which they came: tasks, and futures that wait for others, such as a gather's.
     * None once it is done.
     */
    public final List<Future<?>> awaitedBy() {
        loop.checkRead();
        return awaiters();
    }

    /** As {@link #awaitedBy}, also for a thread that looks from outside at a loop which stands still. */
    final List<Future<?>> awaiters() {
        Set<Future<?>> awaiters = new LinkedHashSet<>();
        Waiter first = waiter;
        if (first != null) {
            addAwaiter(awaiters, first);
        }
        if (moreWaiters != null) {
            moreWaiters.forEach(more -> addAwaiter(awaiters, more));
        }
        return List.copyOf(awaiters);
    }

    private static void addAwaiter(Set<Future<?>> awaiters, Waiter waiter) {
        Future<?> awaiter = waiter.awaiter();
        if (awaiter != null) {
            awaiters.add(awaiter);
        }
    }

    // What the kernel needs.

    final boolean isPending() {
        return state == State.PENDING;
    }

    /** Whether it is passing a request to cancel on to what it waits for, at this moment. */
    boolean isPassingOn() {
        return false;
    }

    void addWaiter(Waiter newcomer) {
        if (state != State.PENDING) {
            newcomer.futureDone(this);
        } else if (waiter == null) {
            waiter = newcomer;
        } else {
            if (moreWaiters == null) {
                moreWaiters = new ArrayList<>(2);
            }
            moreWaiters.add(newcomer);
        }
    }

    /** Takes back each registration of {@code who}: a waiter, or the function of a done callback. */
    int removeWaiters(Object who) {
        int removed = 0;
        if (moreWaiters != null) {
            int before = moreWaiters.size();
            moreWaiters.removeIf(w -> DoneCallback.is(w, who));
            removed = before - moreWaiters.size();
        }
        if (waiter != null && DoneCallback.is(waiter, who)) {
            waiter = moreWaiters == null || moreWaiters.isEmpty() ? null : moreWaiters.removeFirst();
            removed++;
        }
        return removed;
    }

    /** Whether {@code who} was the last that began to wait: for those who must not wait twice for the same future. */
    final boolean isLastWaiter(Waiter who) {
        return (moreWaiters == null || moreWaiters.isEmpty() ? waiter : moreWaiters.getLast()) == who;
    }

    /** Whether somebody waits for it who would be missed if it were dropped. */
    final boolean isAwaited() {
        if (waiter == null || waiter.keeps()) {
            return waiter != null;
        }
        return moreWaiters != null && moreWaiters.stream().anyMatch(Waiter::keeps);
    }

    /** Somebody looks at how this has ended. */
    void observe() {
        if (unobserved != null) {
            unobserved.drop();
            unobserved = null;
        }
    }

    /** Whether somebody who waits for it will look at how it ends. */
    boolean isObserved() {
        if (waiter == null || waiter.observes()) {
            return waiter != null;
        }
        return moreWaiters != null && moreWaiters.stream().anyMatch(Waiter::observes);
    }

    /** Nobody has looked at its failure so far, or who should have is gone. */
    final void watch() {
        if (unobserved == null && exception != null && !(exception instanceof CancelledError)) {
            unobserved = Unobserved.watch(this, exception);
        }
    }

    /** Reports its failure now if nobody has looked at it: who would have is gone. */
    final void reportUnobserved(String message) {
        if (unobserved != null) {
            unobserved.report(message);
            observe();
        }
    }

    /** Ends it as cancelled by this very error, which its awaiters will get. */
    final void finishCancelled(CancelledError error) {
        exception = error;
        finish(State.CANCELLED);
    }

    /** The error of a cancelled future: one, however many ask. */
    final CancelledError cancelledError() {
        if (exception instanceof CancelledError error) {
            return error;
        }
        CancelledError error = new CancelledError();
        exception = error;
        return error;
    }

    /** The exception of a finished future, the error of a cancelled one, or null: without a look at the thread. */
    final @Nullable Throwable failure() {
        return state == State.CANCELLED ? cancelledError() : exception;
    }

    @SuppressWarnings("NullAway") // where T admits null, null is a result
    final T value() {
        return result;
    }

    private void finish(State end) {
        state = end;
        Waiter first = waiter;
        if (first != null) {
            waiter = null;
            first.futureDone(this);
        }
        ArrayList<Waiter> others = moreWaiters;
        if (others != null) {
            moreWaiters = null;
            others.forEach(w -> w.futureDone(this));
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
        loop.checkRead();
        if (state == State.PENDING) {
            throw new InvalidStateException(what + " of a future that is not done: await it first: " + this);
        }
    }

    private void requirePending() {
        loop.checkThread();
        if (state != State.PENDING) {
            throw new InvalidStateException("already done: " + this);
        }
    }

    /** What a report calls it, in a word or two. */
    String toName() {
        return getClass().getSimpleName();
    }

    /** The future whose name says the most where one of those around it is told of: never one that is named after another. */
    Future<?> namesake() {
        return this;
    }

    /** In how many gathers {@link #namesake} has failed, one in another. */
    int gathersAround() {
        return 0;
    }

    /** How it stands, for {@code toString}: pending and who waits, or how it ended. */
    final String describeState() {
        if (state == State.CANCELLED) {
            return "cancelled";
        }
        if (state == State.FINISHED) {
            return exception != null ? "exception=" + Repr.part(this, exception) : "result=" + Repr.part(this, result);
        }
        int waiters = (waiter == null ? 0 : 1) + (moreWaiters == null ? 0 : moreWaiters.size());
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
