package dev.skein.loop;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A deadline for the code that one task runs in a body: asyncio's {@code Timeout}. {@link Asyncio#timeout} creates one and
 * passes it to the body, which may read and move the deadline.
 *
 * {@snippet :
 * timeout(Duration.ofSeconds(5), deadline -> {
 *     String user = fetch("user");
 *     deadline.rescheduleIn(Duration.ofSeconds(1));
 *     process(user, fetch("news"));
 * });
 * }
 *
 * <pre>
 * ACTIVE   --the deadline passes-->  EXPIRING   the task is asked to cancel
 * ACTIVE   --the body ends-->        FINISHED
 * EXPIRING --the body ends-->        EXPIRED    the request is taken back
 * </pre>
 *
 * <p>asyncio's state "created" is missing, since no code sees a timeout before its body has begun.
 *
 * <p>Times are nanoseconds of {@link Loop#time}. Loop only: any task or callback of the loop may move the deadline; elsewhere
 * the methods throw {@link WrongThreadException}.
 */
public final class Timeout {
    /** The length of a timeout without a deadline: asyncio's {@code timeout(None)}. */
    public static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    private static final long NO_DEADLINE = Long.MAX_VALUE;

    /**
     * The code that runs under a timeout.
     *
     * @param <T> the type of the result
     * @param <X> the type of the exceptions
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object, X extends Exception> {
        /** Runs in the caller's task. */
        T run(Timeout timeout) throws X;
    }

    /**
     * As {@link Body}, without a result.
     *
     * @param <X> the type of the exceptions
     */
    @FunctionalInterface
    public interface VoidBody<X extends Exception> {
        /** Runs in the caller's task. */
        void run(Timeout timeout) throws X;
    }

    private enum State {
        ACTIVE,
        EXPIRING,
        EXPIRED,
        FINISHED
    }

    // Set once, before start.
    private final Loop loop;
    private final Task<?> task;
    private final int cancellingBefore;
    private final long begun;

    // Loop only.
    private State state = State.ACTIVE;
    private long when;
    private @Nullable Handle timer;

    /** What the task was waiting on when the deadline came. */
    private String waiting = "";

    private Timeout(Coroutine me, long begun) {
        this.loop = me.loop();
        this.task = me.task();
        this.cancellingBefore = task.cancelling();
        this.begun = begun;
    }

    static <T extends @Nullable Object, X extends Exception> T run(Duration length, Body<T, X> body) throws X {
        Objects.requireNonNull(length, "length: use Timeout.NEVER for no deadline");
        return run(Coroutine.require("timeout()"), length, body);
    }

    static <T extends @Nullable Object, X extends Exception> T run(Coroutine me, Duration length, Body<T, X> body)
            throws X {
        long now = me.loop().time();
        return new Timeout(me, now).run(Durations.later(now, length), body);
    }

    static <T extends @Nullable Object, X extends Exception> T runAt(long when, Body<T, X> body) throws X {
        Coroutine me = Coroutine.require("timeoutAt()");
        return new Timeout(me, me.loop().time()).run(when, body);
    }

    private <T extends @Nullable Object, X extends Exception> T run(long deadline, Body<T, X> body) throws X {
        Objects.requireNonNull(body, "body");
        T result;
        try {
            setDeadline(deadline, begun);
            result = body.run(this);
        } catch (Throwable failure) {
            // Before the request to cancel is taken back, after which it means nothing.
            Throwable meaning = state == State.EXPIRING ? task.meaningOf(failure) : failure;
            if (leave()) {
                blame(meaning);
            }
            if (meaning instanceof CancelledError cancelled) {
                throw cancelled;
            }
            throw failure;
        }
        leave();
        return result;
    }

    /** Returns its deadline, also after the body has ended. Empty if there is none. */
    public OptionalLong when() {
        loop.checkRead();
        return when == NO_DEADLINE ? OptionalLong.empty() : OptionalLong.of(when);
    }

    /**
     * Moves the deadline, or sets one: asyncio's {@code reschedule}. If that time has passed, the body is cancelled in the
     * next round.
     *
     * @throws IllegalStateException if the deadline has passed, or the body has ended
     */
    public void rescheduleAt(long when) {
        reschedule(when, loop.time());
    }

    /**
     * As {@link #rescheduleAt}, to {@code length} from now.
     *
     * @throws IllegalStateException if the deadline has passed, or the body has ended
     */
    public void rescheduleIn(Duration length) {
        Objects.requireNonNull(length, "length");
        long now = loop.time();
        reschedule(Durations.later(now, length), now);
    }

    /**
     * Removes the deadline: asyncio's {@code reschedule(None)}.
     *
     * @throws IllegalStateException if the deadline has passed, or the body has ended
     */
    public void removeDeadline() {
        reschedule(NO_DEADLINE, loop.time());
    }

    /** Returns whether the deadline passed while the body ran. */
    public boolean expired() {
        loop.checkRead();
        return state == State.EXPIRING || state == State.EXPIRED;
    }

    private void reschedule(long deadline, long now) {
        loop.checkThread();
        if (state != State.ACTIVE) {
            throw new IllegalStateException("too late to move the deadline of " + this
                    + ": move it while the body runs and the deadline has not passed");
        }
        stopTimer();
        setDeadline(deadline, now);
    }

    private void setDeadline(long deadline, long now) {
        when = deadline;
        if (deadline <= now) {
            timer = loop.callSoon(this::expire);
        } else if (deadline != NO_DEADLINE) {
            timer = loop.callAt(deadline, this::expire);
        }
    }

    private void stopTimer() {
        Handle set = timer;
        if (set != null) {
            timer = null;
            set.cancel();
        }
    }

    private void expire() {
        timer = null;
        if (state == State.ACTIVE) {
            state = State.EXPIRING;
            waiting = TaskStacks.describeWait(task);
            task.cancel();
        }
    }

    /** Ends the timeout. Returns whether only this timeout cancelled the task. */
    private boolean leave() {
        boolean expiring = state == State.EXPIRING;
        state = expiring ? State.EXPIRED : State.FINISHED;
        stopTimer();
        return expiring && task.uncancel() <= cancellingBefore;
    }

    /** Throws a TimeoutException in place of the cancellation, or adds one to another failure. */
    private void blame(Throwable failure) {
        Duration length = Duration.ofNanos(when).minusNanos(begun);
        TimeoutException timedOut = new TimeoutException("timed out after " + Durations.text(length) + waiting);
        if (failure instanceof CancelledError) {
            timedOut.initCause(failure);
            throw timedOut;
        }
        failure.addSuppressed(timedOut);
        if (failure instanceof ExceptionGroup group) {
            group.members().forEach(member -> member.addSuppressed(timedOut));
        }
    }

    @Override
    public String toString() {
        String active = when == NO_DEADLINE ? "active, no deadline" : "active, when=" + when;
        return "Timeout["
                + switch (state) {
                    case ACTIVE -> active;
                    case EXPIRING -> "expiring";
                    case EXPIRED -> "expired";
                    case FINISHED -> "finished";
                }
                + "]";
    }
}
