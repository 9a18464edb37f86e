package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code asCompleted} gives: the futures that went in, in the order in which they are done. There is one sequence; a
 * second iterator goes on where the first stopped. Loop only; {@code next} suspends, so it is called in a coroutine.
 */
@SuppressWarnings("IterableAndIterator") // one sequence, as asyncio's: a second loop goes on where the first stopped
final class Completions<T extends @Nullable Object> implements Iterable<Future<T>>, Iterator<Future<T>> {
    private final ArrayDeque<Future<T>> done = new ArrayDeque<>();
    private final ArrayDeque<Future<@Nullable Void>> waiters = new ArrayDeque<>();
    private final Loop loop;
    private int left;

    private Completions(Loop loop) {
        this.loop = loop;
    }

    static <T extends @Nullable Object> Completions<T> of(
            Loop loop, Collection<? extends Awaitable<? extends T>> awaitables) {
        Completions<T> completions = new Completions<>(loop);
        Set<Future<T>> distinct = new LinkedHashSet<>();
        for (Awaitable<? extends T> awaitable : awaitables) {
            distinct.add(loop.ensureFuture(awaitable));
        }
        completions.left = distinct.size();
        distinct.forEach(future -> future.addDoneCallback(completions::add));
        return completions;
    }

    private void add(Future<T> future) {
        done.add(future);
        wakeNext();
    }

    private void wakeNext() {
        Future<@Nullable Void> waiter = waiters.poll();
        while (waiter != null && waiter.isDone()) {
            waiter = waiters.poll();
        }
        if (waiter != null) {
            waiter.setResult(null);
        }
    }

    @Override
    public Iterator<Future<T>> iterator() {
        return this;
    }

    @Override
    public boolean hasNext() {
        loop.checkThread();
        return left > 0;
    }

    @Override
    public Future<T> next() {
        loop.checkThread();
        if (left == 0) {
            throw new NoSuchElementException("asCompleted: all were given");
        }
        left--;
        try {
            while (done.isEmpty()) {
                awaitOne();
            }
        } catch (Throwable notGiven) {
            left++;
            throw notGiven;
        }
        return done.remove();
    }

    private void awaitOne() {
        Future<@Nullable Void> waiter = loop.createFuture();
        waiters.add(waiter);
        try {
            waiter.await();
        } catch (Throwable notMine) {
            waiters.remove(waiter);
            if (!done.isEmpty() && !waiter.isCancelled()) {
                // It was woken for one that it will not take.
                wakeNext();
            }
            throw notMine;
        }
    }
}
