package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What comes from a peer, in bytes or in messages, for one coroutine at a time: its state, the task that waits for
 * more, and whether the network pauses.
 *
 * <p>A server with many idle connections has one for each, and a coroutine that is parked in {@link #awaitMore}. That is
 * why this is a base class: a part would cost an object more, and a frame more on each parked stack.
 *
 * <p>Loop only.
 */
abstract sealed class InboundSide permits StreamReader, Inbox {
    /**
     * How it stands.
     *
     * <pre>
     *  OPEN            -> ENDED   the peer has sent all
     *  OPEN            -> CUT_OFF the peer's end has come, and what came may not be all
     *  OPEN, ENDED     -> FAILED  the connection was lost
     *  OPEN, ENDED     -> CLOSED  our side is closed, and what is left is dropped
     *  FAILED, CUT_OFF -> CLOSED  as before, and the failure is dropped too
     * </pre>
     */
    private enum State {
        OPEN,
        ENDED,
        CUT_OFF,
        FAILED,
        CLOSED
    }

    // Set once.
    private final Loop loop;
    private @Nullable ConnectionTimeouts timeouts;

    // Loop only.
    private State state = State.OPEN;
    private boolean paused;
    private @Nullable IOException failure;
    private @Nullable Future<@Nullable Void> waiter;
    private @Nullable Task<?> waitingTask;
    private String waitingIn = "";

    InboundSide(Loop loop) {
        this.loop = loop;
    }

    /** Has the network read on, or pause. */
    abstract void setReading(boolean on);

    /** Whether some of what a read waits for has come. */
    abstract boolean hasBegun();

    /** Sets the timeouts, which hear of reads and of waiting for them. */
    final void setTimeouts(ConnectionTimeouts limits) {
        timeouts = limits;
    }

    /** What is read from now on is another message. */
    final void nextMessage() {
        if (timeouts != null) {
            timeouts.nextMessage();
        }
    }

    // How it stands.

    final void checkThread() {
        loop.checkThread();
    }

    /** Whether more may come. */
    final boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether no more will come, but not because the connection was lost. */
    final boolean isEnded() {
        return state == State.ENDED || state == State.CLOSED;
    }

    /** What the connection was lost by. */
    final @Nullable IOException failure() {
        return failure;
    }

    /** Throws it, if it was lost: a new exception for each read, since each has its own stack. */
    final void throwFailure() throws IOException {
        IOException lost = failure;
        if (lost != null) {
            throw ConnectionLostException.again(lost);
        }
    }

    /** Throws it, unless what came before it can still be read. */
    final void throwLoss() throws IOException {
        if (state != State.CUT_OFF) {
            throwFailure();
        }
    }

    // Pausing.

    final boolean isPaused() {
        return paused;
    }

    final void pause() {
        if (!paused) {
            paused = true;
            setReading(false);
        }
    }

    final void resume() {
        if (paused) {
            paused = false;
            setReading(true);
        }
    }

    // Waiting.

    /** Suspends until more has come or nothing more will; {@code call} is what the coroutine is in, for reports. */
    final void awaitMore(String call) {
        // Else a read of more than fits would never end.
        resume();
        Future<@Nullable Void> more = loop.createFuture(call);
        waiter = more;
        waitingTask = Asyncio.currentTask();
        waitingIn = call;
        if (timeouts != null) {
            timeouts.readWaits(hasBegun());
        }
        try {
            more.await();
        } finally {
            waiter = null;
            waitingTask = null;
            if (timeouts != null) {
                timeouts.readResumes();
            }
        }
    }

    final void wake() {
        Future<@Nullable Void> more = waiter;
        if (more != null && !more.isDone()) {
            more.setResult(null);
        }
    }

    /** The task whose turn it is: no other one reads as long as it waits. */
    final @Nullable Task<?> waitingTask() {
        return waitingTask;
    }

    /** What {@link #waitingTask} is in. */
    final String waitingIn() {
        return waitingIn;
    }

    /** The caller, for reports. */
    static String caller() {
        Task<?> me = Asyncio.currentTask();
        return me == null ? "a callback" : "task '" + me.name() + "'";
    }

    // The connection's side.

    /** The peer has sent all. */
    final void feedEof() {
        if (state == State.OPEN) {
            state = State.ENDED;
            wake();
        }
    }

    /** Nothing more will come, and what came may not be all: it is read, and a read of more gets {@code why}. */
    final void cutOff(IOException why) {
        if (state == State.OPEN) {
            state = State.CUT_OFF;
            failure = why;
            wake();
        }
    }

    /** The connection is lost. */
    void fail(IOException why) {
        if (state == State.OPEN || state == State.ENDED) {
            state = State.FAILED;
            failure = why;
            wake();
        }
    }

    /** Drops what is left: it is at its end, or stays failed. */
    void close() {
        if (state != State.FAILED && state != State.CUT_OFF) {
            state = State.CLOSED;
        }
        wake();
    }

    /** Drops the failure, if there is one. */
    final void forgetFailure() {
        if (state == State.FAILED || state == State.CUT_OFF) {
            state = State.CLOSED;
            failure = null;
        }
    }

    @Override
    public String toString() {
        return state.toString();
    }
}
