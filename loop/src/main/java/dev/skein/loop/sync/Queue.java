package dev.skein.loop.sync;

import dev.skein.loop.Future;
import dev.skein.loop.Suspends;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A queue through which coroutines of one loop pass items, oldest first: asyncio's {@code Queue}. {@link #get} waits for an
 * item, and {@link #put} for room if there is a capacity. {@link LifoQueue} and {@link PriorityQueue} have another order.
 *
 * {@snippet :
 * Queue<String> names = new Queue<>(16);
 * createTask(() -> {
 *     while (true) {
 *         process(fetch(names.get()));
 *         names.taskDone();
 *     }
 * }, "consumer");
 * names.put("index");
 * names.join();
 * }
 *
 * <p>Waiters are woken in the order in which they arrived. A woken waiter tests the queue again, since a coroutine that did
 * not wait may have been faster. One that is then cancelled wakes the next one, and has neither taken nor put an item.
 *
 * <p>A consumer calls {@link #taskDone} when it has processed an item, and {@link #join} waits until all items are processed.
 * {@link #shutdown} ends the queue: no more items can be put, and consumers get the rest and then a
 * {@link QueueShutDownException}.
 *
 * <p>A queue can be created, and filled, anywhere. The first loop that waits for it is its loop from then on: {@code put} and
 * {@code get} in another loop throw IllegalStateException, and all other methods that change the queue throw
 * {@link WrongThreadException} on another thread. Any thread may ask for its size, but may see an earlier one. Null elements
 * are not permitted.
 *
 * @param <T> the type of the items
 */
public sealed class Queue<T> permits LifoQueue, PriorityQueue {
    private final LoopBinding binding = new LoopBinding();
    private final java.util.Queue<T> items;
    private final int capacity;

    /** The coroutines that wait, without those that were woken. */
    private final Waiters getters = new Waiters();

    private final Waiters putters = new Waiters();

    private final Event finished = new Event("Queue.join");
    private int unfinished;
    private boolean isShutDown;

    /** Creates a queue without a bound: {@link #put} never waits. */
    public Queue() {
        this(0);
    }

    /** Creates a queue for at most {@code capacity} items. Zero or less means without a bound. */
    public Queue(int capacity) {
        this(capacity, new ArrayDeque<>());
    }

    /** A queue that gives its items in the order of {@code items}. */
    Queue(int capacity, java.util.Queue<T> items) {
        this.capacity = capacity;
        this.items = items;
        finished.set();
    }

    /**
     * Puts an item into the queue, suspending the caller while it is full.
     *
     * @throws QueueShutDownException if the queue is shut down, before or meanwhile
     * @throws dev.skein.loop.CancelledError if the caller is cancelled; the item is not in the queue then
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
    @Suspends
    public final void put(T item) {
        requireItem(item);
        binding.checkLoop(this);
        while (isFull() && !isShutDown) {
            awaitTurn(putters, binding.createFuture(this, "Queue.put"));
        }
        requireNotShutDown();
        add(item);
    }

    /**
     * Puts an item into the queue without waiting.
     *
     * @throws QueueFullException if the queue is full
     * @throws QueueShutDownException if the queue is shut down
     */
    public final void putNowait(T item) {
        requireItem(item);
        binding.checkThread();
        requireNotShutDown();
        if (isFull()) {
            throw new QueueFullException("putNowait() to a full queue: " + this);
        }
        add(item);
    }

    private void requireNotShutDown() {
        if (isShutDown) {
            throw shutDownError("put()");
        }
    }

    private void add(T item) {
        try {
            items.add(item);
        } catch (Throwable refused) {
            // By a comparator: there is room for another one.
            putters.wakeOut();
            throw refused;
        }
        if (unfinished++ == 0) {
            finished.clear();
        }
        getters.wakeOut();
    }

    private static void requireItem(@Nullable Object item) {
        Objects.requireNonNull(item, "a queue does not permit null: put an Optional instead");
    }

    /**
     * Removes and returns the next item, suspending the caller while there is none.
     *
     * @throws QueueShutDownException if there is none and the queue is shut down, before or meanwhile
     * @throws dev.skein.loop.CancelledError if the caller is cancelled; no item is lost then
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
    @Suspends
    public final T get() {
        binding.checkLoop(this);
        while (isEmpty()) {
            if (isShutDown) {
                throw shutDownError("get()");
            }
            awaitTurn(getters, binding.createFuture(this, "Queue.get"));
        }
        return take();
    }

    /**
     * Removes and returns the next item without waiting.
     *
     * @throws QueueEmptyException if there is none
     * @throws QueueShutDownException if there is none and the queue is shut down
     */
    public final T getNowait() {
        binding.checkThread();
        if (!isEmpty()) {
            return take();
        }
        if (isShutDown) {
            throw shutDownError("get()");
        }
        throw new QueueEmptyException("getNowait() from an empty queue: " + this);
    }

    private T take() {
        T item;
        try {
            item = items.remove();
        } catch (Throwable notTaken) {
            // By a comparator: it is still there, for the next one.
            getters.wakeOut();
            throw notTaken;
        }
        putters.wakeOut();
        return item;
    }

    /** Suspends the caller until it is woken. It then has to test the queue itself. */
    private void awaitTurn(Waiters line, Future<@Nullable Void> turn) {
        Waiters.Place place = line.add(turn);
        try {
            turn.await();
        } catch (Throwable notTaken) {
            line.remove(place);
            boolean possible = line == getters ? !isEmpty() : !isFull();
            if (possible && Waiters.wasGranted(turn)) {
                line.wakeOut();
            }
            throw notTaken;
        }
    }

    /** Returns the number of items in it: asyncio's {@code qsize}. */
    public final int size() {
        return items.size();
    }

    /** Returns whether it has no items. */
    public final boolean isEmpty() {
        return items.isEmpty();
    }

    /** Returns whether it has no room. Without a bound this is always false. */
    public final boolean isFull() {
        return capacity > 0 && items.size() >= capacity;
    }

    /** Returns the capacity that it was created with, zero or less for none: asyncio's {@code maxsize}. */
    public final int capacity() {
        return capacity;
    }

    /**
     * Marks one item that was taken as processed: asyncio's {@code task_done}.
     *
     * @throws IllegalStateException if this is called more often than items were put
     */
    public final void taskDone() {
        binding.checkThread();
        if (unfinished == 0) {
            throw new IllegalStateException("taskDone() called more often than items were put: " + this);
        }
        unfinished--;
        finishIfDone();
    }

    private void finishIfDone() {
        if (unfinished == 0) {
            finished.set();
        }
    }

    /** Suspends the caller until {@link #taskDone} was called for each item that was put. */
    @Suspends
    public final void join() {
        binding.checkLoop(this);
        finished.await();
    }

    /**
     * Shuts the queue down: from now on {@code put} throws {@link QueueShutDownException}, also in coroutines that wait to
     * put, and so does {@code get} after the last item. A second call does nothing.
     */
    public final void shutdown() {
        binding.checkThread();
        isShutDown = true;
        wakeAll(getters);
        wakeAll(putters);
    }

    /**
     * Shuts the queue down at once: asyncio's {@code shutdown(immediate=True)}. As {@link #shutdown}, but the items are
     * dropped. They count as processed for {@link #join}; items that were taken before do not. This may follow
     * {@code shutdown}.
     */
    public final void shutdownNow() {
        binding.checkThread();
        unfinished -= Math.min(unfinished, items.size());
        items.clear();
        finishIfDone();
        shutdown();
    }

    private static void wakeAll(Waiters line) {
        while (line.wakeOut()) {
            // One after the other, oldest first.
        }
    }

    private QueueShutDownException shutDownError(String call) {
        return new QueueShutDownException(call + " after the queue was shut down: " + this);
    }

    /** Shows what is not as in a new queue. */
    @Override
    public final String toString() {
        StringBuilder text = new StringBuilder(getClass().getSimpleName());
        text.append("[size=").append(size());
        append(text, "capacity", Math.max(capacity, 0));
        append(text, "getters", getters.size());
        append(text, "putters", putters.size());
        append(text, "unfinished", unfinished);
        return text.append(isShutDown ? ", shut down]" : "]").toString();
    }

    private static void append(StringBuilder text, String name, int number) {
        if (number > 0) {
            text.append(", ").append(name).append('=').append(number);
        }
    }
}
