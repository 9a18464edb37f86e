package dev.skein.loop.flow;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Future;
import dev.skein.loop.Generator;
import dev.skein.loop.Loop;
import java.util.Objects;
import java.util.concurrent.Flow;

/**
 * Converts between the JDK's {@link Flow.Publisher} and coroutines. Every reactive library converts from and to that
 * interface, for instance Reactor with its {@code JdkFlowAdapter}.
 *
 * {@snippet :
 * Flow.Publisher<String> publisher = Publishers.publisher(out -> out.emit(fetch("news")));
 * try (Generator<String> items = Publishers.items(publisher)) {
 *     for (String item : items) {
 *         process(item); // may await: the publisher sends no more than was requested
 *     }
 * }
 * }
 */
public final class Publishers {
    /** How many items to request ahead, unless the caller says otherwise. */
    private static final int USUAL = 64;

    private Publishers() {}

    /** As {@link #items(Flow.Publisher, int)}, with up to 64 items ahead. */
    public static <T> Generator<T> items(Flow.Publisher<? extends T> publisher) {
        return items(publisher, USUAL);
    }

    /**
     * Returns the items of {@code publisher}, to iterate over in a coroutine. The generator subscribes when the first item is
     * asked for. It cancels the subscription if it is closed, or garbage-collected, before the last item.
     *
     * <p>At most {@code most} items are buffered: the generator requests as many, and half of them again whenever half were
     * taken. If the publisher fails, the iteration throws its exception, as {@link Future#await} describes.
     *
     * @throws IllegalArgumentException if {@code most} is less than 1
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
     * Returns a publisher of the items that {@code body} emits, in the current loop. For each subscriber the body runs anew,
     * in a task of its own. Each {@code emit} returns when the subscriber has requested the next item, so the subscriber also
     * learns of the end then.
     *
     * <p>If the subscriber cancels, the task is cancelled. If the body fails, the subscriber's {@code onError} gets the
     * exception. Any thread may subscribe and use the subscription; the subscriber is called on the loop.
     */
    public static <T> Flow.Publisher<T> publisher(Generator.Body<T> body) {
        Loop loop = Loop.current();
        Objects.requireNonNull(body, "body");
        return subscriber -> FlowSubscription.start(loop, body, subscriber);
    }
}
