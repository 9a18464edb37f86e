package dev.skein.loop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The executor that a loop uses where none is named: made when it is first needed, or the one that it was given, which is
 * then the loop's to shut down. Loop only.
 */
final class DefaultExecutor {
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);
    private static final int THREADS_SHOWN = 8;

    private final Loop loop;
    private @Nullable Executor executor;
    private boolean shutDown;

    /** Any thread. */
    private volatile @Nullable Duration joinLimit;

    DefaultExecutor(Loop loop) {
        this.loop = loop;
    }

    void set(Executor other) {
        executor = other;
    }

    Executor get() {
        if (shutDown) {
            throw new IllegalStateException(
                    "the default executor of this loop is shut down: pass another executor to runInExecutor");
        }
        Executor mine = executor;
        if (mine == null) {
            mine = new WorkerThreads(WorkerThreads.MOST);
            executor = mine;
        }
        return mine;
    }

    /** Takes no more work, and suspends the caller until all of it is done, or for as long as {@code limit} says. */
    void shutdown(@Nullable Duration limit) {
        Coroutine.require("shutdownDefaultExecutor()");
        Future<@Nullable Void> ended = loop.createFuture("shutdownDefaultExecutor");
        TimerHandle timer = limit == null
                ? null
                : loop.callLater(limit, () -> {
                    if (ended.isPending()) {
                        reportUnended(limit);
                        ended.setResult(null);
                    }
                });
        join(failure -> {
            if (ended.isPending()) {
                end(ended, failure);
            }
        });
        try {
            ended.await();
        } finally {
            if (timer != null) {
                timer.cancel();
            }
        }
    }

    private static void end(Future<@Nullable Void> future, @Nullable Throwable failure) {
        if (failure == null) {
            future.setResult(null);
        } else {
            future.setException(failure);
        }
    }

    void reportUnended(Duration limit) {
        loop.callExceptionHandler(ErrorContext.of("the default executor did not finish its work within "
                + Durations.text(limit) + ": " + Repr.of(executor)));
    }

    /** Says for what a loop waits that cannot close yet. */
    void tellWait(Duration limit) {
        StringBuilder text =
                new StringBuilder("the loop cannot close yet: it waits for the work of its default executor, for "
                        + Durations.text(limit) + " at most; Ctrl-C ends the JVM without that: " + Repr.of(executor));
        for (Thread worker :
                ExecutorWork.threads(loop).stream().limit(THREADS_SHOWN).toList()) {
            text.append("\n  ").append(Repr.cut(worker.getName()));
            for (StackTraceElement frame : StackFilter.of(List.of(worker.getStackTrace()))) {
                text.append("\n      at ").append(frame);
            }
        }
        LoopLog.warn(text.toString());
    }

    /**
     * Takes no more work, and has {@code whenEnded} called on the loop when all of it is done, with what went wrong or
     * null. Waiting for an executor blocks, so a thread of its own does it.
     */
    void join(Consumer<@Nullable Throwable> whenEnded) {
        shutDown = true;
        if (!(executor instanceof ExecutorService service)) {
            whenEnded.accept(null);
            return;
        }
        loop.externalWork().work(1);
        try {
            Thread.ofPlatform().daemon().name("skein-executor-shutdown").start(() -> {
                Throwable failure = joinHere(service);
                loop.executeUnlessClosed(() -> joined(whenEnded, failure));
            });
        } catch (Throwable noThread) {
            joined(whenEnded, noThread);
        }
    }

    private void joined(Consumer<@Nullable Throwable> whenEnded, @Nullable Throwable failure) {
        loop.externalWork().work(-1);
        whenEnded.accept(failure);
    }

    private static @Nullable Throwable joinHere(ExecutorService service) {
        try {
            service.shutdown();
            boolean ended = service.awaitTermination(FOR_EVER.toNanos(), TimeUnit.NANOSECONDS);
            return ended ? null : new IllegalStateException("executor has not terminated: " + Repr.of(service));
        } catch (Throwable failure) {
            return failure;
        }
    }

    /** How long the loop waits for its end when the loop closes; null: not at all. Any thread. */
    @Nullable
    Duration joinLimit() {
        return joinLimit;
    }

    void setJoinLimit(@Nullable Duration limit) {
        joinLimit = limit;
    }

    /** The loop is closed: takes no more work, and leaves what is under way to itself. */
    void loopClosed() {
        shutDown = true;
        Executor mine = executor;
        executor = null;
        if (mine instanceof ExecutorService service) {
            service.shutdown();
        }
    }
}
