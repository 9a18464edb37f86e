package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
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
 * {@link #loop} and {@link #toString}; once the loop is closed, any thread may read how it ended.
 *
 * <p>An exception that nobody has looked at is reported when the future is collected or its loop closes. To look is to
 * await the future, or to ask for its {@link #result} or {@link #exception}, or to do so with a gather or a shield that it is
 * in; a done callback that asks for neither has not looked.
 *
 * @param <T> the type of the result
 */
@Plumbing
public sealed class Future<T extends @Nullable Object> implements Awaitable<T>
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
    private @Nullable Throwable exception;

    /** Who waits for it; a {@link WaiterList} where several do. */
    private @Nullable Waiter waiter;

    /** Reports its failure unless that is retrieved before. */
    private @Nullable UnretrievedFailure unretrieved;

    /** Its failure was retrieved, or is another's to retrieve. */
    private boolean retrieved;

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
        markRetrieved();
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
        markRetrieved();
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
     * round. What it throws goes to the loop's exception handler. It is told that the future is done, and has looked at how
     * only if it asks: a failure that nobody asks for is reported.
     */
    public void addDoneCallback(Consumer<? super Future<T>> callback) {
        loop.checkThread();
        Objects.requireNonNull(callback, "callback");
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
        return WaiterList.awaiters(waiter);
    }

    // What the kernel needs.

    final boolean isPending() {
        return state == State.PENDING;
    }

    /** Its part in {@code request}, as it is or as it begins now; null where it waits for nobody, and passes nothing on. */
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

    /** Takes back each registration of {@code who}: a waiter, or the function of a done callback. */
    int removeWaiters(Object who) {
        if (waiter instanceof WaiterList several) {
            int removed = several.remove(who);
            waiter = several.size() == 0 ? null : several;
            return removed;
        }
        boolean found = waiter != null && WaiterList.keyOf(waiter) == who;
        waiter = found ? null : waiter;
        return found ? 1 : 0;
    }

    /** Whether {@code who} was the last that began to wait: for those who must not wait twice for the same future. */
    final boolean isLastWaiter(Waiter who) {
        return waiter instanceof WaiterList several ? several.isLast(who) : waiter == who;
    }

    /** Whether somebody waits for it who would be missed if it were dropped. */
    final boolean isAwaited() {
        return waiter != null && waiter.keeps();
    }

    /** How this has ended is retrieved, and so is how all those end that it stands for. No recursion: they can be many. */
    final void markRetrieved() {
        takeOver();
        List<? extends Future<?>> members = alsoRetrieved();
        if (!members.isEmpty()) {
            ArrayDeque<Future<?>> left = new ArrayDeque<>(members);
            while (!left.isEmpty()) {
                Future<?> member = left.remove();
                member.takeOver();
                left.addAll(member.alsoRetrieved());
            }
        }
    }

    /** Its own failure, if it has one, is another's affair from now on; not so those of its members, if it has any. */
    final void takeOver() {
        retrieved = true;
        if (unretrieved != null) {
            unretrieved.drop();
            unretrieved = null;
        }
    }

    /** Those that it stands for, which are retrieved with it; when it is called again, none. */
    List<? extends Future<?>> alsoRetrieved() {
        return List.of();
    }

    /** Its failure has not been retrieved so far: it is reported if that stays so. */
    final void watch() {
        if (!retrieved && unretrieved == null && exception != null && !(exception instanceof CancelledError)) {
            unretrieved = UnretrievedFailure.watch(this, exception);
        }
    }

    /** Reports its failure now if it was not retrieved: it will not be any more. */
    final void reportUnretrieved(String message) {
        if (unretrieved != null) {
            unretrieved.report(message);
            takeOver();
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

    /** First it is done, then who waits is told, and at last who looks is settled: nothing of it fails half-way. */
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

    /** How it stands, for {@code toString}: pending and who waits, or how it ended. */
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
