package dev.skein.loop;

import java.lang.ref.Reference;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The items that a body emits one by one, asyncio's async generator; {@link Asyncio#generator} makes one.
 *
 * <pre>{@code
 * Generator<String> pages(Source source) {
 *     return generator(out -> {
 *         for (String next = source.first(); !next.isEmpty(); next = source.after(next)) {
 *             out.emit(source.read(next));     // may await
 *         }
 *     });
 * }
 * }</pre>
 *
 * <p>The body runs when somebody asks for an item, up to its next {@code emit}, on a stack of its own but in the task of
 * whoever asks: {@code currentTask} in it is the consumer's, a cancellation of the consumer arrives where the body awaits,
 * and handing an item over takes no turn of the loop. It is another thread, though: its thread-locals are not the consumer's
 * (those that inherit are the first consumer's as they were at its first item), and a lock or monitor that the consumer holds
 * is not the body's. A body that takes a lock which its consumer holds, or a consumer that takes one which the body holds over
 * an {@code emit}, waits for ever, for the JDK's locks are re-entrant in one thread only; the watchdog then logs both stacks.
 * What the body throws comes out of the consumer's {@code hasNext} or
 * {@code next}, as {@link Future#await} describes, and that is the end.
 *
 * <p>There is one sequence: a second {@link #iterator} goes on where the first stopped, in whatever task of the same loop.
 * Two consumers at once are refused.
 *
 * <p>A {@code for} that is left early does not close it; try-with-resources does. One that is neither exhausted nor closed
 * is closed by its loop, in a task of its own: when it is collected, or when the loop closes. One whose body knows it, as
 * through a field of the object around both, is not collected once it has begun: the JVM keeps a thread that waits. Close
 * it, or it stays until the loop closes.
 *
 * <p>An {@code emit} leaves the body where it stands, so one inside {@code timeout} or {@code taskGroup} leaves these open,
 * and what they cancel is the task that they began in: emit outside of them.
 *
 * <p>For coroutines, one loop only; but it can be made anywhere, and one that has not begun can be closed anywhere.
 *
 * @param <T> the type of the items; they may be null
 */
@Plumbing
public final class Generator<T extends @Nullable Object> implements Iterable<T>, AutoCloseable {
    private static final AtomicLong NAMES = new AtomicLong();

    /**
     * What a generator runs.
     *
     * @param <T> the type of the items
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {
        /** Emits the items to {@code out}, and returns after the last one. It may await. */
        void run(Emitter<T> out) throws Exception;
    }

    /**
     * Where a body puts its items.
     *
     * @param <T> the type of the items
     */
    public static final class Emitter<T extends @Nullable Object> {
        private final GeneratorBody<T> body;

        Emitter(GeneratorBody<T> body) {
            this.body = body;
        }

        /**
         * Hands {@code item} over, Python's {@code yield}; returns when a consumer asks for the next one.
         *
         * @throws GeneratorExit if the generator is closed instead
         * @throws IllegalStateException in any code but the body's own, or while the generator is being closed
         */
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
     * The items from here on. Its methods suspend the caller while the body awaits, and throw what the body throws.
     *
     * <p>They throw IllegalStateException outside a coroutine, in a coroutine of another loop than the first one's, and while
     * the body runs for somebody else: asyncio's "asynchronous generator is already running".
     */
    @Override
    public Iterator<T> iterator() {
        return new Items();
    }

    /**
     * Ends the body, asyncio's {@code aclose}: where it waits in {@code emit}, a {@link GeneratorExit} is thrown; each
     * {@code finally} runs, and may await. What else the body throws comes out here. One that has not begun never runs; one
     * that has ended stays as it is.
     *
     * @throws IllegalStateException if the body emits meanwhile; outside a coroutine; while the body runs for somebody else
     */
    @Override
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
