package dev.skein.loop;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code waitFor}: a timeout around an await, in the caller's own task. Where there is no time at all nothing may start, so
 * that what is awaited is cancelled and one of these waits until it has ended. Loop only.
 */
final class WaitFor implements Waiter {
    private final Task<?> task;
    private final Future<@Nullable Void> ended;

    private WaitFor(Task<?> task) {
        this.task = task;
        this.ended = task.loop().createFuture("waitFor");
    }

    static <T extends @Nullable Object> T waitFor(Awaitable<T> awaitable, Duration length) {
        Objects.requireNonNull(awaitable, "awaitable");
        Objects.requireNonNull(length, "length: use Timeout.NEVER for no deadline");
        if (length.isZero() || length.isNegative()) {
            return withoutTime(awaitable, length);
        }
        return Timeout.run(Coroutine.require("waitFor()"), length, timeout -> Awaitables.await(awaitable));
    }

    private static <T extends @Nullable Object> T withoutTime(Awaitable<T> awaitable, Duration length) {
        Coroutine me = Coroutine.require("waitFor()");
        Future<T> future = me.loop().ensureFuture(awaitable);
        if (future.isDone()) {
            return future.result();
        }
        new WaitFor(me.task()).cancelAndWait(future);
        try {
            return future.result();
        } catch (CancelledError cancelled) {
            TimeoutException timedOut = new TimeoutException("timed out after " + Durations.text(length));
            timedOut.initCause(cancelled);
            throw timedOut;
        }
    }

    /** Not an await of the future itself: that would take its cancellation for the caller's. */
    private void cancelAndWait(Future<?> future) {
        future.addWaiter(this);
        try {
            future.cancel();
            ended.await();
        } finally {
            future.removeWaiters(this);
        }
    }

    /** It is retrieved in the next round, as by a done callback. */
    @Override
    public void futureDone(Future<?> future) {
        task.loop().callSoon(this::end);
    }

    private void end() {
        if (!ended.isDone()) {
            ended.setResult(null);
        }
    }

    @Override
    public Future<?> awaiter() {
        return task;
    }
}
