package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * Where a loop stands in its life, and the run that a thread waits for.
 *
 * <pre>
 *  PAUSED  -> RUNNING  a run begins; a loop of a group is running from the start
 *  RUNNING -> PAUSED   the run has ended: the ready queue waits for the next one
 *  PAUSED, RUNNING -> CLOSING   tasks are cancelled and run to their end; it does not stop any more
 *  any     -> CLOSED   nothing runs in it any more
 * </pre>
 */
final class LoopState {
    private enum Phase {
        PAUSED,
        RUNNING,
        CLOSING,
        CLOSED
    }

    // Set once, before start.
    private final boolean groupLoop;

    // Written by the loop, read by any thread.
    private volatile Phase phase;

    // Any thread.
    private volatile @Nullable LoopRun<?> run;
    private volatile long closeTimeoutNanos;

    // Loop only.
    private boolean stopping;

    LoopState(boolean groupLoop, long closeTimeoutNanos) {
        this.groupLoop = groupLoop;
        this.closeTimeoutNanos = closeTimeoutNanos;
        this.phase = groupLoop ? Phase.RUNNING : Phase.PAUSED;
    }

    /** Whether it is a loop of a group, which runs until the group is shut down. */
    boolean isGroupLoop() {
        return groupLoop;
    }

    boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    /** Whether callbacks and coroutines have their turns now. */
    boolean isRunning() {
        return phase == Phase.RUNNING || phase == Phase.CLOSING;
    }

    /** Whether it stands between two runs, and none is about to begin: then the thread that made it may have a turn. */
    boolean isPaused() {
        return phase == Phase.PAUSED && run == null;
    }

    /** The run that a thread waits for, or null. */
    @Nullable
    LoopRun<?> run() {
        return run;
    }

    void setRun(@Nullable LoopRun<?> current) {
        run = current;
    }

    long closeTimeoutNanos() {
        return closeTimeoutNanos;
    }

    void setCloseTimeout(long nanos) {
        closeTimeoutNanos = nanos;
    }

    void setRunning(boolean running) {
        if (phase == Phase.RUNNING || phase == Phase.PAUSED) {
            phase = running || groupLoop ? Phase.RUNNING : Phase.PAUSED;
        }
    }

    /** Asks for the end of the run after this round. */
    void stopSoon() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    /** A round has ended. */
    void stopIfAsked() {
        if (stopping) {
            stopping = false;
            LoopRun<?> ended = run;
            if (ended != null) {
                ended.stopped();
            }
        }
    }

    void beginClosing() {
        phase = Phase.CLOSING;
    }

    void close() {
        phase = Phase.CLOSED;
    }

    /** The run, if there is one, cannot continue. */
    void failRun(Throwable why) {
        LoopRun<?> cut = run;
        if (cut != null) {
            cut.failed(why);
        }
    }
}
