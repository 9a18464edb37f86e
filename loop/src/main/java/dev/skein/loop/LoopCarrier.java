package dev.skein.loop;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.PlatformDependent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The platform thread under a loop. It does nothing but mount virtual threads, one at a time: the loop's own thread, in which
 * Netty's event loop runs with all handlers and callbacks, and the loop's coroutines.
 *
 * <pre>
 *  LOOP      the loop's own thread is mounted: it polls, and runs handlers, Netty's tasks, callbacks, the flush
 *  YIELDING  it is about to hand over: the JDK's next request is the answer to its yield
 *  WORK      it has handed over: the carrier does what it was told, mostly to mount coroutines whose steps are ready
 *  WAITING   it is stopped inside the JDK, half-way through a handler or callback: coroutines that the JDK wakes continue,
 *            each to its next await, and nothing else
 *
 *  LOOP     -&gt; YIELDING  run
 *  YIELDING -&gt; WORK      the JDK has unmounted it, and asks when it may continue
 *  YIELDING -&gt; LOOP      it could not be unmounted
 *  WORK     -&gt; LOOP      the work is done
 *  LOOP     -&gt; WAITING   a lock, a sleep or a socket of the JDK stopped it, or a stack dump holds it
 *  WAITING  -&gt; LOOP      the JDK has made it runnable
 * </pre>
 *
 * <p>Why: were callbacks run on the platform thread itself, one could wait there for a lock whose next owner is a coroutine
 * of the same loop, woken by the JDK already, which only that thread can mount. Neither would ever continue. Here the loop's own
 * thread leaves the carrier where it waits, and the coroutine is mounted.
 *
 * <p>So foreign code never runs on the carrier, nor does Skein take a lock there. It is the scheduler of the loop's own
 * thread too: an {@link Executor} that keeps the continuation and is asked to run it.
 */
final class LoopCarrier implements Executor {
    private enum Mode {
        LOOP,
        YIELDING,
        WORK,
        WAITING
    }

    private static final VarHandle MODE;

    static {
        try {
            MODE = MethodHandles.lookup().findVarHandle(LoopCarrier.class, "mode", Mode.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Coroutines that the JDK has made runnable, for as long as the loop's thread has not queued them. Any thread adds. */
    private final Queue<MountedCoroutine> woken = PlatformDependent.newMpscQueue();

    private final Runnable queueWoken = this::queueWoken;

    /** Dropped at the end: a thread that was started in a callback may hold on to its scheduler for good. */
    private @Nullable Loop loop;

    // Set by the carrier before the loop's thread starts, read by any thread. For the time of a rescue it is another.
    private volatile @Nullable Thread carrier;
    private volatile @Nullable Thread own;
    private volatile @Nullable Runnable continuation;

    /** Written on the carrier alone. What other threads ask is whether it is WAITING, so that change is made at once. */
    private volatile Mode mode = Mode.LOOP;

    // On the carrier: of the loop's thread for the carrier, and back.
    private @Nullable Runnable work;
    private @Nullable Throwable failure;

    /** On the carrier: coroutines have gone on while the loop's thread waited. */
    private boolean stoodIn;

    private final AtomicBoolean rescuing = new AtomicBoolean();

    /** The JDK has asked for the loop's thread since it was last mounted. Set by any thread. */
    private volatile boolean runnable;

    LoopCarrier(Loop loop) {
        this.loop = loop;
    }

    /** The loop whose own thread is calling, a virtual one, or null. */
    static @Nullable Loop loopOf(Thread caller) {
        return VirtualThreads.schedulerOf(caller) instanceof LoopCarrier it && it.own == caller ? it.loop : null;
    }

    /** An executor that runs what it is given, which is an event loop's whole life, on a thread that this carries. */
    Executor on(Executor platform) {
        return body -> platform.execute(() -> carry(body));
    }

    private void carry(Runnable body) {
        Loop carried = loop;
        if (carried == null) {
            throw new IllegalStateException("this loop has ended");
        }
        Thread me = Thread.currentThread();
        Thread mine = VirtualThreads.unstartedWithoutInheritance(
                this, me.getName(), () -> FastThreadLocalThread.runWithFastThreadLocal(body));
        me.setName(me.getName() + "-carrier");
        carrier = me;
        own = mine;
        carried.thread().carriedBy(me);
        mine.start();
        mountUntilItEnds(carried, mine);
        queueWoken();
        loop = null;
    }

    private void mountUntilItEnds(Loop carried, Thread mine) {
        while (mine.isAlive()) {
            runnable = false;
            mount();
            if (mode == Mode.WORK) {
                doWork();
                MODE.setRelease(this, Mode.LOOP);
            } else if (mine.isAlive()) {
                standIn(carried.ready());
            }
        }
    }

    private void mount() {
        Runnable itself = continuation;
        if (itself == null) {
            throw new IllegalStateException("the loop's thread has not started");
        }
        itself.run();
    }

    private void doWork() {
        Runnable told = work;
        work = null;
        if (told == null) {
            return;
        }
        try {
            told.run();
        } catch (Throwable thrown) {
            failure = thrown;
        }
    }

    /** The loop's thread cannot continue: what it waits for may be a coroutine that the JDK has woken. */
    private void standIn(ReadyQueue ready) {
        mode = Mode.WAITING;
        ready.takeWoken(woken);
        while (!runnable) {
            MountedCoroutine next = woken.poll();
            if (next == null) {
                LockSupport.park(this);
                Thread.interrupted(); // a flag that is set would let no park wait
            } else {
                stoodIn = true;
                ready.runWoken(next);
            }
        }
        mode = Mode.LOOP;
        queueWoken();
    }

    /**
     * Has the carrier do {@code task}, while the caller, the loop's own thread, waits. What it throws is thrown here.
     *
     * @return false if the caller cannot be unmounted where it stands, in a class initialiser or below native code: then
     *     nothing was done
     */
    @SuppressWarnings("ThreadPriorityCheck") // not a hint to the scheduler, which is us
    boolean run(Runnable task) {
        work = task;
        MODE.setRelease(this, Mode.YIELDING);
        boolean pinned = true;
        try {
            Thread.yield();
            pinned = mode == Mode.YIELDING;
        } finally {
            MODE.setRelease(this, Mode.LOOP);
            work = null;
        }
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            PlatformDependent.throwException(thrown);
        }
        return !pinned;
    }

    /** The JDK asks for the continuation of the loop's thread, or for a child's. Any thread. */
    @Override
    public void execute(Runnable request) {
        if (continuation == null) {
            continuation = request;
        } else if (request != continuation) {
            VirtualThreads.runOnJdk(request);
        } else if (mode == Mode.YIELDING && Thread.currentThread() == carrier) {
            MODE.setRelease(this, Mode.WORK);
        } else {
            runnable = true;
            LockSupport.unpark(carrier);
        }
    }

    /**
     * Resumes {@code coroutine}, which the JDK has made runnable, in its turn; or, while the loop's thread waits, at once. Any
     * thread.
     *
     * @return false if the loop is closed, and no thread is left
     */
    boolean wakeUp(MountedCoroutine coroutine) {
        Loop mine = loop;
        if (mine == null || mine.isClosed()) {
            return false;
        }
        if (mode != Mode.WAITING && mine.inLoop()) {
            mine.ready().addWoken(coroutine);
            return true;
        }
        // First in, then a look at what will take it out: the carrier does the reverse.
        woken.add(coroutine);
        if (mode == Mode.WAITING) {
            LockSupport.unpark(carrier);
            return true;
        }
        return mine.executeUnlessClosed(queueWoken) && !mine.isClosed();
    }

    /** On the loop, or after its end. */
    private void queueWoken() {
        Loop mine = loop;
        for (MountedCoroutine next = woken.poll(); next != null; next = woken.poll()) {
            if (mine == null || mine.isClosed()) {
                next.goOnAlone();
            } else {
                mine.ready().addWoken(next);
            }
        }
    }

    // Where a thread is parked that cannot be unmounted.

    /**
     * Whether the mounted thread keeps the carrier while it is parked, in a class initialiser or below native code, and a
     * coroutine that the JDK has woken cannot be mounted: one of these may be next in line for what it waits for. Any thread.
     */
    boolean isStuck() {
        Loop mine = loop;
        Thread mounted = mine == null ? null : mine.thread().mounted();
        return mounted != null && !rescuing.get() && !woken.isEmpty() && VirtualThreads.isParkedOnCarrier(mounted);
    }

    /**
     * Runs the coroutines that the JDK has woken, on the calling platform thread, each to its next await. The thread that
     * keeps the carrier stays parked meanwhile, whatever wakes it; then it tests again what it waits for. So still only one
     * of them runs at a time.
     */
    void rescue() {
        if (!rescuing.compareAndSet(false, true)) {
            return;
        }
        try {
            Loop mine = loop;
            Thread stuckOn = carrier;
            Thread parked = mine == null ? null : mine.thread().mounted();
            if (mine != null && stuckOn != null && parked != null) {
                rescue(mine, stuckOn, parked);
            }
        } finally {
            rescuing.set(false);
        }
    }

    private void rescue(Loop mine, Thread stuckOn, Thread parked) {
        try {
            if (VirtualThreads.keepParked(parked, stuckOn)) {
                mountWoken(mine, stuckOn, parked);
            }
        } finally {
            LockSupport.unpark(stuckOn);
        }
    }

    private void mountWoken(Loop mine, Thread stuckOn, Thread parked) {
        Mode before = mode;
        Thread me = Thread.currentThread();
        carrier = me;
        mine.thread().carriedBy(me);
        mode = Mode.WAITING;
        try {
            stoodIn = true;
            for (MountedCoroutine next = woken.poll(); next != null; next = woken.poll()) {
                mine.ready().runWoken(next);
            }
        } finally {
            mine.thread().mountAgain(parked);
            mine.thread().carriedBy(stuckOn);
            carrier = stuckOn;
            mode = before;
        }
    }

    /** Whether the loop's own thread is stopped inside the JDK, half-way through what it runs. */
    boolean isWaiting() {
        return mode == Mode.WAITING;
    }

    /** Whether coroutines have gone on while the loop's own thread waited, since this was last asked. Loop only. */
    boolean takeStoodIn() {
        boolean stood = stoodIn;
        stoodIn = false;
        return stood;
    }

    @Override
    public String toString() {
        return "LoopCarrier[" + own + ", " + mode + "]";
    }
}
