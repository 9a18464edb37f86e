package dev.skein.loop;

import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A stack that a loop runs in steps: the one class, with its two ways of being, that knows how a coroutine suspends.
 *
 * <p>A coroutine is a virtual thread. Its loop's carrier mounts it in turn with the loop's own thread
 * ({@link MountedCoroutine}) or, where the JVM was started without the flag that this takes, the loop lends it its turn
 * ({@link BatonCoroutine}). Either way one of them runs at a time, and what a coroutine does counts as done by the loop.
 *
 * <pre>
 *  CREATED   -> QUEUED      resume: its first step waits in the ready queue
 *  QUEUED    -> RESUMING    run: the loop takes that step
 *  RESUMING  -> RUNNING     its own code continues (until then its thread may be held by a stack dump)
 *  RUNNING   -> SUSPENDED   suspend: it awaits, and what it waits for will resume it
 *  RUNNING   -> SUSPENDED   switchTo: another stack runs in its place, and will resumeNext it
 *  RUNNING   -> QUEUED      yieldNow: it lets the others have a round; runNow: it lets one other go first
 *  SUSPENDED -> QUEUED      resume: behind all that is ready; resumeNext: before it, within the round
 *  RUNNING   -> BLOCKED     a lock, a sleep or a socket of the JDK stopped it, not an await (mounted only)
 *  BLOCKED   -> RUNNING     the JDK has made it runnable
 *  RUNNING   -> DONE        its body has ended
 * </pre>
 *
 * <p>The contract of waiting: register with exactly one waker, then {@link #suspend}; the waker calls {@link #resume}
 * exactly once. If {@code suspend} throws, it has not waited, and the caller takes its registration back. Calls in any
 * other state change nothing.
 *
 * <p>Two stacks can take turns within one round of the loop, so that no callback runs in between and no turn is counted:
 * {@link #switchTo} and {@link #runNow} put steps at the head of the ready queue. What such a step awaits later is
 * resumed in the ordinary way.
 *
 * <p>All of it is loop only, but for {@link #current()} and what the JDK calls on any thread in {@code execute}.
 */
@Plumbing(Plumbing.Role.SUSPENSION)
abstract sealed class Coroutine extends ReadyEntry implements Waiter permits MountedCoroutine, BatonCoroutine {
    enum State {
        CREATED,
        QUEUED,
        RESUMING,
        RUNNING,
        SUSPENDED,
        BLOCKED,
        DONE
    }

    /** What runs on a stack that is not a task's own: it has the task of the stack under it, its host's, while it is in. */
    abstract static class Body {
        /** Its whole life. It throws nothing. */
        abstract void run();

        /** Instead of {@link #run}, if the JVM has no memory for the thread. On the loop's thread. */
        abstract void failBeforeStart(Throwable why);

        abstract @Nullable Coroutine host();
    }

    /** The number of frames that is deep enough for either side of a hand-over. */
    static final int HAND_OVER_FRAMES = 50;

    final Thread thread;
    State state = State.CREATED;

    /** Dropped at the end: a thread that was started in this coroutine may hold on to it for good. */
    private @Nullable Loop loop;

    /** The task that its code runs in. A task's own stack keeps it to the end; a body has its host's while it is in. */
    private @Nullable Task<?> task;

    /** What runs here, if this is not a task's own stack. */
    private @Nullable Body body;

    Coroutine(Loop loop, @Nullable Task<?> task, @Nullable Body body, String name) {
        this.loop = loop;
        this.task = task;
        this.body = body;
        this.thread = newThread(name);
    }

    /** A coroutine that will run {@code task}'s body. Thread-locals that inherit are the caller's as they are now. */
    static Coroutine of(Loop loop, Task<?> task, String name) {
        return VirtualThreads.areMounted()
                ? new MountedCoroutine(loop, task, null, name)
                : new BatonCoroutine(loop, task, null, name);
    }

    /** A stack for {@code body}, without a task of its own. Thread-locals that inherit are the caller's as they are now. */
    static Coroutine of(Loop loop, Body body, String name) {
        return VirtualThreads.areMounted()
                ? new MountedCoroutine(loop, null, body, name)
                : new BatonCoroutine(loop, null, body, name);
    }

    /** The coroutine whose code is calling, or null: on the loop's own thread, in a plain thread, in a child thread. */
    static @Nullable Coroutine current() {
        return VirtualThreads.areMounted() ? MountedCoroutine.mounted() : BatonCoroutine.holder();
    }

    /** The coroutine whose code is calling, for {@code what}, which can only be called in one. */
    static Coroutine require(String what) {
        Coroutine me = current();
        if (me == null) {
            throw new IllegalStateException(
                    what + " outside a coroutine: start one with run(...) or createTask(...), and call it there");
        }
        return me;
    }

    abstract Thread newThread(String name);

    /** Gives the loop back. Returns when the loop has taken the next step after {@link #resume}. */
    abstract void suspendThread();

    /** Goes on although the loop, which is closed, will take no step any more: to learn that, and to end. */
    abstract void resumeWithoutLoop();

    /** The loop's side of a step: returns when the coroutine has suspended, blocked or ended. */
    abstract void step();

    /** The loop whose turns this stack takes. */
    final Loop loop() {
        Loop mine = loop;
        if (mine == null) {
            throw ended();
        }
        return mine;
    }

    /** The task that this stack runs for. */
    final Task<?> task() {
        Task<?> mine = task;
        if (mine == null) {
            throw ended();
        }
        return mine;
    }

    /** The task that its code runs in from now on, or none: for a body that goes from host to host. */
    final void setTask(@Nullable Task<?> host) {
        task = host;
    }

    /** The stack that waits under this one for its body to leave, or null under a task's own. */
    final @Nullable Coroutine host() {
        return body == null ? null : body.host();
    }

    private static IllegalStateException ended() {
        return new IllegalStateException("this coroutine has ended");
    }

    final @Nullable Loop loopUnlessEnded() {
        return loop;
    }

    /** Waits for {@link #resume}. Called by the coroutine itself, after it has registered with its waker. */
    final void suspend() {
        requireOpenLoop();
        giveUpLoop(State.SUSPENDED);
    }

    /** Waits for {@code future}, or for a {@link #resume} by other code. Called by the coroutine itself. */
    final void suspendFor(Future<?> future) {
        if (!future.isPending()) {
            // Cancelled by the caller, a moment ago: it counts as waited for.
            yieldNow();
            return;
        }
        try {
            future.addWaiter(this);
            suspend();
        } catch (Throwable notSuspended) {
            // A StackOverflowError can strike right here, and an await while pinned is refused.
            future.removeWaiters(this);
            throw notSuspended;
        }
    }

    /** Lets everything that is ready run, then continues. Called by the coroutine itself. */
    final void yieldNow() {
        requireOpenLoop();
        Loop mine = loop();
        mine.makeReady(this);
        try {
            giveUpLoop(State.QUEUED);
        } catch (Throwable notSuspended) {
            mine.ready().takeBack(this);
            throw notSuspended;
        }
    }

    /**
     * Suspends the caller, and runs {@code other}, which is CREATED or SUSPENDED, at once. The caller continues when
     * other code calls its {@link #resumeNext} or {@link #resume}, exactly once. If it throws, neither has moved.
     */
    final void switchTo(Coroutine other) {
        requireOpenLoop();
        other.requireResumable();
        State before = other.state;
        try {
            other.resumeNext();
            giveUpLoop(State.SUSPENDED);
        } catch (Throwable notSuspended) {
            // First what needs no call: at the end of the stack a call may fail, and a stale entry does nothing.
            other.state = before;
            loop().ready().takeBackNext(other);
            throw notSuspended;
        }
    }

    /**
     * Runs the step of this coroutine, which is CREATED or SUSPENDED, inside the caller's: until it suspends, blocks in the
     * JDK or ends. Called by another coroutine of the loop, or by a callback. If it throws, neither has moved: such as in a
     * coroutine that is pinned.
     */
    final void runNow() {
        requireResumable();
        Coroutine caller = current();
        if (caller == null) {
            state = State.QUEUED;
            loop().ready().runNow(this);
        } else {
            caller.letGoFirst(this);
        }
    }

    private void letGoFirst(Coroutine other) {
        requireOpenLoop();
        State before = other.state;
        ReadyQueue ready = loop().ready();
        try {
            ready.addNext(this);
            other.resumeNext();
            giveUpLoop(State.QUEUED);
        } catch (Throwable notSuspended) {
            other.state = before;
            ready.takeBackNext(other);
            ready.takeBackNext(this);
            throw notSuspended;
        }
    }

    private void requireResumable() {
        if (state != State.SUSPENDED && state != State.CREATED) {
            throw new IllegalStateException("cannot resume now: " + this);
        }
    }

    /**
     * Provokes now the StackOverflowError that would otherwise strike half-way: called before a hand-over that could not be
     * undone there.
     */
    static void requireStack(int frames) {
        if (frames > 0) {
            requireStack(frames - 1);
        }
    }

    private void requireOpenLoop() {
        if (loop().isClosed()) {
            throw new IllegalStateException("cannot suspend a coroutine of a closed loop: " + task);
        }
    }

    private void giveUpLoop(State waiting) {
        state = waiting;
        try {
            suspendThread();
        } finally {
            state = State.RUNNING;
        }
    }

    /** Puts the next step into the ready queue: the wake-up, called exactly once per {@link #suspend}. */
    final void resume() {
        if (state == State.SUSPENDED || state == State.CREATED) {
            state = State.QUEUED;
            loop().makeReady(this);
        }
    }

    /** As {@link #resume}, but before all that is ready: its step follows the caller's, within the round. */
    final void resumeNext() {
        if (loop().isClosed()) {
            resumeWithoutLoop();
        } else if (state == State.SUSPENDED || state == State.CREATED) {
            state = State.QUEUED;
            loop().ready().addNext(this);
        }
    }

    @Override
    public final void futureDone(Future<?> future) {
        resume();
    }

    /** As it continues; or it is cancelled, and has not retrieved the outcome. */
    @Override
    public final boolean retrieves() {
        return true;
    }

    @Override
    public final @Nullable Future<?> awaiter() {
        return task;
    }

    @Override
    final Object subject() {
        return task == null ? this : task;
    }

    @Override
    final boolean isStep() {
        return true;
    }

    @Override
    final void takeTurn() {
        if (state == State.QUEUED) {
            state = State.RESUMING;
            step();
        }
    }

    /** If its thread could not be started, for want of memory, the task has failed. */
    @Override
    final boolean hasDealtWith(Throwable failure) {
        if (state != State.RESUMING || thread.isAlive()) {
            return false;
        }
        if (body == null) {
            task().failBeforeStart(failure);
        } else {
            body.failBeforeStart(failure);
        }
        end();
        return true;
    }

    /** The body of the thread. */
    final void runToEnd() {
        state = State.RUNNING;
        try {
            if (body == null) {
                task().runBody();
            } else {
                body.run();
            }
        } finally {
            end();
        }
    }

    private void end() {
        state = State.DONE;
        task = null;
        body = null;
        loop = null;
    }

    /** Interrupts it if, and only if, it is stopped inside the JDK. */
    final boolean interruptIfBlocked() {
        if (state == State.BLOCKED) {
            thread.interrupt();
            return true;
        }
        return false;
    }

    /** Whether the JDK has stopped it before a lock or a monitor that another thread holds. Any thread. */
    final boolean waitsForLock() {
        return state == State.BLOCKED
                && (thread.getState() == Thread.State.BLOCKED
                        || LockSupport.getBlocker(thread) instanceof AbstractOwnableSynchronizer);
    }

    /** What a thread waits for that the JDK has parked, or null: the lock's inside. Any thread. */
    static @Nullable Object blockerOf(Thread thread) {
        return LockSupport.getBlocker(thread);
    }

    /** Where it stands, innermost frame first. Any thread. */
    StackTraceElement[] stack() {
        return thread.getStackTrace();
    }

    @Override
    public String toString() {
        return "Coroutine[" + thread.getName() + " " + state + "]";
    }
}
