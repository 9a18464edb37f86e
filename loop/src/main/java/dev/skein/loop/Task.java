package dev.skein.loop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The future of a coroutine that a loop runs, asyncio's {@code Task}. {@link Asyncio#createTask} makes one; its first step
 * waits in the ready queue, so the body has not begun when {@code createTask} returns, unless it is to start eagerly
 * ({@link TaskOptions}).
 *
 * <p>Cancellation is asyncio's. {@link #cancel} is a request: it cancels what the task awaits, or makes its next await
 * throw {@link CancelledError}. Each request counts ({@link #cancelling}) and each can throw again. A task that was
 * cancelled before its first step never runs its body; one that catches the error and returns has refused. A coroutine
 * that is stopped inside the JDK (a sleep, a lock, a socket) is interrupted.
 *
 * <p>Loop only, as {@link Future} is. Only a task completes itself: {@code setResult} and {@code setException} throw
 * {@link UnsupportedOperationException}.
 *
 * @param <T> the type of the result
 */
@Plumbing
public final class Task<T extends @Nullable Object> extends Future<T> {
    // Loop only.
    private @Nullable Awaitable<? extends T> body;

    /** The stack that runs or waits for it: its own, or that of the guest that is in; null once it is done. */
    private @Nullable Coroutine coroutine;

    private @Nullable Future<?> waitingOn;
    private String name;
    private int cancelRequests;
    private boolean mustCancel;
    private boolean interrupted;
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

    /** Its name: the one given to {@code createTask}, else {@code Task-} and a number of its own. */
    public String name() {
        return name;
    }

    /** Gives it another name, for reports and {@code toString}; a thread dump shows it too. */
    public void setName(String name) {
        loop().checkThread();
        this.name = Objects.requireNonNull(name, "name");
        Coroutine mine = TaskStacks.own(coroutine);
        if (mine != null) {
            mine.thread.setName(Repr.cut(name));
        }
    }

    /** How many times it was asked to cancel, less those taken back by {@link #uncancel}. */
    public int cancelling() {
        loop().checkRead();
        return cancelRequests;
    }

    /**
     * Takes one request to cancel back, for code that caught a {@link CancelledError} which it had itself asked for. When
     * none is left, one that was not delivered yet is forgotten.
     *
     * @return how many are left
     */
    public int uncancel() {
        loop().checkThread();
        if (cancelRequests > 0) {
            cancelRequests--;
            if (cancelRequests == 0) {
                forgetCancellation();
            }
        }
        return cancelRequests;
    }

    /**
     * Asks it to cancel, as the class describes.
     *
     * @return false if it was done already
     */
    @Override
    public boolean cancel(@Nullable String message) {
        loop().checkThread();
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

    /** Has what the task awaits cancelled, or else the task by its next await. */
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
        mustCancel = true;
        cancelMessage = message;
        Coroutine mine = coroutine;
        Future<?> awaited = waitingOn;
        if (mine != null && awaited != null && inCircle) {
            // They wait for each other, so nobody else would ever wake this one.
            awaited.removeWaiters(mine);
            mine.resume();
        } else if (mine != null) {
            interrupted |= mine.interruptIfBlocked();
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
     * Where its coroutine stands: the frames of the body, innermost first; none once it is done. While a generator's body
     * runs in it, that body's frames come before those of its consumer.
     */
    public StackTraceElement[] stack() {
        loop().checkThread();
        return TaskStacks.frames(coroutine);
    }

    /** The number of its thread, which a thread dump shows too; 0 once it is done. */
    long id() {
        Coroutine mine = TaskStacks.own(coroutine);
        return mine == null ? 0 : mine.thread.threadId();
    }

    /** As {@link #stack}, for a thread that looks from outside at a loop which stands still. */
    StackTraceElement[] stackSeenFromOutside() {
        Coroutine mine = coroutine;
        return mine == null ? new StackTraceElement[0] : mine.thread.getStackTrace();
    }

    /** Whether it awaits, for a thread that looks from outside at a loop which stands still. */
    boolean isSuspendedSeenFromOutside() {
        Coroutine mine = coroutine;
        return mine != null && mine.state == Coroutine.State.SUSPENDED;
    }

    /** Whether it was stopped in the JDK, which lets it go on, and has not gone on yet. Any thread: the loop stands still. */
    boolean isLetGoOnByJdk() {
        Coroutine mine = coroutine;
        return mine != null && mine.state == Coroutine.State.BLOCKED && mine.thread.getState() == Thread.State.RUNNABLE;
    }

    /** The stack that its code goes on in, the innermost of its {@link TaskStacks}; null once it is done. */
    @Nullable
    Coroutine innermostStack() {
        return coroutine;
    }

    /** Has its code go on in another stack: a guest has come in, or has left. */
    void setInnermostStack(Coroutine innermost) {
        coroutine = innermost;
    }

    // The coroutine's side.

    /** The task's whole life, in its coroutine. */
    void runBody() {
        Awaitable<? extends T> run = body;
        body = null;
        try {
            if (mustCancel || run == null) {
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
            if (interrupted && hasCancellation()) {
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
     * Takes leave of its coroutine; false if the loop is closed, and nobody is there to be told how this ends. The loop keeps
     * it until it is done and its failure is watched, so that one that closes meanwhile waits.
     */
    private boolean leave() {
        coroutine = null;
        mustCancel = false;
        return !loop().isClosed();
    }

    /** Suspends until {@code future}, which is pending, is done; then throws the cancellation that came meanwhile. */
    void waitFor(Future<?> future, Coroutine me) {
        if (future == this) {
            throw new IllegalStateException("a task cannot await itself: " + this);
        }
        boolean passedOn = hasCancellation() && future.cancel(cancelMessage);
        mustCancel &= !passedOn;
        waitingOn = future;
        try {
            do {
                suspendFor(future, me);
            } while (future.isPending() && !mustCancel);
        } catch (Throwable notSuspended) {
            mustCancel |= passedOn;
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

    private static void suspendFor(Future<?> future, Coroutine me) {
        if (!future.isPending()) {
            // Cancelled by us, a moment ago: it counts as waited for.
            me.yieldNow();
            return;
        }
        try {
            future.addWaiter(me);
            me.suspend();
        } catch (Throwable notSuspended) {
            // A StackOverflowError can strike right here, and an await while pinned is refused.
            future.removeWaiters(me);
            throw notSuspended;
        }
    }

    /** Lets the others have one round: asyncio's {@code sleep(0)}. */
    void yieldNow(Coroutine me) {
        me.yieldNow();
        if (hasCancellation()) {
            throw cancellation();
        }
    }

    /**
     * Whether a request to cancel is still to be delivered. One that interrupted the thread inside the JDK has been if the
     * interrupt flag is gone: then somebody got the InterruptedException.
     */
    private boolean hasCancellation() {
        if (mustCancel && interrupted) {
            interrupted = false;
            mustCancel = Thread.interrupted();
        }
        return mustCancel;
    }

    private void forgetCancellation() {
        mustCancel = false;
        Coroutine mine = coroutine;
        if (interrupted && mine != null && mine == Coroutine.current()) {
            Thread.interrupted();
        }
        interrupted = false;
    }

    private CancelledError cancellation() {
        mustCancel = false;
        interrupted = false;
        return cancelMessage == null ? new CancelledError() : new CancelledError(cancelMessage);
    }

    /** What a failure of a block in the body means: the request to cancel that interrupted it, or just what it is. */
    Throwable meaningOf(Throwable failure) {
        boolean cancelled = failure instanceof InterruptedException ? mustCancel : interrupted && hasCancellation();
        return cancelled && !(failure instanceof CancelledError)
                ? cancellation().initCause(failure)
                : failure;
    }

    /** What it does at this moment, in a word or two. */
    String activity() {
        Coroutine mine = coroutine;
        if (mine == null) {
            return "done";
        }
        return switch (mine.state) {
            case CREATED, QUEUED -> "ready";
            case RESUMING, RUNNING -> "running";
            case SUSPENDED -> waitingOn == null ? "suspended" : "waiting on " + waitingOn.toName();
            case BLOCKED -> "blocked in the JDK";
            case DONE -> "done";
        };
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
