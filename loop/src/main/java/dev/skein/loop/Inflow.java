package dev.skein.loop;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A subscriber whose items a coroutine takes: what {@link Publishers#items} makes. The publisher calls it on any thread. */
final class Inflow<T> implements Flow.Subscriber<T> {
    /** The end of the items, in its place behind them; the cause is null where it is a good one. */
    private record End(@Nullable Throwable cause) {}

    // Set once.
    private final Loop loop;
    private final int most;

    // Any thread.
    private final ConcurrentLinkedQueue<Object> items = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean waiting = new AtomicBoolean();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean cancelled;

    // Loop only.
    private int taken;
    private @Nullable Future<@Nullable Void> more;

    Inflow(Loop loop, int most) {
        this.loop = loop;
        this.most = most;
    }

    // The publisher's side.

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (subscription != null) {
            given.cancel();
            return;
        }
        subscription = given;
        if (cancelled) {
            given.cancel();
        } else {
            given.request(most);
        }
    }

    @Override
    public void onNext(T item) {
        add(item);
    }

    @Override
    public void onError(Throwable cause) {
        add(new End(cause));
    }

    @Override
    public void onComplete() {
        add(new End(null));
    }

    private void add(Object item) {
        items.add(item);
        if (waiting.compareAndSet(true, false) && !loop.executeUnlessClosed(this::wake)) {
            cancel();
        }
    }

    private void wake() {
        Future<@Nullable Void> waiter = more;
        if (waiter != null && !waiter.isDone()) {
            waiter.setResult(null);
        }
    }

    // The coroutine's side.

    /** Waits for the next item: whether there is one. Throws what the publisher failed with. */
    boolean awaitItem() throws Exception {
        while (items.isEmpty()) {
            awaitMore();
        }
        if (!(items.peek() instanceof End end)) {
            return true;
        }
        cancelled = true;
        if (end.cause() instanceof Error error) {
            throw error;
        }
        if (end.cause() instanceof Exception exception) {
            throw exception;
        }
        if (end.cause() != null) {
            throw new CompletionException(Repr.of(end.cause()), end.cause());
        }
        return false;
    }

    private void awaitMore() {
        Future<@Nullable Void> waiter = loop.createFuture("Publishers.items");
        more = waiter;
        waiting.set(true);
        if (!items.isEmpty()) {
            // It came just before.
            waiting.set(false);
            return;
        }
        loop.outside().awaits(1);
        try {
            waiter.await();
        } finally {
            loop.outside().awaits(-1);
            waiting.set(false);
            more = null;
        }
    }

    /** The item that {@link #awaitItem} has found. */
    @SuppressWarnings("unchecked") // only items and an End are in it
    T take() {
        T item = (T) items.remove();
        taken++;
        Flow.Subscription publisher = subscription;
        if (taken >= (most + 1) / 2 && publisher != null) {
            int again = taken;
            taken = 0;
            publisher.request(again);
        }
        return item;
    }

    /** No more are wanted. Any thread; after the end it does nothing. */
    void cancel() {
        Flow.Subscription publisher = subscription;
        if (!cancelled) {
            cancelled = true;
            if (publisher != null) {
                publisher.cancel();
            }
        }
    }
}
