package dev.skein.loop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The future that {@code gather} and {@code gatherSettled} give. Loop only.
 *
 * <p>{@code gather} ends with the results of its children, in the order of the arguments, or with the first failure, and
 * then lets the others continue; a child that is cancelled counts as one that failed. {@code gatherSettled} ends when all are
 * done, with the children themselves. Cancelling either cancels the children, and it is asyncio's in that it then holds
 * the CancelledError as an exception.
 *
 * @param <R> what is in the list: results, or futures that are done
 */
final class GatherFuture<R extends @Nullable Object> extends CombinedFuture<List<R>> {
    /** The number of gathers around a failure that are named. */
    private static final int TOLD = 3;

    private final List<? extends Future<?>> children;
    private final boolean settled;
    private int pending;
    private @Nullable Future<?> failed;
    private int around;
    private boolean retrieved;
    private @Nullable Asked asked;
    private boolean cancelRequested;
    private @Nullable String cancelMessage;

    private GatherFuture(Loop loop, List<? extends Future<?>> children, boolean settled) {
        super(loop);
        this.children = children;
        this.settled = settled;
        loop.debug().created(this);
    }

    static <T extends @Nullable Object> Future<List<T>> of(
            Loop loop, Collection<? extends Awaitable<? extends T>> awaitables) {
        GatherFuture<T> outer = new GatherFuture<>(loop, Awaitables.<T>start(loop, "gather", awaitables), false);
        outer.watchChildren();
        return outer;
    }

    static <T extends @Nullable Object> Future<List<Future<T>>> settled(
            Loop loop, Collection<? extends Awaitable<? extends T>> awaitables) {
        GatherFuture<Future<T>> outer =
                new GatherFuture<>(loop, Awaitables.<T>start(loop, "gatherSettled", awaitables), true);
        outer.watchChildren();
        return outer;
    }

    private void watchChildren() {
        Future<?> firstFailed = null;
        for (Future<?> child : children) {
            if (child.isPending()) {
                if (!child.isLastWaiter(this)) {
                    child.addWaiter(this);
                    pending++;
                }
            } else if (firstFailed == null && decides(child)) {
                firstFailed = child;
            }
        }
        if (firstFailed != null) {
            fail(firstFailed);
        } else if (pending == 0) {
            finish();
        }
    }

    /** Whether this child, which is done, ends the whole at once. */
    private boolean decides(Future<?> child) {
        return !settled && child.failure() != null;
    }

    /** The child that ends the whole does so in the next round, as a done callback would. */
    @Override
    public void futureDone(Future<?> child) {
        pending--;
        if (decides(child)) {
            loop().makeReady(new Decision(child));
        } else if (pending == 0) {
            loop().makeReady(new Decision(null));
        }
    }

    private final class Decision extends ReadyEntry {
        private final @Nullable Future<?> failure;

        Decision(@Nullable Future<?> failure) {
            this.failure = failure;
        }

        @Override
        void takeTurn() {
            if (failure != null) {
                failOrLeave(failure);
            } else if (isPending()) {
                finish();
            }
        }
    }

    private void failOrLeave(Future<?> child) {
        if (isPending()) {
            fail(child);
        } else if (!retrieved) {
            // Another was faster, and this one's failure stays its own.
            child.watch();
        }
    }

    /** The failure is this future's from now on, to be retrieved here. */
    private void fail(Future<?> child) {
        failed = namesakeOf(child);
        around = gathersAround(child) + 1;
        child.takeOver();
        Throwable failure = child.failure();
        if (failure != null) {
            setException(failure);
        }
    }

    @SuppressWarnings("unchecked") // the futures themselves, or their results
    private void finish() {
        if (cancelRequested) {
            setException(cancelMessage == null ? new CancelledError() : new CancelledError(cancelMessage));
            return;
        }
        if (settled) {
            setResult((List<R>) children);
            return;
        }
        List<R> results = new ArrayList<>(children.size());
        for (Future<?> child : children) {
            results.add((R) child.value());
        }
        setResult(results);
    }

    @Override
    public boolean cancel(@Nullable String message) {
        if (!loop().inLoop()) {
            return loop().asMaker(() -> cancel(message));
        }
        return isPending() && new Cancellation(message).ask(this);
    }

    @Override
    Cancellation.Step stepOf(Cancellation request) {
        Asked step = asked;
        if (step == null || step.request != request) {
            step = new Asked(request);
            asked = step;
        }
        return step;
    }

    /** Passes a request to cancel on to each child; it has taken it if one of them has. */
    private final class Asked extends Cancellation.Step {
        private int next;
        private boolean taken;
        private boolean circle;

        Asked(Cancellation request) {
            super(request);
        }

        @Override
        @Nullable
        Future<?> next() {
            return next < children.size() ? children.get(next++) : null;
        }

        @Override
        void hear(Cancellation.Answer answer) {
            taken |= answer == Cancellation.Answer.TAKEN;
            circle |= answer == Cancellation.Answer.CIRCLE;
        }

        @Override
        Cancellation.Answer answer() {
            if (!taken && !circle) {
                return Cancellation.Answer.REFUSED;
            }
            cancelRequested = true;
            cancelMessage = request.message;
            return circle ? Cancellation.Answer.CIRCLE : Cancellation.Answer.TAKEN;
        }
    }

    /** To retrieve this one retrieves the children too, also those that are not done yet. */
    @Override
    List<? extends Future<?>> alsoRetrieved() {
        List<? extends Future<?>> members = retrieved ? List.of() : children;
        retrieved = true;
        return members;
    }

    /** What a child fails with is this one's failure if it is the first; later on it is retrieved if this one has been. */
    @Override
    public boolean retrieves() {
        return retrieved || (isPending() && !settled);
    }

    @Override
    Future<?> namesake() {
        return failed == null ? this : failed;
    }

    @Override
    int gathersAround() {
        return around;
    }

    @Override
    String toName() {
        if (failed == null) {
            return "gather";
        }
        return failed.toName() + " in a gather".repeat(Math.min(around, TOLD)) + (around > TOLD ? " ..." : "");
    }

    @Override
    public String toString() {
        return "Gather[" + describeState() + ", children=" + children.size() + "]";
    }
}
