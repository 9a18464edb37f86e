package dev.skein.loop;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a loop is at this moment: its own thread, and the coroutine that it has mounted, which counts as it.
 *
 * <p>The fields are written by the loop only and read by any thread without more ado: what a stranger reads may be old, but
 * never itself.
 */
final class LoopThread {
    private static final FastThreadLocal<Loop> LOOP_OF_THREAD = new FastThreadLocal<>();

    private final Loop loop;
    private @Nullable Thread own;
    private @Nullable Thread mounted;

    LoopThread(Loop loop) {
        this.loop = loop;
    }

    /** The loop whose coroutine or callback is calling, or null. */
    static @Nullable Loop loopOfCaller() {
        Coroutine me = Coroutine.current();
        if (me != null) {
            return me.loop();
        }
        return Thread.currentThread().isVirtual() ? null : LOOP_OF_THREAD.getIfExists();
    }

    /** The loop's thread has started, and is the caller. */
    void begin() {
        own = Thread.currentThread();
        LOOP_OF_THREAD.set(loop);
    }

    void mount(Thread coroutine) {
        mounted = coroutine;
    }

    void unmount() {
        mounted = null;
    }

    /** Who has the loop at this moment: the coroutine that is mounted, or its own thread; null before the start. Any thread. */
    LoopWatch.@Nullable Holder holder() {
        Thread coroutine = mounted;
        Thread holder = coroutine == null ? own : coroutine;
        return holder == null ? null : new LoopWatch.Holder(holder, coroutine != null, List.of(holder.getStackTrace()));
    }

    boolean isCaller() {
        Thread me = Thread.currentThread();
        return me == mounted || me == own;
    }

    boolean isCallerUnmounted() {
        return Thread.currentThread() == own;
    }

    boolean isMounted(Thread thread) {
        return thread == mounted;
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
        return new WrongThreadException("called on " + Thread.currentThread() + ", but this loop lives on "
                + (lives == null ? "a thread that has not started" : lives)
                + ": use callSoonThreadsafe or runCoroutineThreadsafe");
    }
}
