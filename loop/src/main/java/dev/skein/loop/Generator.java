package dev.skein.loop;

import java.lang.ref.Reference;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The items that a body emits one by one: an asynchronous generator of asyncio's. {@link Asyncio#generator} creates one.
 *
 * {@snippet :
 * Generator<String> pages = generator(out -> {
 *     for (String name : List.of("news", "mail")) {
 *         out.emit(fetch(name)); // may await
 *     }
 * });
 * for (String page : pages) {
 *     IO.println(page);
 * }
 * }
 *
 * <p>When a consumer asks for an item, the body runs up to its next {@code emit}. It runs in the consumer's task:
 * {@code currentTask} in the body is that task, a cancellation of the consumer arrives at the await of the body, and an item
 * is handed over without a round of the loop. What the body throws comes out of the consumer's {@code hasNext} or
 * {@code next}, as {@link Future#await} describes, and ends the generator.
 *
 * <p>The body has a stack, and so a thread, of its own. Its thread-locals are not the consumer's; it inherits those that are
 * inheritable from the first consumer, as they were at the first item. A lock that the consumer holds is not held by the
 * body. If the body acquires a lock that its consumer holds, or a consumer acquires one that the body holds over an
 * {@code emit}, both deadlock, because the JDK's locks are re-entrant in one thread only. The watchdog then logs both stacks.
 *
 * <p>There is one sequence: a second {@link #iterator} continues where the first one stopped, in any task of the same loop.
 * Two consumers at once are refused.
 *
 * <p>To leave a {@code for} loop early does not close the generator; a try-with-resources statement does. The loop closes a
 * generator that is neither exhausted nor closed, in a task of its own, when it is garbage-collected or when the loop closes.
 * A generator whose body refers to it, for instance through a field of the enclosing object, is not collected once it has
 * begun, since the JVM keeps a waiting thread. It stays until it is closed or the loop closes.
 *
 * <p>An {@code emit} suspends the body where it is. One inside {@code timeout} or {@code taskGroup} leaves these open, and
 * they cancel the task in which they began: emit outside of them.
 *
 * <p>For the coroutines of one loop. A generator can be created anywhere, and one that has not begun can be closed anywhere.
 *
 * @param <T> the type of the items, which may be null
 */
@Plumbing
public final class Generator<T extends @Nullable Object> implements Iterable<T>, AutoCloseable {
    private static final AtomicLong NAMES = new AtomicLong();

    /**
     * The code that a generator runs.
     *
     * @param <T> the type of the items
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {
        /** Emits the items to {@code out}, and returns after the last one. It may await. */
        void run(Emitter<T> out) throws Exception;
    }

    /**
     * The object to which a body emits its items.
     *
     * @param <T> the type of the items
     */
    public static final class Emitter<T extends @Nullable Object> {
        private final GeneratorBody<T> body;

        Emitter(GeneratorBody<T> body) {
            this.body = body;
        }

        /**
         * Hands {@code item} to the consumer, as Python's {@code yield} does. Returns when a consumer asks for the next item.
         *
         * @throws GeneratorExit if the generator is closed instead
         * @throws IllegalStateException in any code but the body's own, or while the generator is being closed
         */
        @Suspends
        public void emit(T item) {
            body.emit(item);
        }

        @Override
        public String toString() {
            return "Emitter[" + body + "]";
        }
    }

    private final GeneratorBody<T> body;

    Generator(Body<T> body) {
        this.body = new GeneratorBody<>(body, "Generator-" + NAMES.incrementAndGet());
    }

    /**
     * Returns an iterator over the remaining items. Its methods suspend the caller while the body awaits, and throw what the
     * body throws.
     *
     * <p>They throw IllegalStateException outside a coroutine, in a coroutine of another loop than the first consumer's, and
     * while the body runs for another consumer: asyncio's "asynchronous generator is already running".
     */
    @Override
    public Iterator<T> iterator() {
        return new Items();
    }

    /**
     * Ends the body: asyncio's {@code aclose}. Throws a {@link GeneratorExit} at the {@code emit} where the body waits. Each
     * {@code finally} block runs, and may await. If the body throws another exception, so does this method. A body that has
     * not begun never runs. If the body has ended, this does nothing.
     *
     * @throws IllegalStateException if the body emits while it is being closed; outside a coroutine; while the body runs for
     *     another consumer
     */
    @Override
    @Suspends
    public void close() {
        try {
            body.close();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return "Generator[" + body + "]";
    }

    private final class Items implements Iterator<T> {
        @Override
        public boolean hasNext() {
            try {
                return body.advance(Generator.this);
            } finally {
                Reference.reachabilityFence(Generator.this);
            }
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no more items: " + body + " has ended");
            }
            return body.takeItem();
        }
    }
}
