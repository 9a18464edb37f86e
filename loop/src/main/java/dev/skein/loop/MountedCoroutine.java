package dev.skein.loop;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine that its loop mounts on the loop's own thread.
 *
 * <p>The JDK asks an {@link Executor} to run a virtual thread's continuation. Here that executor is the coroutine itself,
 * so every request names the coroutine that it is for. It is one of these:
 *
 * <ul>
 *   <li>the first one, from {@link Thread#start}: keep the continuation, the JDK passes the same object for ever;
 *   <li>the one that follows our own {@link Thread#yield} in {@link #suspendThread}: swallow it, {@link #step} will run
 *       the continuation when somebody has resumed us;
 *   <li>the JDK's, when a lock, a sleep or a socket lets the coroutine go on: {@link #jdkWakeUp}, in the ready queue;
 *   <li>another continuation: a virtual thread that was started in this coroutine, or one of the JDK's socket pollers.
 *       It inherited us, and runs on the JDK's own scheduler, in parallel, as it would have elsewhere.
 * </ul>
 *
 * <p>Why {@code yield} and not {@code park}: where the thread cannot unmount (in a class initialiser, below native code)
 * a park stops the loop for ever without a word, a yield returns and we can say so; and a park spins on a set interrupt
 * flag and can wake up for no reason. Its price is that a stack dump of a suspended coroutine makes the JDK ask once more
 * for its continuation; such a request finds it SUSPENDED or QUEUED and is dropped. While the dump holds the thread, a
 * step runs nothing: the state stays RESUMING, and the request that ends the dump delivers the step.
 */
final class MountedCoroutine extends Coroutine implements Executor, Runnable {
    /** What this takes from inside the JDK. Without the flag, or in another JDK, it cannot be initialised. */
    private static final class Jdk {
        static final MethodHandle NEW_VIRTUAL_THREAD;
        static final VarHandle SCHEDULER_OF_THREAD;
        static final Executor DEFAULT_SCHEDULER;

        static {
            try {
                Class<?> virtualThread = Class.forName("java.lang.VirtualThread");
                MethodHandles.Lookup inside = MethodHandles.privateLookupIn(virtualThread, MethodHandles.lookup());
                SCHEDULER_OF_THREAD = inside.findVarHandle(virtualThread, "scheduler", Executor.class);
                DEFAULT_SCHEDULER = (Executor)
                        inside.findStatic(virtualThread, "defaultScheduler", MethodType.methodType(Executor.class))
                                .invoke();
                NEW_VIRTUAL_THREAD = inside.findStatic(
                        Class.forName("java.lang.ThreadBuilders"),
                        "newVirtualThread",
                        MethodType.methodType(Thread.class, Executor.class, String.class, int.class, Runnable.class));
            } catch (Throwable refused) {
                throw new ExceptionInInitializerError(refused);
            }
        }
    }

    /** Set by the thread that starts us, which is the loop's, before anybody else can know us. */
    private @Nullable Runnable continuation;

    /** Loop only: the JDK's next request is the answer to our own yield. */
    private boolean yielding;

    MountedCoroutine(Loop loop, @Nullable Task<?> task, @Nullable Guest guest, String name) {
        super(loop, task, guest, name);
    }

    @Override
    Thread newThread(String name) {
        return newVirtualThread(this, name, this);
    }

    /** The body of the thread. No lambda, which would be an object and a frame more for each coroutine. */
    @Override
    public void run() {
        runToEnd();
    }

    private static Thread newVirtualThread(Executor scheduler, String name, Runnable body) {
        try {
            return (Thread) Jdk.NEW_VIRTUAL_THREAD.invokeExact(scheduler, name, 0, body);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Whether coroutines can be mounted in this JVM: takes one thread through start, suspend, resume and finish. The
     * handles being there would not be enough, since a JVM can have virtual threads without continuations.
     */
    @SuppressWarnings("ThreadPriorityCheck") // a yield is how a coroutine suspends
    static boolean probe() {
        Runnable[] request = new Runnable[1];
        boolean[] ran = new boolean[2];
        Executor scheduler = r -> request[0] = r;
        try {
            Thread thread = newVirtualThread(scheduler, "skein-probe", () -> {
                ran[0] = Jdk.SCHEDULER_OF_THREAD.get(Thread.currentThread()) == scheduler;
                Thread.yield();
                ran[1] = true;
            });
            thread.start();
            request[0].run();
            boolean suspended = ran[0] && !ran[1];
            request[0].run();
            return suspended && ran[1] && !thread.isAlive();
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    static @Nullable MountedCoroutine mounted() {
        Thread me = Thread.currentThread();
        if (me.isVirtual()
                && (Executor) Jdk.SCHEDULER_OF_THREAD.get(me) instanceof MountedCoroutine coroutine
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
        if (continuation != null || startThread()) {
            mount();
        }
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
            home.outside().work(1);
        }
    }

    /** The JDK asks for our continuation, or for a child's. On any thread; it never throws into whoever wakes us. */
    @Override
    public void execute(Runnable request) {
        if (continuation == null) {
            continuation = request;
            return;
        }
        Loop home = loopUnlessEnded();
        if (request != continuation || home == null) {
            runOnJdk(request);
        } else if (yielding && home.thread().isCallerUnmounted()) {
            yielding = false;
        } else {
            wakeUpSoon(home);
        }
    }

    private void wakeUpSoon(Loop home) {
        if (home.inLoop()) {
            queueWakeUp(home);
            return;
        }
        try {
            home.eventLoop().execute(() -> queueWakeUp(home));
        } catch (RejectedExecutionException closed) {
            goOnAlone();
            return;
        }
        if (home.isClosed()) {
            // Netty can accept a task as it ends and never run it. If it did run it, this does nothing.
            goOnAlone();
        }
    }

    private void queueWakeUp(Loop home) {
        if (home.isClosed()) {
            goOnAlone();
        } else {
            home.makeReady(new JdkWakeUp(this));
        }
    }

    /** What a stranger's unlock, a timer or a socket asked for has its turn. */
    private void jdkWakeUp() {
        if (state == State.BLOCKED) {
            state = State.RUNNING;
            loop().outside().work(-1);
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
    private void goOnAlone() {
        Runnable rest = continuation;
        if (rest != null && (state == State.BLOCKED || state == State.RUNNING || state == State.DONE)) {
            runOnJdk(rest);
        }
    }

    @Override
    void resumeWithoutLoop() {
        Runnable rest = continuation;
        if (rest != null && state == State.SUSPENDED) {
            state = State.BLOCKED;
            runOnJdk(rest);
        }
    }

    private static void runOnJdk(Runnable request) {
        Jdk.DEFAULT_SCHEDULER.execute(request);
    }

    /** The entry in the ready queue for a request of the JDK. */
    private static final class JdkWakeUp extends Ready {
        private final MountedCoroutine coroutine;

        JdkWakeUp(MountedCoroutine coroutine) {
            this.coroutine = coroutine;
        }

        @Override
        void takeTurn() {
            coroutine.jdkWakeUp();
        }

        @Override
        Object subject() {
            return coroutine.subject();
        }

        @Override
        void loopClosed() {
            coroutine.goOnAlone();
        }
    }
}
