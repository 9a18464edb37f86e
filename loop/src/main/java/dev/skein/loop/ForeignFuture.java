package dev.skein.loop;

import io.netty.util.concurrent.GenericFutureListener;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A future of the loop for a foreign operation: a JDK stage, a Netty future, work in an executor. It ends on the
 * loop, whatever thread the other ends on. Cancelling it passes the request on, where the other takes one.
 *
 * <p>Once it has ended, it has let go of the other, and the other of it. One that only an await knows listens for itself,
 * since it ends when the await does. One that a program has may just be dropped, so it follows by way of a {@link Relay}.
 */
final class ForeignFuture<T extends @Nullable Object> extends Future<T> {
    /** What it stands for, for descriptions of waits; null once it has let go of that. */
    private @Nullable Object other;

    /** What a cancellation does to the other; null once that is of no use. */
    private @Nullable Runnable cancelOther;

    /** Through which it follows, or null. */
    private @Nullable Relay<T> relay;

    private @Nullable WeakReference<ForeignFuture<T>> weakly;

    /** Whether code waits for it, or none has so far: only then may virtual time wait for the operation. */
    private boolean held = true;

    ForeignFuture(Loop loop, Object other) {
        super(loop);
        this.other = other;
        loop.externalWork().awaits(1);
        loop.debug().created(this);
    }

    /** For any caller: the future may be kept, and it may be dropped. */
    static <T extends @Nullable Object> Future<T> of(Loop loop, CompletionStage<T> stage) {
        Objects.requireNonNull(stage, "stage");
        CompletableFuture<T> other = completableOf(stage);
        ForeignFuture<T> mine = new ForeignFuture<>(loop, stage);
        if (other != null && other.isDone()) {
            other.whenComplete(mine::end);
            return mine;
        }
        mine.cancelOther = other == null ? null : () -> other.cancel(true);
        try {
            if (mine.followsAnew(stage)) {
                stage.whenComplete(mine.requireRelay()::ended);
            }
        } catch (Throwable refused) {
            mine.letGo();
            throw refused;
        }
        return mine;
    }

    /** What a request to cancel is passed on to; null for a stage that gives none, as it may. */
    private static <T extends @Nullable Object> @Nullable CompletableFuture<T> completableOf(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture();
        } catch (UnsupportedOperationException hasNone) {
            return null;
        }
    }

    /** For any caller: the future may be kept, and it may be dropped. */
    static <T extends @Nullable Object> Future<T> of(Loop loop, io.netty.util.concurrent.Future<? extends T> other) {
        Objects.requireNonNull(other, "future");
        ForeignFuture<T> mine = new ForeignFuture<>(loop, other);
        if (other.isDone()) {
            mine.end(other.getNow(), other.cause());
        } else if (mine.followsAnew(other)) {
            other.addListener(mine.requireRelay());
        }
        return mine;
    }

    /** For an await of which no other code knows. */
    static <T extends @Nullable Object> Future<T> awaited(Loop loop, CompletionStage<T> stage) {
        Objects.requireNonNull(stage, "stage");
        CompletableFuture<T> other = completableOf(stage);
        if (other == null || other != stage) {
            // A copy, perhaps: cancelling it would leave a listener with the original.
            return of(loop, stage);
        }
        ForeignFuture<T> mine = new ForeignFuture<>(loop, other);
        mine.cancelOther = () -> other.cancel(true);
        other.whenComplete(mine::endSoon);
        return mine;
    }

    /** For an await of which no other code knows. */
    static <T extends @Nullable Object> Future<T> awaited(
            Loop loop, io.netty.util.concurrent.Future<? extends T> other) {
        Objects.requireNonNull(other, "future");
        ForeignFuture<T> mine = new ForeignFuture<>(loop, other);
        if (other.isDone()) {
            mine.end(other.getNow(), other.cause());
        } else {
            GenericFutureListener<io.netty.util.concurrent.Future<T>> listener =
                    done -> mine.endSoon(done.getNow(), done.cause());
            mine.cancelOther = () -> other.removeListener(listener);
            other.addListener(listener);
        }
        return mine;
    }

    static <T extends @Nullable Object> Future<T> of(Loop loop, Executor executor, Callable<? extends T> work) {
        ExecutorWork<T> other = new ExecutorWork<>(loop, work);
        ForeignFuture<T> mine = new ForeignFuture<>(loop, other);
        mine.cancelOther = other::cancel;
        try {
            other.start(executor, mine);
        } catch (Throwable refused) {
            loop.externalWork().awaits(-1);
            throw refused;
        }
        return mine;
    }

    /** Follows {@code operation}; true if it is the first to, so that its relay must listen there. */
    private boolean followsAnew(Object operation) {
        Relay<T> known = loop().relays().find(operation);
        Relay<T> mine = known == null ? new Relay<>(loop(), operation) : known;
        relay = mine;
        mine.hold(this);
        if (known == null) {
            loop().relays().add(operation, mine);
        }
        return known == null;
    }

    private Relay<T> requireRelay() {
        return Objects.requireNonNull(relay, "relay");
    }

    /** A reference that does not keep it: always the same one. */
    WeakReference<ForeignFuture<T>> weakly() {
        WeakReference<ForeignFuture<T>> mine = weakly;
        if (mine == null) {
            mine = new WeakReference<>(this);
            weakly = mine;
        }
        return mine;
    }

    @Override
    void addWaiter(Waiter newcomer) {
        super.addWaiter(newcomer);
        holdIfAwaited();
    }

    @Override
    int removeWaiters(Object who) {
        int removed = super.removeWaiters(who);
        holdIfAwaited();
        return removed;
    }

    private void holdIfAwaited() {
        Relay<T> through = relay;
        if (through == null || isAwaited() == held) {
            return;
        }
        boolean awaited = !held;
        held = awaited;
        if (awaited) {
            loop().externalWork().awaits(1);
            through.hold(this);
        } else {
            loop().externalWork().awaits(-1);
            through.leave(this);
        }
    }

    /** Lets go of the other, which has ended or is of no interest any more. */
    private void letGo() {
        if (held) {
            loop().externalWork().awaits(-1);
            held = false;
        }
        Relay<T> through = relay;
        relay = null;
        other = null;
        cancelOther = null;
        if (through != null) {
            through.forget(this);
        }
    }

    /** Ends on the loop, from whatever thread. */
    private void endSoon(T value, @Nullable Throwable failure) {
        if (loop().inLoop()) {
            end(value, failure);
        } else {
            loop().executeUnlessClosed(() -> end(value, failure));
        }
    }

    void end(T value, @Nullable Throwable failure) {
        if (!isPending()) {
            return;
        }
        letGo();
        if (failure == null) {
            setResult(value);
            return;
        }
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (cause instanceof CancellationException) {
            super.cancel(Repr.message(cause));
        } else {
            setException(cause);
        }
    }

    @Override
    String toName() {
        Object known = other;
        return known == null ? super.toName() : Repr.of(known);
    }

    @Override
    public boolean cancel(@Nullable String message) {
        if (!loop().inLoop()) {
            return loop().asMaker(() -> cancel(message));
        }
        boolean cancelled = super.cancel(message);
        if (cancelled) {
            Runnable request = cancelOther;
            letGo();
            if (request != null) {
                request.run();
            }
        }
        return cancelled;
    }

    /** The other direction: a JDK future of one of ours, for any thread. */
    static <T extends @Nullable Object> CompletableFuture<T> toCompletable(Future<T> mine) {
        Loop loop = mine.loop();
        CompletableFuture<T> theirs = loop.promises().promise();
        if (loop.inLoop()) {
            link(mine, theirs);
        } else {
            submit(loop, theirs, () -> link(mine, theirs));
        }
        return theirs;
    }

    /** Runs {@code body} as a task of {@code loop}, for any thread. */
    static <T extends @Nullable Object> CompletableFuture<T> run(Awaitable<? extends T> body, Loop loop) {
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(loop, "loop");
        Future<T> mine = loop.prepare(body);
        CompletableFuture<T> theirs = loop.promises().promise();
        submit(loop, theirs, () -> {
            if (!theirs.isCancelled()) {
                link(loop.startPrepared(body, mine), theirs);
            }
        });
        return theirs;
    }

    /** Schedules {@code link} on the loop. */
    private static void submit(Loop loop, CompletableFuture<?> theirs, Runnable link) {
        try {
            loop.callSoonThreadsafe(() -> {
                try {
                    link.run();
                } catch (Throwable failure) {
                    theirs.completeExceptionally(failure);
                    // As asyncio's: it is the loop's affair too that its tasks cannot be made.
                    throw failure;
                }
            });
        } catch (IllegalStateException closed) {
            theirs.completeExceptionally(closed);
            throw closed;
        }
    }

    /** Completes {@code theirs} as {@code mine} does, and passes a cancellation of {@code theirs} to {@code mine}. Loop only. */
    static <T extends @Nullable Object> void link(Future<T> mine, CompletableFuture<T> theirs) {
        Link<T> link = new Link<>(mine, theirs);
        mine.addDoneCallback(link);
        theirs.whenComplete(link::theirsHasEnded);
    }

    /** Between a future of ours and one of the JDK's that ends as it does, or earlier. */
    private static final class Link<T extends @Nullable Object> implements Consumer<Future<T>> {
        private final Future<T> mine;
        private final CompletableFuture<T> theirs;

        /** Written on the loop before it completes theirs, and read there. */
        private boolean mineHasEnded;

        Link(Future<T> mine, CompletableFuture<T> theirs) {
            this.mine = mine;
            this.theirs = theirs;
        }

        @Override
        public void accept(Future<T> done) {
            mineHasEnded = true;
            done.markRetrieved();
            Throwable failure = done.failure();
            if (failure == null) {
                theirs.complete(done.value());
            } else if (failure instanceof CancelledError) {
                theirs.cancel(false);
            } else {
                theirs.completeExceptionally(failure);
            }
        }

        /** Any thread. */
        void theirsHasEnded(T value, @Nullable Throwable failure) {
            Loop loop = mine.loop();
            if (!loop.inLoop()) {
                loop.executeUnlessClosed(this::unlink);
            } else if (!mineHasEnded) {
                unlink();
            }
        }

        private void unlink() {
            if (theirs.isCancelled()) {
                mine.cancel();
            }
            mine.removeDoneCallback(this);
        }
    }
}
