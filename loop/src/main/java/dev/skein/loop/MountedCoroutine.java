package dev.skein.loop;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine that its loop's carrier mounts, in turn with the loop's own thread ({@link LoopCarrier}).
 *
 * <p>The JDK asks an {@link Executor} to run a virtual thread's continuation. Here that executor is the coroutine itself,
 * so every request names the coroutine that it is for. It is one of these:
 *
 * <ul>
 *   <li>the first one, from {@link Thread#start}: keep the continuation, the JDK always passes the same object;
 *   <li>the one that follows our own {@link Thread#yield} in {@link #suspendThread}: swallow it, {@link #step} will run
 *       the continuation when other code has resumed us;
 *   <li>the JDK's, when a lock, a sleep or a socket makes the coroutine runnable: {@link LoopCarrier#wakeUp};
 *   <li>another continuation: a virtual thread that was started in this coroutine, or one of the JDK's socket pollers.
 *       It inherited us, and runs on the JDK's own scheduler, in parallel, as it would have elsewhere.
 * </ul>
 *
 * <p>Why {@code yield} and not {@code park}: where the thread cannot unmount (in a class initialiser, below native code)
 * a park stops the loop silently and for good, a yield returns and we can say so; and a park spins on a set interrupt
 * flag and can wake up for no reason. Its price is that a stack dump of a suspended coroutine makes the JDK ask once more
 * for its continuation; such a request finds it SUSPENDED or QUEUED and is dropped. While the dump holds the thread, a
 * step runs nothing: the state stays RESUMING, and the request that ends the dump delivers the step.
 */
@Plumbing
final class MountedCoroutine extends Coroutine implements Executor, Runnable {
    /** Set by the thread that starts us, which is the carrier, before any other code can know us. */
    private @Nullable Runnable continuation;

    /** Loop only: the JDK's next request is the answer to our own yield. */
    private boolean yielding;

    MountedCoroutine(Loop loop, @Nullable Task<?> task, @Nullable Body body, String name) {
        super(loop, task, body, name);
    }

    @Override
    Thread newThread(String name) {
        return loop().thread().bequeathes()
                ? VirtualThreads.unstarted(this, name, this)
                : VirtualThreads.unstartedWithoutInheritance(this, name, this);
    }

    /** The body of the thread. No lambda, which would be an object and a frame more for each coroutine. */
    @Override
    public void run() {
        runToEnd();
    }

    static @Nullable MountedCoroutine mounted() {
        Thread me = Thread.currentThread();
        if (me.isVirtual()
                && VirtualThreads.schedulerOf(me) instanceof MountedCoroutine coroutine
                && coroutine.thread == me) {
            return coroutine;
        }
        return null;
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // not a hint to the scheduler, which is us
    void suspendThread() {
        boolean pinned = true;
        yielding = true;
        try {
            Thread.yield();
            pinned = yielding;
        } finally {
            yielding = false;
        }
        if (pinned) {
            throw new IllegalStateException("await in a class initialiser or below native code: the thread cannot be"
                    + " suspended there; await before or after it");
        }
    }

    @Override
    void step() {
        if (continuation == null) {
            thread.start();
        }
        mount();
    }

    private void mount() {
        Runnable toRun = continuation;
        if (toRun == null) {
            throw new IllegalStateException("not started: " + this);
        }
        Loop home = loop();
        home.thread().mount(thread);
        try {
            toRun.run();
        } finally {
            home.thread().unmount();
        }
        if (state == State.RUNNING) {
            state = State.BLOCKED;
            home.externalWork().work(1);
        }
    }

    /** The JDK asks for our continuation, or for a child's. On any thread; it never throws into the code that wakes us. */
    @Override
    public void execute(Runnable request) {
        if (continuation == null) {
            continuation = request;
            return;
        }
        Loop home = loopUnlessEnded();
        if (request != continuation || home == null) {
            VirtualThreads.runOnJdk(request);
        } else if (yielding && home.thread().isCarrierCaller()) {
            yielding = false;
        } else if (!home.thread().wakeUp(this)) {
            goOnAlone();
        }
    }

    /** What a stranger's unlock, a timer or a socket asked for. On the carrier. */
    void jdkWakeUp() {
        if (state == State.BLOCKED) {
            state = State.RUNNING;
            loop().externalWork().work(-1);
            mount();
        } else if (state == State.RESUMING) {
            mount();
        } else {
            goOnAlone();
        }
    }

    /**
     * What is stopped in the JDK when the loop is gone ends on the JDK's own threads, where its await says so; and so does
     * what the JDK has left to do in a thread that our code has left.
     */
    void goOnAlone() {
        Runnable rest = continuation;
        if (rest != null && (state == State.BLOCKED || state == State.RUNNING || state == State.DONE)) {
            VirtualThreads.runOnJdk(rest);
        }
    }

    @Override
    void resumeWithoutLoop() {
        Runnable rest = continuation;
        if (rest != null && state == State.SUSPENDED) {
            state = State.BLOCKED;
            VirtualThreads.runOnJdk(rest);
        }
    }
}
