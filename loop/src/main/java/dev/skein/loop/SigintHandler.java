package dev.skein.loop;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What Ctrl-C (SIGINT) does while a {@link Runner} runs or closes its loop: the first cancels main, and the next ends the
 * JVM at once, whatever main or a {@code finally} of its tasks are doing. Any thread.
 *
 * <p>Where the signal is not the JVM's own to handle (it is ignored, other code has it, {@code -Xrs}, no
 * {@code sun.misc.Signal}) nothing is changed. The JVM's own handling would be a shutdown, which a second signal waits
 * for, and which main cannot refuse.
 */
final class SigintHandler {
    /** What a shell gives for a program that SIGINT ended. */
    private static final int STATUS = 130;

    /** How long the JVM waits for the thread that called {@code run} to leave its own {@code finally} blocks. */
    private static final Duration CALLER_LIMIT = Duration.ofSeconds(10);

    private final AtomicInteger presses = new AtomicInteger();
    private volatile @Nullable LoopRun<?> run;
    private volatile boolean cancelledMain;
    private volatile @Nullable SignalRegistration handler;

    /** From now on it cancels {@code current}. */
    void cancels(LoopRun<?> current) {
        presses.set(0);
        cancelledMain = false;
        run = current;
        install();
    }

    /** From now on the first ends the JVM in its usual way, with all its hooks; if main was cancelled by it, at once. */
    void endsJvm() {
        run = null;
        install();
    }

    private void install() {
        try {
            SignalRegistration ours = new SignalRegistration("INT", this::pressed);
            if (ours.replacesJvmOwn()) {
                handler = ours;
            } else {
                ours.remove();
            }
        } catch (UnsupportedOperationException | IllegalStateException notPossible) {
            // Then it is the JVM's, and the shutdown hook of the runner cancels main.
        }
    }

    /** Gives it back. */
    void remove() {
        SignalRegistration ours = handler;
        if (ours != null) {
            handler = null;
            ours.remove();
        }
    }

    /** The JVM is shutting down, and waits for the loop: the next one shall not wait. */
    void jvmEnds() {
        presses.incrementAndGet();
    }

    private void pressed() {
        LoopRun<?> current = run;
        if (presses.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(STATUS);
        } else if (current != null) {
            cancelledMain = true;
            current.cancel("Ctrl-C (SIGINT)");
        } else {
            Runtime.getRuntime().exit(STATUS);
        }
    }

    /** Whether it has asked the main of this run to end; main may have refused. */
    boolean hasCancelledMain() {
        return cancelledMain;
    }

    /** Ends the JVM as soon as the calling thread has ended, or has had the time to. */
    static void endJvmAfterCaller() {
        Thread caller = Thread.currentThread();
        Thread.ofPlatform().name("skein-ctrl-c").start(() -> {
            try {
                caller.join(CALLER_LIMIT);
            } catch (InterruptedException e) {
                // Then at once.
            }
            Runtime.getRuntime().exit(STATUS);
        });
    }

    /** What {@code run} throws then: one line if no code catches it. */
    static CancelledError error() {
        CancelledError said =
                new CancelledError("Ctrl-C (SIGINT) cancelled main, and the JVM ends with status " + STATUS);
        said.setStackTrace(new StackTraceElement[0]);
        return said;
    }
}
