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

    static <T extends @Nullable Object> T waitFor(Future<T> future, Duration length) {
        Objects.requireNonNull(future, "future");
        boolean withoutTime = isNone(length);
        Coroutine me = Coroutine.require("waitFor()");
        if (withoutTime) {
            me.loop().ensureFuture(future);
            return withoutTime(me, future, length, future::result);
        }
        return Timeout.run(me, length, timeout -> future.await());
    }

    @SuppressWarnings("unchecked") // a future that is a call of a T has no other result
    static <T extends @Nullable Object, X extends Exception> T waitFor(Call<T, X> body, Duration length) throws X {
        if (body instanceof Future<?> future) {
            return waitFor((Future<T>) future, length);
        }
        Objects.requireNonNull(body, "body");
        boolean withoutTime = isNone(length);
        Coroutine me = Coroutine.require("waitFor()");
        if (withoutTime) {
            Task<T> task = me.loop().createTask(body::call);
            return withoutTime(me, task, length, task::<X>resultUnwrapped);
        }
        return Timeout.run(me, length, timeout -> Awaitables.await(body));
    }

    private static boolean isNone(Duration length) {
        Objects.requireNonNull(length, "length: use Timeout.NEVER for no deadline");
        return length.isZero() || length.isNegative();
    }

    private static <T extends @Nullable Object, X extends Exception> T withoutTime(
            Coroutine me, Future<T> future, Duration length, Call<T, X> result) throws X {
        if (future.isDone()) {
            return result.call();
        }
        new WaitFor(me.task()).cancelAndWait(future);
        try {
            return result.call();
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
