package dev.skein.loop.sync;

import java.util.ArrayDeque;
import java.util.Collections;

/**
 * A {@link Queue} that gives the newest item first, asyncio's {@code LifoQueue}.
 *
 * @param <T> the type of the items
 */
public final class LifoQueue<T> extends Queue<T> {
    /** A queue without a bound. */
    public LifoQueue() {
        this(0);
    }

    /** A queue for at most {@code capacity} items; zero or less means without a bound. */
    public LifoQueue(int capacity) {
        super(capacity, Collections.asLifoQueue(new ArrayDeque<>()));
    }
}
