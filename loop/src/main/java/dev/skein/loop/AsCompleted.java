package dev.skein.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code asCompleted} gives: the futures that went in, in the order in which they are done. There is one sequence; a
 * second iterator continues where the first stopped. Loop only; {@code next} suspends, so it is called in a coroutine.
 *
 * <p>When its time is over it lets go of those that are not done: they continue, and {@code next} throws once for each.
 */
@SuppressWarnings("IterableAndIterator") // one sequence, as asyncio's: a second loop continues where the first stopped
final class AsCompleted<T extends @Nullable Object> implements Iterable<Future<T>>, Iterator<Future<T>>, Waiter {
    private static final int LATE_SHOWN = 3;

    private final ArrayDeque<Future<T>> done = new ArrayDeque<>();
    private final ArrayDeque<Future<@Nullable Void>> waiters = new ArrayDeque<>();
    private final Loop loop;
    private final @Nullable Duration timeout;
    private @Nullable TimerHandle timer;
    private List<Future<T>> members = List.of();
    private int toCome;
    private int toGive;
    private boolean timedOut;

    /** Those that were not done when time was over. */
    private String late = "";

    private AsCompleted(Loop loop, @Nullable Duration timeout) {
        this.loop = loop;
        this.timeout = timeout;
    }

    static <T extends @Nullable Object> AsCompleted<T> of(
            Loop loop, Collection<? extends Awaitable<? extends T>> awaitables, @Nullable Duration timeout) {
        AsCompleted<T> completions = new AsCompleted<>(loop, timeout);
        completions.watch(Awaitables.start(loop, "asCompleted", awaitables));
        return completions;
    }

    private void watch(List<Future<T>> futures) {
        Set<Future<T>> doneBefore = new LinkedHashSet<>();
        for (Future<T> future : futures) {
            boolean given = future.isPending() ? future.isLastWaiter(this) : !doneBefore.add(future);
            if (!given) {
                toCome++;
                future.addWaiter(this);
            }
        }
        toGive = toCome;
        if (timeout != null && toCome > 0) {
            members = futures;
            timer = loop.callLater(timeout, this::timeIsOver);
        }
    }

    /** It comes in the next round, as a done callback would. */
    @Override
    @SuppressWarnings("unchecked") // a waiter is only called by what it waits for
    public void futureDone(Future<?> future) {
        loop.makeReady(new Arrival((Future<T>) future));
    }

    private final class Arrival extends ReadyEntry {
        private final Future<T> future;

        Arrival(Future<T> future) {
            this.future = future;
        }

        @Override
        void takeTurn() {
            if (!timedOut) {
                arrive(future);
            }
        }
    }

    private void arrive(Future<T> future) {
        toCome--;
        done.add(future);
        if (toCome == 0) {
            stopWatching();
        }
        wakeNext();
    }

    private void timeIsOver() {
        timedOut = true;
        late = describeLate();
        members.forEach(future -> future.removeWaiters(this));
        stopWatching();
        for (int left = toCome; left > 0; left--) {
            wakeNext();
        }
    }

    private String describeLate() {
        List<Future<T>> pending =
                members.stream().filter(Future::isPending).distinct().toList();
        String first = pending.stream().limit(LATE_SHOWN).map(Future::toName).collect(Collectors.joining(", "));
        int more = pending.size() - LATE_SHOWN;
        return first + (more > 0 ? " and " + more + " more" : "");
    }

    private void stopWatching() {
        members = List.of();
        if (timer != null) {
            timer.cancel();
        }
    }

    private void wakeNext() {
        dropDone();
        Future<@Nullable Void> waiter = waiters.poll();
        if (waiter != null) {
            waiter.setResult(null);
        }
    }

    /** The waiters that were cancelled, at either end: no search for them, for there can be many. */
    private void dropDone() {
        while (!waiters.isEmpty() && waiters.getFirst().isDone()) {
            waiters.removeFirst();
        }
        while (!waiters.isEmpty() && waiters.getLast().isDone()) {
            waiters.removeLast();
        }
    }

    @Override
    public Iterator<Future<T>> iterator() {
        return this;
    }

    @Override
    public boolean hasNext() {
        loop.checkThread();
        return toGive > 0;
    }

    @Override
    public Future<T> next() {
        loop.checkThread();
        if (toGive == 0) {
            throw new NoSuchElementException("asCompleted: no more futures: all were returned");
        }
        toGive--;
        try {
            while (done.isEmpty() && !timedOut) {
                awaitOne();
            }
        } catch (Throwable notGiven) {
            toGive++;
            throw notGiven;
        }
        if (done.isEmpty()) {
            throw new TimeoutException("asCompleted: " + toCome + " not done within "
                    + Durations.text(Objects.requireNonNull(timeout)) + (late.isEmpty() ? "" : ": " + late));
        }
        return done.remove();
    }

    private void awaitOne() {
        Future<@Nullable Void> waiter = loop.createFuture("asCompleted");
        waiters.add(waiter);
        try {
            waiter.await();
        } catch (Throwable notMine) {
            waiter.cancel();
            dropDone();
            if (!done.isEmpty() && !waiter.isCancelled()) {
                // It was woken for one that it will not take.
                wakeNext();
            }
            throw notMine;
        }
    }
}
