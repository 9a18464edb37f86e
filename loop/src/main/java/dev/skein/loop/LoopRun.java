package dev.skein.loop;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a loop, seen from the thread that asked for it and waits: until main is done, or until it is stopped. */
final class LoopRun<T extends @Nullable Object> {
    private final Loop loop;
    private final @Nullable Supplier<Future<T>> main;
    private final CountDownLatch ended = new CountDownLatch(1);

    // Loop only.
    private @Nullable Future<T> future;

    private @Nullable String cancelReason;
    private int requests;

    @SuppressWarnings("UnnecessaryLambda") // taken back by its identity
    private final Consumer<Future<?>> stopWhenDone = done -> stopLoop();

    // Written by the loop before the latch opens, read by the waiting thread after.
    private @Nullable T result;
    private @Nullable Throwable failure;
    private boolean cancelledOnlyHere;
    private List<StackTraceElement> mainStood = List.of();

    /** {@code main} is called on the loop as the run begins; without one, the run lasts until the loop is stopped. */
    LoopRun(Loop loop, @Nullable Supplier<Future<T>> main) {
        this.loop = loop;
        this.main = main;
    }

    T execute() {
        checkOutsideLoops();
        if (loop.inLoop()) {
            throw new IllegalStateException(
                    "a loop cannot be run inside a call of its creator's: let that return first");
        }
        if (loop.state().isGroupLoop()) {
            throw new IllegalStateException(
                    "cannot run a loop of a group, which runs by itself: use runCoroutineThreadsafe");
        }
        synchronized (loop) {
            if (loop.isRunning()) {
                throw new IllegalStateException("this loop is already running: " + loop);
            }
            loop.state().setRun(this);
        }
        if (!loop.executeUnlessClosed(this::start)) {
            loop.state().setRun(null);
            throw Loop.closedError();
        }
        return awaitEnd();
    }

    static void checkOutsideLoops() {
        if (LoopThread.loopOfCaller() != null) {
            throw new IllegalStateException(
                    "cannot run a loop inside a coroutine or callback: await the awaitable, or createTask(...)");
        }
    }

    private void start() {
        if (main == null) {
            loop.state().setRunning(true);
            return;
        }
        try {
            // Before the loop runs: only what is created in it starts eagerly.
            Future<T> mine = main.get();
            loop.state().setRunning(true);
            future = mine;
            mine.addDoneCallback(stopWhenDone);
            if (cancelReason != null) {
                cancelMain(mine, cancelReason);
            }
        } catch (Throwable notStarted) {
            failed(notStarted);
        }
    }

    /** What it waits for, once it has begun. Loop only. */
    @Nullable
    Future<T> main() {
        return future;
    }

    private void stopLoop() {
        loop.stop();
    }

    /** The loop has stopped, after a round. Loop only. */
    void stopped() {
        Future<T> mine = future;
        if (mine == null) {
            finish(main == null ? null : new IllegalStateException("the loop was stopped before its main began"));
        } else if (!mine.isDone()) {
            mine.removeDoneCallback(stopWhenDone);
            finish(new IllegalStateException("the loop was stopped before its main was done: " + mine));
        } else {
            mine.markRetrieved();
            result = mine.value();
            boolean othersToo = mine instanceof Task<T> task && task.cancelling() > requests;
            cancelledOnlyHere = mine.isCancelled() && requests > 0 && !othersToo;
            finish(mine.failure());
        }
    }

    /** The run cannot continue. Loop only. */
    void failed(Throwable why) {
        finish(why);
    }

    private void finish(@Nullable Throwable with) {
        failure = with;
        loop.state().setRunning(false);
        loop.state().setRun(null);
        ended.countDown();
    }

    /** Asks main to end, or a run without a main to stop. Any thread. */
    void cancel(String why) {
        cancel(why, () -> {});
    }

    /** As {@link #cancel(String)}; {@code before} is called on the loop when it has come to this. */
    void cancel(String why, Runnable before) {
        loop.executeUnlessClosed(() -> {
            before.run();
            cancelReason = why;
            Future<T> mine = future;
            if (mine != null) {
                cancelMain(mine, why);
            } else if (main == null) {
                loop.stop();
            }
        });
    }

    private void cancelMain(Future<T> mine, String why) {
        if (requests == 0 && mine instanceof Task<T> task) {
            mainStood = StackFilter.of(List.of(task.stack()));
        }
        if (mine.cancel(why)) {
            requests++;
        }
    }

    /** Whether main ended cancelled, and by {@link #cancel} alone. After the end. */
    boolean isCancelledOnlyHere() {
        return cancelledOnlyHere;
    }

    /** The program's frames of main, innermost first, as the first {@link #cancel} found it. After the end. */
    List<StackTraceElement> whereMainStood() {
        return mainStood;
    }

    Loop loop() {
        return loop;
    }

    /** Whether a {@link #cancel} came in time, so that main had the choice. After the end. */
    boolean hasAskedMain() {
        return requests > 0;
    }

    @SuppressWarnings("NullAway") // where T admits null, null is a result
    private T awaitEnd() {
        InterruptedException interrupt = null;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupt = e;
                cancel("the thread that runs the loop was interrupted");
            }
        }
        if (interrupt != null) {
            Thread.currentThread().interrupt();
            if (failure instanceof CancelledError) {
                throw (CancellationException)
                        new CancellationException("interrupted: main was cancelled and has ended").initCause(interrupt);
            }
        }
        if (failure != null) {
            throw Failures.unchecked(failure);
        }
        return result;
    }
}
