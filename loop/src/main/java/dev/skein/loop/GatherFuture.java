package dev.skein.loop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The future that {@code gather} gives: it ends with the results of its children, in the order of the arguments, or with
 * the first failure, and then lets the others go on. A child that is cancelled counts as one that failed. Cancelling it
 * cancels the children, and it is asyncio's in that it then holds the CancelledError as an exception. Loop only.
 */
final class GatherFuture<T extends @Nullable Object> extends Future<List<T>> implements Waiter {
    private final List<Future<T>> children;
    private int pending;
    private boolean cancelRequested;
    private boolean passingOn;

    private GatherFuture(Loop loop, List<Future<T>> children) {
        super(loop);
        this.children = children;
    }

    static <T extends @Nullable Object> Future<List<T>> of(
            Loop loop, Collection<? extends Awaitable<? extends T>> awaitables) {
        List<Future<T>> children = new ArrayList<>(awaitables.size());
        for (Awaitable<? extends T> awaitable : awaitables) {
            children.add(loop.ensureFuture(awaitable));
        }
        GatherFuture<T> outer = new GatherFuture<>(loop, List.copyOf(children));
        outer.watchChildren();
        return outer;
    }

    private void watchChildren() {
        Set<Future<T>> distinct = new LinkedHashSet<>(children);
        pending = distinct.size();
        List<Future<T>> done = new ArrayList<>();
        for (Future<T> child : distinct) {
            child.loop().checkThread();
            child.observe();
            if (child.isPending()) {
                child.addWaiter(this);
            } else {
                done.add(child);
            }
        }
        done.forEach(this::childDone);
        if (children.isEmpty()) {
            setResult(List.of());
        }
    }

    /** A child is done: it is looked at in the next round, as a done callback would. */
    @Override
    @SuppressWarnings("unchecked") // a waiter is only called by what it waits for
    public void futureDone(Future<?> child) {
        loop().callSoon(() -> childDone((Future<T>) child));
    }

    @Override
    public Future<?> awaiter() {
        return this;
    }

    private void childDone(Future<T> child) {
        pending--;
        if (!isPending()) {
            return;
        }
        Throwable failure = child.failure();
        if (failure != null) {
            setException(failure);
        } else if (pending == 0) {
            finishWithResults();
        }
    }

    private void finishWithResults() {
        if (cancelRequested) {
            setException(new CancelledError());
            return;
        }
        List<T> results = new ArrayList<>(children.size());
        for (Future<T> child : children) {
            results.add(child.value());
        }
        setResult(results);
    }

    @Override
    public boolean cancel(@Nullable String message) {
        loop().checkThread();
        if (!isPending()) {
            return false;
        }
        passingOn = true;
        try {
            boolean anyone = false;
            for (Future<T> child : children) {
                anyone |= child.cancel(message);
            }
            cancelRequested |= anyone;
            return anyone;
        } finally {
            passingOn = false;
        }
    }

    @Override
    boolean isPassingOn() {
        return passingOn;
    }

    @Override
    public String toString() {
        return "Gather[" + describeState() + ", children=" + children.size() + "]";
    }
}
