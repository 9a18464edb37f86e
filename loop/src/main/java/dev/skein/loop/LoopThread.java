package dev.skein.loop;

import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Who a loop is at this moment: its own thread, the coroutine that is mounted in its place, and the carrier under both. All
 * count as the loop.
 *
 * <p>Where coroutines are mounted, the loop's own thread is a virtual one, and the carrier a platform thread that runs no
 * code but Skein's ({@link LoopCarrier}). As a baton, the loop's own thread is a platform thread, and there is no carrier.
 *
 * <p>The fields are written by the loop only and read by any thread without more ado: what a stranger reads may be old, but
 * never itself.
 */
final class LoopThread {
    private static final FastThreadLocal<Loop> LOOP_OF_THREAD = new FastThreadLocal<>();

    private final Loop loop;

    /** Of the thread that made the loop. A callback may set another, for itself. */
    private final @Nullable ClassLoader contextClassLoader;

    /** Which may use the loop while that is paused; none if that is a loop's, which could not wait for its turn. */
    private final @Nullable Thread maker;

    private final @Nullable LoopCarrier carrier;
    private @Nullable Thread own;
    private @Nullable Thread carrying;
    private @Nullable Thread mounted;
    private boolean inCallback;

    LoopThread(Loop loop) {
        this.loop = loop;
        this.contextClassLoader = Thread.currentThread().getContextClassLoader();
        this.maker = loopOfCaller() == null ? Thread.currentThread() : null;
        this.carrier = VirtualThreads.areMounted() ? new LoopCarrier(loop) : null;
    }

    /** The loop whose coroutine or callback is calling, or null. */
    static @Nullable Loop loopOfCaller() {
        Coroutine me = Coroutine.current();
        if (me != null) {
            return me.loop();
        }
        Thread caller = Thread.currentThread();
        if (caller.isVirtual()) {
            return VirtualThreads.areMounted() ? LoopCarrier.loopOf(caller) : null;
        }
        return LOOP_OF_THREAD.getIfExists();
    }

    /** A thread for an event loop's life, which inherits nothing from the thread that starts it. */
    static Thread newPlatformThread(String name, Runnable body) {
        return Thread.ofPlatform()
                .name(name)
                .inheritInheritableThreadLocals(false)
                .unstarted(body);
    }

    /** What runs an event loop's life on the loop's own thread. */
    Executor on(Executor platform) {
        return carrier == null
                ? life -> platform.execute(() -> FastThreadLocalThread.runWithFastThreadLocal(life))
                : carrier.on(platform);
    }

    /** The carrier has started. */
    void carriedBy(Thread platform) {
        carrying = platform;
    }

    /** The loop's own thread has started, and is the caller. */
    void begin() {
        own = Thread.currentThread();
        own.setContextClassLoader(contextClassLoader);
        if (carrier == null) {
            LOOP_OF_THREAD.set(loop);
        }
    }

    /**
     * Has {@code task} run where coroutines can be mounted, while the caller, the loop's own thread, waits; as a baton, that is
     * the caller itself.
     *
     * @return false if the caller cannot be unmounted where it stands, in a class initialiser or below native code: then
     *     nothing was done
     */
    boolean runOnCarrier(Runnable task) {
        if (carrier == null) {
            task.run();
            return true;
        }
        return carrier.run(task);
    }

    /** Resumes a coroutine that the JDK has made runnable; false if the loop is closed. Any thread. */
    boolean wakeUp(MountedCoroutine coroutine) {
        return carrier != null && carrier.wakeUp(coroutine);
    }

    // Callbacks, on the loop's own thread.

    /** A callback begins, and sees {@code context}. */
    void beginCallback(@Nullable Context context) {
        inCallback = true;
        if (context != null) {
            context.enter();
        }
    }

    /** A callback has ended, and leaves nothing for the next. */
    void endCallback() {
        inCallback = false;
        clear();
    }

    /** Handlers have run, or Netty's tasks, and leave nothing for callbacks. */
    @SuppressWarnings("Interruption") // a callback's own flag, which belongs to no other code
    void clear() {
        Context.leave();
        Thread me = Thread.currentThread();
        if (me.isInterrupted()) {
            Thread.interrupted();
        }
        if (me.getContextClassLoader() != contextClassLoader) {
            me.setContextClassLoader(contextClassLoader);
        }
    }

    /** Whether a coroutine that the caller makes inherits from it: not from a handler, which runs for no program code. */
    boolean bequeathes() {
        return inCallback || Thread.currentThread() != own;
    }

    // Coroutines.

    void mount(Thread coroutine) {
        mounted = coroutine;
    }

    void unmount() {
        mounted = null;
    }

    /** After others had the turn of {@code before}, the loop's own thread or a coroutine. */
    void mountAgain(Thread before) {
        mounted = before == own ? null : before;
    }

    /** The coroutine that is mounted, or the loop's own thread; null before the start. Any thread. */
    @Nullable
    Thread mounted() {
        Thread coroutine = mounted;
        return coroutine == null ? own : coroutine;
    }

    /** Whether the carrier is kept by a thread that is parked and cannot be unmounted, so that {@link #rescue} may help. Any thread. */
    boolean isStuck() {
        return carrier != null && carrier.isStuck();
    }

    /** Starts a platform thread that resumes the coroutines that may be waited for. Any thread. */
    void rescue() {
        if (carrier != null) {
            Thread.ofPlatform()
                    .daemon()
                    .name("skein-rescue")
                    .inheritInheritableThreadLocals(false)
                    .start(carrier::rescue);
        }
    }

    /** Who has the loop at this moment: the coroutine that is mounted, or its own thread; null before the start. Any thread. */
    @Nullable
    Blocker blocker() {
        Thread blocker = mounted();
        return blocker == null ? null : new Blocker(blocker, blocker != own, List.of(blocker.getStackTrace()));
    }

    boolean isCaller() {
        Thread me = Thread.currentThread();
        return me == mounted || me == own || me == carrying;
    }

    boolean isMakerCaller() {
        return Thread.currentThread() == maker;
    }

    /** Whether the caller is the carrier, with no thread mounted. */
    boolean isCarrierCaller() {
        return Thread.currentThread() == carrying;
    }

    /**
     * Whether Netty may take {@code thread} for the loop's own: not while that is half-way through a handler. What a coroutine
     * does to a channel then, Netty queues, and the loop's own thread does it afterwards.
     */
    boolean standsInForOwn(Thread thread) {
        return (thread == mounted && (carrier == null || !carrier.isWaiting())) || thread == carrying;
    }

    /** Whether Netty may have queued what a coroutine did, so that this must be done before coroutines continue. Loop only. */
    boolean takeStoodIn() {
        return carrier != null && carrier.takeStoodIn();
    }

    /** The loop's own thread, which has started. Any thread. */
    Thread own() {
        Thread started = own;
        if (started == null) {
            throw new IllegalStateException("the thread of " + loop + " has not started");
        }
        return started;
    }

    /** What a caller that is neither gets. */
    RuntimeException refusal() {
        Thread lives = own;
        return new WrongThreadException("called on " + Thread.currentThread() + ", but this loop runs on "
                + (lives == null ? "a thread that has not started" : lives) + describeMaker()
                + ": use callSoonThreadsafe or runCoroutineThreadsafe");
    }

    private String describeMaker() {
        boolean paused = loop.state().isPaused();
        if (isMakerCaller() && !loop.state().isGroupLoop()) {
            return paused
                    ? ", whose creator may call the methods of Loop, Handle, Future and Task while it is paused, but not this one"
                    : ", whose creator may use it only while it is paused";
        }
        return paused && maker != null
                ? ", and while it is paused only " + maker + ", which created it, may use it"
                : "";
    }

    /** Who has the loop at this moment, and where. */
    record Blocker(Thread thread, boolean isCoroutine, List<StackTraceElement> stack) {
        boolean waits() {
            Thread.State state = thread.getState();
            return state == Thread.State.BLOCKED || state == Thread.State.WAITING;
        }

        /** Whether it waits at all, for a lock or until a moment. */
        boolean isBlocked() {
            return waits() || thread.getState() == Thread.State.TIMED_WAITING;
        }

        String waitsFor() {
            Object blocker = Coroutine.blockerOf(thread);
            return blocker == null ? "a monitor" : Repr.of(blocker);
        }

        boolean isPinned() {
            return stack.stream().anyMatch(frame -> frame.getMethodName().equals("<clinit>"));
        }
    }
}
