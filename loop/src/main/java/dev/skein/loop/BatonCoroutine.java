package dev.skein.loop;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine in a JVM that does not let a loop mount it: an ordinary virtual thread, on the JDK's own scheduler, that
 * takes the loop's turn as a baton.
 *
 * <p>The side without the baton waits: the loop spins for a while, since most steps are short, and then parks; the
 * coroutine parks at once, since a spinning virtual thread keeps its carrier from the next one. So again one of them runs
 * at a time, and every hand-over is a volatile write that makes all that was written before it visible.
 *
 * <p>What differs from a mounted coroutine: a step costs about five times as much; a JDK call that blocks keeps the
 * baton, hence the loop; and a monitor held over an await and wanted by another coroutine is a deadlock.
 */
@Plumbing
final class BatonCoroutine extends Coroutine {
    private static final ScopedValue<BatonCoroutine> CURRENT = ScopedValue.newInstance();

    /** Rounds of spinning in which nearly every step ends; measured to cost less than parking the loop does. */
    private static final int SPINS = 5_000;

    /** Written by the side that hands over, read by the other. */
    private volatile boolean baton;

    private volatile boolean loopParked;

    /** Set by the loop's thread before the first hand-over. */
    private @Nullable Thread loopThread;

    BatonCoroutine(Loop loop, @Nullable Task<?> task, @Nullable Body body, String name) {
        super(loop, task, body, name);
    }

    @Override
    Thread newThread(String name) {
        boolean inherits = loop().thread().bequeathes();
        Thread made = Thread.ofVirtual()
                .name(name)
                .inheritInheritableThreadLocals(inherits)
                .unstarted(() -> ScopedValue.where(CURRENT, this).run(this::runWithBaton));
        if (!inherits) {
            made.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        }
        return made;
    }

    static @Nullable BatonCoroutine holder() {
        Thread me = Thread.currentThread();
        if (me.isVirtual() && CURRENT.isBound()) {
            BatonCoroutine coroutine = CURRENT.get();
            if (coroutine.thread == me) {
                return coroutine;
            }
        }
        return null;
    }

    private void runWithBaton() {
        try {
            runToEnd();
        } finally {
            handBack();
        }
    }

    @Override
    void suspendThread() {
        // Once the loop has the baton, an error would make two of us run.
        requireStack(HAND_OVER_FRAMES);
        handBack();
        boolean interrupted = false;
        while (!baton) {
            try {
                LockSupport.park(this);
                // A set flag would make every park return at once; it is kept for the code that will read it.
                interrupted |= Thread.interrupted();
            } catch (StackOverflowError tooDeepToPark) {
                Thread.onSpinWait();
            }
        }
        if (interrupted) {
            thread.interrupt();
        }
    }

    @Override
    void resumeWithoutLoop() {
        // No thread is there to call this: what blocks here keeps the loop from closing.
    }

    private void handBack() {
        baton = false;
        if (loopParked) {
            LockSupport.unpark(loopThread);
        }
    }

    @Override
    void step() {
        boolean first = loopThread == null;
        loopThread = Thread.currentThread();
        Loop home = loop();
        home.thread().mount(thread);
        try {
            baton = true;
            if (first) {
                thread.start();
            } else {
                LockSupport.unpark(thread);
            }
            awaitBaton();
        } finally {
            home.thread().unmount();
        }
    }

    private void awaitBaton() {
        for (int i = 0; i < SPINS; i++) {
            if (!baton) {
                return;
            }
            Thread.onSpinWait();
        }
        loopParked = true;
        while (baton) {
            LockSupport.park(this);
        }
        loopParked = false;
    }
}
