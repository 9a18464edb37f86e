package dev.skein.loop.flow;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Future;
import dev.skein.loop.Generator;
import dev.skein.loop.Loop;
import java.util.Objects;
import java.util.concurrent.Flow;

/**
 * Streams of others, and coroutines as such streams: {@link Flow.Publisher}, which the JDK has and every reactive library
 * converts from and to. Reactor, for one, with its {@code JdkFlowAdapter}.
 *
 * <pre>{@code
 * try (Generator<Row> rows = Publishers.items(publisher)) {
 *     for (Row row : rows) {
 *         print(row);                  // may await: no more come than were asked for
 *     }
 * }
 * }</pre>
 */
public final class Publishers {
    /** How many items are asked for ahead, unless the caller says otherwise. */
    private static final int USUAL = 64;

    private Publishers() {}

    /** As {@link #items(Flow.Publisher, int)}, with up to 64 items ahead. */
    public static <T> Generator<T> items(Flow.Publisher<? extends T> publisher) {
        return items(publisher, USUAL);
    }

    /**
     * The items of {@code publisher}, to be iterated over in a coroutine. It subscribes when the first is asked for, and
     * cancels when the generator is closed, or collected, before the last.
     *
     * <p>No more than {@code most} items wait to be taken, for as many are asked for and each half of them again when it was
     * taken. What the publisher fails with comes out of the iteration, as {@link Future#await} describes.
     */
    public static <T> Generator<T> items(Flow.Publisher<? extends T> publisher, int most) {
        Objects.requireNonNull(publisher, "publisher");
        if (most < 1) {
            throw new IllegalArgumentException("most < 1: " + most);
        }
        return Asyncio.generator(out -> {
            FlowSubscriber<T> subscriber = new FlowSubscriber<>(most);
            publisher.subscribe(subscriber);
            try {
                while (subscriber.awaitItem()) {
                    out.emit(subscriber.take());
                }
            } finally {
                subscriber.cancel();
            }
        });
    }

    /**
     * A publisher of what {@code body} emits, in the current loop. For each subscriber the body runs anew, in a task of its
     * own, and each {@code emit} returns when the subscriber has asked for the next item; so an end is told then, too.
     *
     * <p>A subscriber's cancel cancels the task. What the body throws, the subscriber gets in {@code onError}. Subscribing and
     * the subscription are for any thread; the subscriber is called on the loop.
     */
    public static <T> Flow.Publisher<T> publisher(Generator.Body<T> body) {
        Loop loop = Loop.current();
        Objects.requireNonNull(body, "body");
        return subscriber -> FlowSubscription.start(loop, body, subscriber);
    }
}
