package dev.skein.loop.flow;

import dev.skein.loop.Asyncio;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Generator;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One subscription to what a body emits: what {@link Publishers#publisher} makes. The subscriber calls it on any thread. */
final class FlowSubscription<T> implements Flow.Subscription {
    // Set once.
    private final Loop loop;
    private final Generator.Body<T> body;
    private final Flow.Subscriber<? super T> subscriber;

    // Any thread.
    private final AtomicLong demand = new AtomicLong();
    private final Signal more = new Signal("demand of a subscriber");
    private volatile boolean cancelled;

    // Loop only.
    private @Nullable Task<?> task;
    private @Nullable IllegalArgumentException badRequest;

    private FlowSubscription(Loop loop, Generator.Body<T> body, Flow.Subscriber<? super T> subscriber) {
        this.loop = loop;
        this.body = body;
        this.subscriber = subscriber;
    }

    /** Any thread. */
    static <T> void start(Loop loop, Generator.Body<T> body, Flow.Subscriber<? super T> subscriber) {
        FlowSubscription<T> flow = new FlowSubscription<>(loop, body, Objects.requireNonNull(subscriber, "subscriber"));
        try {
            loop.callSoonThreadsafe(flow::begin);
        } catch (IllegalStateException closed) {
            subscriber.onSubscribe(flow);
            subscriber.onError(closed);
        }
    }

    private void begin() {
        task = loop.createTask(this::run);
    }

    private void run() throws Exception {
        subscriber.onSubscribe(this);
        try {
            publish();
        } catch (SubscriberFailed failed) {
            // It is to be treated as cancelled, and its mistake told: this task fails with it.
            throw failed;
        } catch (CancelledError cancellation) {
            if (badRequest != null) {
                subscriber.onError(badRequest);
            } else if (!cancelled) {
                subscriber.onError(new CancellationException("the publisher's task was cancelled"));
            }
            throw cancellation;
        } catch (Throwable failure) {
            if (!cancelled) {
                subscriber.onError(failure);
            }
        }
    }

    private void publish() {
        try (Generator<T> generator = Asyncio.generator(body)) {
            Iterator<T> items = generator.iterator();
            awaitDemand();
            while (!cancelled && items.hasNext()) {
                T item = Objects.requireNonNull(items.next(), "a publisher must not emit null");
                demand.decrementAndGet();
                deliver(item);
                awaitDemand();
            }
        }
        if (!cancelled) {
            subscriber.onComplete();
        }
    }

    private void deliver(T item) {
        if (cancelled) {
            return;
        }
        try {
            subscriber.onNext(item);
        } catch (Throwable mistake) {
            throw new SubscriberFailed(mistake);
        }
    }

    private void awaitDemand() {
        more.awaitUntil(() -> demand.get() > 0);
    }

    // The subscriber's side.

    @Override
    public void request(long count) {
        if (count < 1) {
            onLoop(() -> refuse(count));
        } else if (demand.getAndUpdate(old -> old + count < 0 ? Long.MAX_VALUE : old + count) == 0) {
            more.give();
        }
    }

    /** In a loop that is closed the task has ended. */
    private void onLoop(Runnable change) {
        try {
            loop.callSoonThreadsafe(change);
        } catch (IllegalStateException closed) {
            cancelled = true;
        }
    }

    private void refuse(long count) {
        if (badRequest == null && !cancelled) {
            badRequest = new IllegalArgumentException("request < 1: " + count);
            cancelTask();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        onLoop(this::cancelTask);
    }

    private void cancelTask() {
        if (task != null) {
            task.cancel();
        }
    }

    /** A subscriber has thrown, which it must not. */
    private static final class SubscriberFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SubscriberFailed(Throwable cause) {
            super("a subscriber must not throw", cause);
        }
    }
}
