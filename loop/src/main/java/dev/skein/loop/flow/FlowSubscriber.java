package dev.skein.loop.flow;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A subscriber whose items a coroutine takes: what {@link Publishers#items} makes. The publisher calls it on any thread. */
final class FlowSubscriber<T> implements Flow.Subscriber<T> {
    /** The end of the items, in its place behind them; the cause is null where it is a good one. */
    private record End(@Nullable Throwable cause) {}

    private final int most;

    // Any thread.
    private final ConcurrentLinkedQueue<Object> items = new ConcurrentLinkedQueue<>();
    private final Signal more = new Signal("Publishers.items");
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean cancelled;

    // The coroutine only.
    private int taken;

    FlowSubscriber(int most) {
        this.most = most;
    }

    // The publisher's side.

    @Override
    public void onSubscribe(Flow.Subscription given) {
        Objects.requireNonNull(given, "subscription");
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
        add(Objects.requireNonNull(item, "item"));
    }

    @Override
    public void onError(Throwable cause) {
        add(new End(Objects.requireNonNull(cause, "cause")));
    }

    @Override
    public void onComplete() {
        add(new End(null));
    }

    private void add(Object item) {
        items.add(item);
        more.give();
    }

    // The coroutine's side.

    /** Waits for the next item: whether there is one. Throws what the publisher failed with. */
    boolean awaitItem() throws Exception {
        more.awaitUntil(() -> !items.isEmpty());
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
            throw new CompletionException("the publisher failed", end.cause());
        }
        return false;
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

    /** No more are wanted; after the end it does nothing. */
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
