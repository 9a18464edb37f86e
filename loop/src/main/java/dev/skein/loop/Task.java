package dev.skein.loop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The future of a coroutine that a loop runs: asyncio's {@code Task}. {@link Asyncio#createTask} creates one and appends its
 * first step to the ready queue, so the body begins after {@code createTask} returns. With an eager start it begins inside
 * {@code createTask} ({@link TaskOptions}).
 *
 * {@snippet :
 * Task<String> page = createTask(() -> fetch("index"), "fetcher");
 * sleep(Duration.ofMillis(50));
 * page.cancel("too slow");
 * }
 *
 * <p>{@link #cancel} is a request: it cancels what the task awaits, or makes its next await throw {@link CancelledError}.
 * Each request counts ({@link #cancelling}), and each can throw again. A task that is cancelled before its first step never
 * runs its body. A task that catches the error and returns has refused the request. A coroutine that is blocked inside the
 * JDK (a sleep, a lock, a socket) is interrupted.
 *
 * <p>Loop only, as {@link Future} is. Only the body completes a task: {@code setResult} and {@code setException} throw
 * {@link UnsupportedOperationException}.
 *
 * @param <T> the type of the result
 */
@Plumbing
public final class Task<T extends @Nullable Object> extends Future<T> {
    /**
     * What is still to be done about the last request to cancel. How many there were is another matter: see
     * {@link #cancelling}.
     *
     * <pre>
     *  NONE         -&gt; DUE           cancel: the next await will throw, or the end of the body
     *  NONE, DUE    -&gt; INTERRUPTING  cancel, of a coroutine that is stopped inside the JDK: its thread was interrupted
     *  DUE          -&gt; NONE          delivered: a CancelledError is thrown
     *  DUE          -&gt; NONE          passed on: it awaits a future, which took the request, and whose end comes back here
     *  INTERRUPTING -&gt; NONE          delivered: the JDK has lowered the flag, so it threw for it
     *  INTERRUPTING -&gt; DUE           the flag is still up: no code has seen it
     *  DUE, INTERRUPTING -&gt; NONE     taken back: uncancel of the last request; or the task has ended
     * </pre>
     */
    private enum Delivery {
        NONE,
        DUE,
        INTERRUPTING
    }

    // Loop only.

    private @Nullable Awaitable<? extends T> body; // null from when it runs

    /** The stack that runs or waits for it: its own, or that of the nested body that is in; null once it is done. */
    private @Nullable Coroutine coroutine;

    private @Nullable Future<?> waitingOn;
    private String name;
    private int cancelRequests;
    private Delivery delivery = Delivery.NONE;

    // Of the last request, which asks each task once.
    private @Nullable String cancelMessage;
    private @Nullable Asked asked;

    /** Loop only: neighbours in the loop's list of tasks that are not done. */
    @Nullable
    Task<?> previous;

    @Nullable
    Task<?> next;

    Task(Loop loop, Awaitable<? extends T> body, String name) {
        super(loop);
        this.body = Objects.requireNonNull(body, "body");
        this.name = Objects.requireNonNull(name, "name");
        this.coroutine = Coroutine.of(loop, this, Repr.cut(name));
    }

    /** Returns its name: the one given to {@code createTask}, or {@code Task-} and a unique number. */
    public String name() {
        return name;
    }

    /** Changes its name, for reports, {@code toString} and thread dumps. */
    public void setName(String name) {
        if (!loop().inLoop()) {
            loop().runAsMaker(() -> setName(name));
            return;
        }
        this.name = Objects.requireNonNull(name, "name");
        Coroutine mine = TaskStacks.own(coroutine);
        if (mine != null) {
            mine.thread.setName(Repr.cut(name));
        }
    }

    /** Returns the number of requests to cancel it, less those that {@link #uncancel} took back. */
    public int cancelling() {
        if (!loop().mayRead()) {
            return loop().asMaker(this::cancelling);
        }
        return cancelRequests;
    }

    /**
     * Takes back one request to cancel, for code that caught a {@link CancelledError} that it had asked for itself. If none
     * is left, a request that was not delivered yet is dropped. Returns the number of requests left.
     */
    public int uncancel() {
        if (!loop().inLoop()) {
            return loop().asMaker(this::uncancel);
        }
        if (cancelRequests > 0) {
            cancelRequests--;
            if (cancelRequests == 0) {
                forgetCancellation();
            }
        }
        return cancelRequests;
    }

    /** Requests that the task be cancelled, as the class describes. Returns false if it was already done. */
    @Override
    public boolean cancel(@Nullable String message) {
        if (!loop().inLoop()) {
            return loop().asMaker(() -> cancel(message));
        }
        return isPending() && new Cancellation(message).ask(this);
    }

    @Override
    Cancellation.Step stepOf(Cancellation request) {
        Asked step = asked;
        if (step == null || step.request != request) {
            step = new Asked(request);
            asked = step;
        }
        return step;
    }

    /** Cancels what the task awaits, or makes the next await of the task throw. */
    private final class Asked extends Cancellation.Step {
        private boolean passedOn;
        private Cancellation.Answer heard = Cancellation.Answer.REFUSED;

        Asked(Cancellation request) {
            super(request);
        }

        @Override
        @Nullable
        Future<?> next() {
            if (passedOn) {
                return null;
            }
            passedOn = true;
            cancelRequests++;
            return waitingOn;
        }

        @Override
        void hear(Cancellation.Answer answer) {
            heard = answer;
        }

        @Override
        Cancellation.Answer answer() {
            if (heard != Cancellation.Answer.TAKEN) {
                cancelHere(request.message, heard == Cancellation.Answer.CIRCLE);
            }
            return Cancellation.Answer.TAKEN;
        }
    }

    private void cancelHere(@Nullable String message, boolean inCircle) {
        cancelMessage = message;
        if (delivery == Delivery.NONE) {
            delivery = Delivery.DUE;
        }
        Coroutine mine = coroutine;
        Future<?> awaited = waitingOn;
        if (mine != null && awaited != null && inCircle) {
            // They wait for each other, so nothing else would ever wake this one.
            awaited.removeWaiters(mine);
            mine.resume();
        } else if (mine != null && mine.interruptIfBlocked()) {
            delivery = Delivery.INTERRUPTING;
        }
    }

    @Override
    public void setResult(T value) {
        throw new UnsupportedOperationException("a task's result is what its body returns: " + this);
    }

    @Override
    public void setException(Throwable failure) {
        throw new UnsupportedOperationException("a task's exception is what its body throws: " + this);
    }

    /**
     * Returns the frames of its coroutine, innermost first; empty once it is done. While the body of a generator runs in it,
     * that body's frames precede those of its consumer.
     */
    public StackTraceElement[] stack() {
        if (!loop().inLoop()) {
            return loop().asMaker(this::stack);
        }
        return TaskStacks.frames(coroutine);
    }

    /** The stack that its code continues on, the innermost of its {@link TaskStacks}; null once it is done. */
    @Nullable
    Coroutine innermostStack() {
        return coroutine;
    }

    /** Makes its code continue on another stack: a nested body was entered or left. */
    void setInnermostStack(Coroutine innermost) {
        coroutine = innermost;
    }

    // The coroutine's side.

    /** The whole life of the task, in its coroutine. */
    void runBody() {
        Awaitable<? extends T> run = body;
        body = null;
        try {
            if (delivery != Delivery.NONE || run == null) {
                throw cancellation();
            }
            T value = run.await();
            if (hasCancellation()) {
                // Asked while it ran its last step: the request wins, the value is lost, as in asyncio.
                throw cancellation();
            }
            if (leave()) {
                super.setResult(value);
                loop().forget(this);
            }
        } catch (CancelledError cancelled) {
            endCancelled(cancelled);
        } catch (InterruptedException e) {
            if (cancelRequests > 0) {
                endCancelled((CancelledError) cancellation().initCause(e));
            } else {
                endFailed(e);
            }
        } catch (Throwable failure) {
            if (delivery == Delivery.INTERRUPTING && hasCancellation()) {
                // Such as a socket that the interrupt has closed: the flag is still up.
                endCancelled((CancelledError) cancellation().initCause(failure));
            } else {
                endFailed(failure);
            }
        }
    }

    /** Its thread could not be started. On the loop's thread. */
    void failBeforeStart(Throwable why) {
        body = null;
        endFailed(why);
    }

    private void endCancelled(CancelledError cancelled) {
        if (leave()) {
            finishCancelled(cancelled);
            loop().forget(this);
        }
    }

    private void endFailed(Throwable failure) {
        if (leave()) {
            try {
                super.setException(failure);
            } finally {
                loop().forget(this);
            }
        }
    }

    /**
     * Detaches the task from its coroutine. False if the loop is closed, and nothing can be told how this ends. The loop
     * keeps the task until it is done and its failure is watched, so that a loop that closes meanwhile waits.
     */
    private boolean leave() {
        coroutine = null;
        delivery = Delivery.NONE;
        return !loop().isClosed();
    }

    /** Suspends until {@code future}, which is pending, is done. Then throws the cancellation that arrived meanwhile. */
    void waitFor(Future<?> future, Coroutine me) {
        if (future == this) {
            throw new IllegalStateException("a task cannot await itself: " + this);
        }
        boolean passedOn = hasCancellation() && future.cancel(cancelMessage);
        if (passedOn) {
            delivery = Delivery.NONE;
        }
        waitingOn = future;
        try {
            do {
                me.suspendFor(future);
            } while (future.isPending() && delivery == Delivery.NONE);
        } catch (Throwable notSuspended) {
            if (passedOn && delivery == Delivery.NONE) {
                delivery = Delivery.DUE;
            }
            throw notSuspended;
        } finally {
            waitingOn = null;
        }
        if (hasCancellation()) {
            CancelledError own = cancellation();
            future.watch();
            throw future.failure() instanceof CancelledError theirs ? theirs : own;
        }
    }

    /** Suspends for one round: asyncio's {@code sleep(0)}. */
    void yieldNow(Coroutine me) {
        me.yieldNow();
        if (hasCancellation()) {
            throw cancellation();
        }
    }

    /**
     * Whether a request to cancel is still to be delivered. One that interrupted the thread inside the JDK was delivered if
     * the interrupt flag is down: then code there got the InterruptedException.
     */
    private boolean hasCancellation() {
        if (delivery == Delivery.INTERRUPTING) {
            delivery = Thread.interrupted() ? Delivery.DUE : Delivery.NONE;
        }
        return delivery != Delivery.NONE;
    }

    private void forgetCancellation() {
        Coroutine mine = coroutine;
        if (delivery == Delivery.INTERRUPTING && mine != null && mine == Coroutine.current()) {
            Thread.interrupted();
        }
        delivery = Delivery.NONE;
    }

    private CancelledError cancellation() {
        delivery = Delivery.NONE;
        return cancelMessage == null ? new CancelledError() : new CancelledError(cancelMessage);
    }

    /** The request to cancel that caused {@code failure} of a block in the body, or else {@code failure} itself. */
    Throwable meaningOf(Throwable failure) {
        boolean cancelled = failure instanceof InterruptedException
                ? delivery != Delivery.NONE
                : delivery == Delivery.INTERRUPTING && hasCancellation();
        return cancelled && !(failure instanceof CancelledError)
                ? cancellation().initCause(failure)
                : failure;
    }

    /** What its coroutine awaits now, or null. */
    @Nullable
    Future<?> waitingOn() {
        return waitingOn;
    }

    /** Puts the first step into the ready queue. */
    void start() {
        if (coroutine != null) {
            coroutine.resume();
        }
    }

    /** Runs the first step at once, inside the caller's step or callback; see {@link Coroutine#runNow}. */
    void startNow() {
        if (coroutine != null) {
            coroutine.runNow();
        }
    }

    @Override
    String toName() {
        return "Task '" + Repr.cut(name) + "'";
    }

    @Override
    String pendingState() {
        return cancelRequests > 0 ? "cancelling" : "pending";
    }

    @Override
    public String toString() {
        // Not the other's own text: tasks can wait for each other.
        String waits = waitingOn == null ? "" : ", waiting on " + waitingOn.toName();
        return "Task[name=" + Repr.cut(name) + ", " + describeState() + waits + "]";
    }
}
