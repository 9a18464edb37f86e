package dev.skein.loop.sync;

import dev.skein.loop.Future;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Items that coroutines of one loop hand each other, oldest first: asyncio's {@code Queue}. {@link #get} waits for an item,
 * {@link #put} for room if there is a capacity. {@link LifoQueue} and {@link PriorityQueue} give them in another order.
 *
 * <p>Waiters are woken in the order in which they came, and then look again, since somebody who did not wait may have been
 * faster. One that was woken and is cancelled then wakes the next; it has not taken or put anything.
 *
 * <p>{@link #taskDone} and {@link #join}: a consumer says when it is done with an item, and whoever joins waits until all
 * are done. {@link #shutdown} is the end: nothing can be put any more, and consumers get what is left, then a
 * {@link QueueShutDownException}.
 *
 * <p>It can be made anywhere, also filled. The first loop that waits for it is its loop from then on: {@code put} and
 * {@code get} in another one throw IllegalStateException, all else that changes it throws {@link WrongThreadException} on
 * another thread. Asking for its size is not checked; another thread sees that of a moment ago. It holds no null.
 *
 * @param <T> the type of the items
 */
public sealed class Queue<T> permits LifoQueue, PriorityQueue {
    private final LoopBinding binding = new LoopBinding();
    private final java.util.Queue<T> items;
    private final int capacity;

    /** Those who wait, without those who were woken. */
    private final Waiters getters = new Waiters();

    private final Waiters putters = new Waiters();

    private final Event finished = new Event("Queue.join");
    private int unfinished;
    private boolean isShutDown;

    /** A queue without a bound: {@link #put} never waits. */
    public Queue() {
        this(0);
    }

    /** A queue for at most {@code capacity} items; zero or less means without a bound. */
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
     * Puts an item; suspends the caller while the queue is full.
     *
     * @throws QueueShutDownException if the queue is shut down, before or meanwhile
     * @throws dev.skein.loop.CancelledError if the caller is cancelled; the item is not in the queue then
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
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
     * Puts an item without waiting.
     *
     * @throws QueueFullException if the queue is full
     * @throws QueueShutDownException if it is shut down
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
            // By a comparator: whoever puts another one has room.
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
     * Takes the next item; suspends the caller while there is none.
     *
     * @throws QueueShutDownException if there is none and the queue is shut down, before or meanwhile
     * @throws dev.skein.loop.CancelledError if the caller is cancelled; no item is lost then
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
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
     * Takes the next item without waiting.
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

    /** Suspends the caller until it is woken; whether there is something for it then is for it to see. */
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

    /** How many items are in it: asyncio's {@code qsize}. */
    public final int size() {
        return items.size();
    }

    /** Whether there is no item in it. */
    public final boolean isEmpty() {
        return items.isEmpty();
    }

    /** Whether there is no room in it. Without a bound there always is. */
    public final boolean isFull() {
        return capacity > 0 && items.size() >= capacity;
    }

    /** The capacity that it was made with, zero or less for none: asyncio's {@code maxsize}. */
    public final int capacity() {
        return capacity;
    }

    /**
     * Says that the work on one item that was taken is done.
     *
     * @throws IllegalStateException if it is said more often than items were put
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
    public final void join() {
        binding.checkLoop(this);
        finished.await();
    }

    /**
     * Ends it: from now on {@code put} throws {@link QueueShutDownException}, also for those who wait to put, and {@code get}
     * does when the items are used up. A second call does nothing.
     */
    public final void shutdown() {
        binding.checkThread();
        isShutDown = true;
        wakeAll(getters);
        wakeAll(putters);
    }

    /**
     * Ends it at once: asyncio's {@code shutdown(immediate=True)}. As {@link #shutdown}, and the items are dropped; they
     * count as done for {@link #join}, those that were taken before do not. It may follow {@code shutdown}.
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
