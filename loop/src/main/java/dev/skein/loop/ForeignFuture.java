package dev.skein.loop;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A future of the loop for an operation of somebody else: a JDK stage, a Netty future, work in an executor. It ends on the
 * loop, whatever thread the other ends on. Cancelling it passes the request on, where the other takes one.
 */
final class ForeignFuture<T extends @Nullable Object> extends Future<T> {
    private final Runnable cancelOther;

    private ForeignFuture(Loop loop, Runnable cancelOther) {
        super(loop);
        this.cancelOther = cancelOther;
        loop.outside().awaits(1);
        loop.debug().created(this);
    }

    static <T extends @Nullable Object> Future<T> of(Loop loop, CompletionStage<T> stage) {
        Objects.requireNonNull(stage, "stage");
        ForeignFuture<T> mine = new ForeignFuture<>(loop, cancellationOf(stage));
        try {
            stage.whenComplete((value, failure) -> mine.endSoon(value, failure));
        } catch (Throwable refused) {
            loop.outside().awaits(-1);
            throw refused;
        }
        return mine;
    }

    private static Runnable cancellationOf(CompletionStage<?> stage) {
        try {
            CompletableFuture<?> other = stage.toCompletableFuture();
            return () -> other.cancel(true);
        } catch (UnsupportedOperationException hasNone) {
            // As a stage may: then there is nobody to pass a request to cancel on to.
            return () -> {};
        }
    }

    static <T extends @Nullable Object> Future<T> of(Loop loop, io.netty.util.concurrent.Future<? extends T> other) {
        Objects.requireNonNull(other, "future");
        ForeignFuture<T> mine = new ForeignFuture<>(loop, () -> {});
        if (other.isDone()) {
            mine.end(other.getNow(), other.cause());
        } else {
            other.addListener((io.netty.util.concurrent.Future<T> done) -> mine.endSoon(done.getNow(), done.cause()));
        }
        return mine;
    }

    static <T extends @Nullable Object> Future<T> of(Loop loop, Executor executor, Callable<? extends T> work) {
        ExecutorWork<T> other = new ExecutorWork<>(loop, work);
        ForeignFuture<T> mine = new ForeignFuture<>(loop, other::cancel);
        try {
            other.start(executor, mine);
        } catch (Throwable refused) {
            loop.outside().awaits(-1);
            throw refused;
        }
        return mine;
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
        loop().outside().awaits(-1);
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
    public boolean cancel(@Nullable String message) {
        boolean cancelled = super.cancel(message);
        if (cancelled) {
            loop().outside().awaits(-1);
            cancelOther.run();
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

    /** Has {@code link} called on the loop, in its turn. */
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

    /** Has {@code theirs} end as {@code mine} does, and a cancellation of {@code theirs} ask {@code mine}. Loop only. */
    static <T extends @Nullable Object> void link(Future<T> mine, CompletableFuture<T> theirs) {
        mine.addDoneCallback(done -> {
            Throwable failure = done.failure();
            if (failure == null) {
                theirs.complete(done.value());
            } else if (failure instanceof CancelledError) {
                theirs.cancel(false);
            } else {
                theirs.completeExceptionally(failure);
            }
        });
        theirs.whenComplete((value, failure) -> {
            if (theirs.isCancelled()) {
                mine.loop().executeUnlessClosed(mine::cancel);
            }
        });
    }
}
