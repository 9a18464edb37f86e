package dev.skein.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A race under way: a chain of tasks, each of which waits for its turn, adds the next task, and runs its runner. The last
 * one finds no runner left. Loop only.
 */
final class StaggeredRace<T extends @Nullable Object> implements Waiter {
    private final Loop loop;
    private final Task<?> parent;
    private final List<Awaitable<? extends T>> runners;
    private final Duration delay;

    private final Set<Task<?>> running = new LinkedHashSet<>();
    private final List<@Nullable Throwable> exceptions = new ArrayList<>();
    private final List<Throwable> broken = new ArrayList<>();
    private OptionalInt winner = OptionalInt.empty();
    private @Nullable T result;
    private @Nullable Future<@Nullable Void> allEnded;

    private StaggeredRace(Coroutine me, Collection<? extends Awaitable<? extends T>> runners, Duration delay) {
        this.loop = me.loop();
        this.parent = me.task();
        this.runners = List.copyOf(runners);
        this.delay = delay;
    }

    static <T extends @Nullable Object> RaceResult<T> run(
            Collection<? extends Awaitable<? extends T>> runners, Duration delay) {
        Coroutine me = Coroutine.require("staggeredRace()");
        Objects.requireNonNull(delay, "delay");
        int index = 0;
        Objects.requireNonNull(runners, "runners");
        for (Awaitable<? extends T> runner : runners) {
            Objects.requireNonNull(runner, "runner " + index);
            index++;
        }
        return new StaggeredRace<T>(me, runners, delay).run();
    }

    private RaceResult<T> run() {
        addTask(null);
        CancelledError cancelled = null;
        while (!running.isEmpty()) {
            try {
                awaitAll();
            } catch (CancelledError e) {
                cancelled = e;
                cancel(running, e.getMessage());
            } catch (Throwable cannotWait) {
                cancel(running, null);
                broken.forEach(cannotWait::addSuppressed);
                throw cannotWait;
            }
        }
        if (!broken.isEmpty()) {
            throw new ExceptionGroup("staggeredRace failed", broken);
        }
        if (cancelled != null) {
            throw cancelled;
        }
        return new RaceResult<>(result, winner, exceptions);
    }

    private void awaitAll() {
        Future<@Nullable Void> ended = loop.createFuture("staggeredRace");
        allEnded = ended;
        try {
            ended.await();
        } finally {
            allEnded = null;
        }
    }

    /** What the code of a stranger throws then, whose future one of them awaits, is thrown when all have ended. */
    private void cancel(Collection<Task<?>> tasks, @Nullable String message) {
        try {
            Cancellation.ofAll(tasks, message);
        } catch (Throwable ofStranger) {
            broken.add(ofStranger);
        }
    }

    private void addTask(@Nullable Future<@Nullable Void> previousFailed) {
        Future<@Nullable Void> added = loop.createFuture("Asyncio.staggeredRace");
        Task<?> task = loop.createTask(() -> runNext(added, previousFailed));
        task.takeOver();
        running.add(task);
        task.addWaiter(this);
        added.setResult(null);
    }

    private void runNext(Future<@Nullable Void> added, @Nullable Future<@Nullable Void> previousFailed) {
        // An eager task is here before it is in the set, and could not be cancelled yet.
        added.await();
        if (previousFailed != null) {
            awaitTurn(previousFailed);
        }
        int index = exceptions.size();
        if (index == runners.size()) {
            return;
        }
        exceptions.add(null);
        Future<@Nullable Void> failed = loop.createFuture("Asyncio.staggeredRace");
        addTask(failed);
        runRunner(index, failed);
    }

    private void awaitTurn(Future<@Nullable Void> previousFailed) {
        // Not the future itself: asyncio has a coroutine there, and with no delay that costs other turns.
        Action failing = previousFailed::await;
        try {
            WaitFor.waitFor(failing.asAwaitable(), delay);
        } catch (TimeoutException itsTurn) {
            // The previous one continues beside it.
        }
    }

    private void runRunner(int index, Future<@Nullable Void> failed) {
        Task<?> me = Coroutine.require("staggeredRace()").task();
        T value;
        try {
            value = runners.get(index).await();
        } catch (Throwable failure) {
            exceptions.set(index, me.meaningOf(failure));
            if (!failed.isDone()) {
                failed.setResult(null);
            }
            return;
        }
        if (winner.isPresent()) {
            loseResult(index, me);
            return;
        }
        winner = OptionalInt.of(index);
        result = value;
        List<Task<?>> losers = new ArrayList<>(running);
        losers.remove(me);
        cancel(losers, null);
    }

    private void loseResult(int index, Task<?> me) {
        IllegalStateException lost =
                new IllegalStateException("runner " + index + " of a staggeredRace returned a result"
                        + " after runner " + winner.getAsInt() + " had won; the result is lost:"
                        + " a cancelled runner must undo what it did and rethrow the CancelledError");
        exceptions.set(index, lost);
        loop.callExceptionHandler(ErrorContext.of("staggeredRace lost a result")
                .withException(lost)
                .withTask(me));
    }

    /** It is retrieved in the next round, as by a done callback. */
    @Override
    public void futureDone(Future<?> task) {
        loop.callSoon(() -> taskDone(task));
    }

    @Override
    public Future<?> awaiter() {
        return parent;
    }

    @SuppressWarnings("SuspiciousMethodCalls") // a waiter is only called by what it waits for: a task of the set
    private void taskDone(Future<?> task) {
        running.remove(task);
        Future<@Nullable Void> waiting = allEnded;
        if (running.isEmpty() && waiting != null && !waiting.isDone()) {
            waiting.setResult(null);
        }
        Throwable failure = task.failure();
        if (failure != null && !task.isCancelled()) {
            broken.add(failure);
        }
    }
}
