package dev.skein.loop.sync;

import java.util.ArrayDeque;
import java.util.Collections;

/**
 * A {@link Queue} that returns the newest item first: asyncio's {@code LifoQueue}.
 *
 * {@snippet :
 * Queue<String> stack = new LifoQueue<>();
 * stack.put("bottom");
 * stack.put("top");
 * IO.println(stack.get()); // top
 * }
 *
 * @param <T> the type of the items
 */
public final class LifoQueue<T> extends Queue<T> {
    /** Creates a queue without a bound. */
    public LifoQueue() {
        this(0);
    }

    /** Creates a queue for at most {@code capacity} items. Zero or less means without a bound. */
    public LifoQueue(int capacity) {
        super(capacity, Collections.asLifoQueue(new ArrayDeque<>()));
    }
}
