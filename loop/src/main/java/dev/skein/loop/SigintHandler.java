package dev.skein.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
@Plumbing
final class SigintHandler {
    /** What a shell gives for a program that SIGINT ended. */
    private static final int STATUS = 130;

    /** How long the JVM waits for the thread that called {@code run} to leave its own {@code finally} blocks. */
    private static final Duration CALLER_LIMIT = Duration.ofSeconds(10);

    /** A loop that has not heard of it by then is probably blocked. */
    private static final long HEARD_MILLIS = 500;

    private final AtomicInteger presses = new AtomicInteger();
    private volatile @Nullable LoopRun<?> run;
    private volatile boolean cancelledMain;
    private volatile Runnable beforeEnd = () -> {};
    private volatile @Nullable SignalRegistration handler;

    /** From now on it cancels {@code current}. */
    void cancels(LoopRun<?> current) {
        presses.set(0);
        cancelledMain = false;
        run = current;
        install();
    }

    /**
     * From now on the first calls {@code leave} and ends the JVM in its usual way, with all its hooks; if main was cancelled by
     * it, at once.
     */
    void endsJvm(Runnable leave) {
        run = null;
        beforeEnd = leave;
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
            cancel(current);
        } else {
            beforeEnd.run();
            Runtime.getRuntime().exit(STATUS);
        }
    }

    /** On the signal's own thread, which may wait. */
    private static void cancel(LoopRun<?> current) {
        Loop loop = current.loop();
        CountDownLatch heard = new CountDownLatch(1);
        current.cancel("Ctrl-C (SIGINT)", () -> {
            heard.countDown();
            if (loop.isDebug()) {
                LoopLog.warn("Ctrl-C (SIGINT) cancels main; who waits for what:\n" + loop.observer.describeTasks(loop));
            }
        });
        try {
            if (!heard.await(HEARD_MILLIS, TimeUnit.MILLISECONDS)) {
                loop.watch()
                        .tellBlocked(
                                "Ctrl-C (SIGINT) cannot cancel main yet",
                                "main is cancelled as soon as that ends, and a second Ctrl-C ends the JVM at once");
            }
        } catch (InterruptedException stranger) {
            // Then without a word.
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

    /** What {@code run} throws then: with the program's frames alone, those of main and below them the caller's. */
    static CancelledError error(LoopRun<?> cancelled) {
        CancelledError said =
                new CancelledError("Ctrl-C (SIGINT) cancelled main, and the JVM ends with status " + STATUS);
        List<StackTraceElement> frames = new ArrayList<>(cancelled.whereMainStood());
        frames.addAll(StackFilter.of(List.of(Thread.currentThread().getStackTrace())));
        said.setStackTrace(frames.toArray(StackTraceElement[]::new));
        return said;
    }
}
