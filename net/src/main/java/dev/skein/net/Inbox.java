package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import io.netty.channel.Channel;
import io.netty.channel.MessageSizeEstimator;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one connection that have come and were not received yet, and the failures between them, in the order in
 * which they came. It owns what it holds.
 *
 * <p>Reading from the network pauses while it holds more than {@link #MOST} messages or, where their size is known, more
 * than twice the limit in bytes; it goes on at half of that, or when somebody waits for more.
 *
 * <p>Loop only.
 */
final class Inbox {
    /** How many messages may wait; what one read from the network has decoded is kept even if it is more. */
    static final int MOST = 64;

    /**
     * How it stands.
     *
     * <pre>
     *  OPEN        -> ENDED    the peer has sent all
     *  OPEN, ENDED -> FAILED   the connection was lost: told after what came before
     *  any         -> CLOSED   our side is closed, what is left was released
     * </pre>
     */
    private enum State {
        OPEN,
        ENDED,
        FAILED,
        CLOSED
    }

    /** A failure of the pipeline, in the place of the message that it prevented. */
    private record Failure(Throwable cause) {}

    // Set once.
    private final Loop loop;
    private final Channel channel;
    private final MessageSizeEstimator.Handle sizes;
    private final long limit;

    // Loop only.
    private final ArrayDeque<Object> unread = new ArrayDeque<>();
    private long unreadBytes;
    private State state = State.OPEN;
    private boolean paused;
    private @Nullable IOException failure;
    private @Nullable Future<@Nullable Void> waiter;
    private @Nullable Task<?> waitingTask;
    private @Nullable MessagePatience patience;

    Inbox(Loop loop, Channel channel, int limit) {
        StreamReader.checkLimit(limit);
        this.loop = loop;
        this.channel = channel;
        this.sizes = channel.config().getMessageSizeEstimator().newHandle();
        this.limit = limit;
    }

    /** Has {@code limits} told of what comes and of who waits for it. */
    void setPatience(MessagePatience limits) {
        patience = limits;
    }

    // The receiver's side.

    /** Waits until there is a message, or none will come: whether there is one. Throws the failure in its place. */
    boolean awaitMessage() throws IOException {
        loop.checkThread();
        requireNoOther();
        while (unread.isEmpty() && state == State.OPEN) {
            awaitMore();
        }
        if (unread.peek() instanceof Failure failed) {
            taken(unread.remove());
            throw rethrown(failed.cause());
        }
        IOException lost = failure;
        if (unread.isEmpty() && lost != null) {
            throw new IOException(lost.getMessage(), lost.getCause());
        }
        return !unread.isEmpty();
    }

    /** The message that {@link #awaitMessage} has found. */
    Object take() {
        Object message = unread.remove();
        taken(message);
        return message;
    }

    private void taken(Object item) {
        unreadBytes -= size(item);
        if (paused && state == State.OPEN && unread.size() <= MOST / 2 && unreadBytes <= limit) {
            setReading(true);
        }
    }

    private static IOException rethrown(Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException io ? io : new IOException(cause.toString(), cause);
    }

    private void requireNoOther() {
        if (waitingTask != null) {
            Task<?> me = Asyncio.currentTask();
            throw new IllegalStateException("receive() in " + (me == null ? "a callback" : "task '" + me.name() + "'")
                    + ", but task '"
                    + waitingTask.name() + "' waits in receive() of the same messages: one coroutine receives at"
                    + " a time; hand them on in a Queue for several");
        }
    }

    private void awaitMore() {
        if (paused) {
            // Of a few that are large: a codec may need more bytes to make one of them.
            setReading(true);
        }
        Future<@Nullable Void> more = loop.createFuture("Messages.receive");
        waiter = more;
        waitingTask = Asyncio.currentTask();
        if (patience != null) {
            patience.receiveWaits();
        }
        try {
            more.await();
        } finally {
            waiter = null;
            waitingTask = null;
            if (patience != null) {
                patience.receiveGoesOn();
            }
        }
    }

    private void wake() {
        Future<@Nullable Void> more = waiter;
        if (more != null && !more.isDone()) {
            more.setResult(null);
        }
    }

    // The connection's side.

    /** Takes {@code message}, and the reference to it if it has one. */
    void feed(Object message) {
        if (patience != null) {
            patience.messageCame();
        }
        if (state != State.OPEN) {
            ReferenceCountUtil.release(message);
            return;
        }
        unread.add(message);
        unreadBytes += size(message);
        if (!paused && (unread.size() > MOST || unreadBytes > 2 * limit)) {
            setReading(false);
        }
        wake();
    }

    /** A codec has failed; the connection goes on. */
    void feedFailure(Throwable cause) {
        feed(new Failure(Objects.requireNonNull(cause)));
    }

    private int size(Object message) {
        return sizes.size(message);
    }

    private void setReading(boolean on) {
        paused = !on;
        channel.config().setAutoRead(on);
    }

    /** The peer has sent all. */
    void feedEof() {
        if (state == State.OPEN) {
            state = State.ENDED;
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

    /** Nobody wants what is left. */
    void close() {
        state = State.CLOSED;
        failure = null;
        unread.forEach(ReferenceCountUtil::release);
        unread.clear();
        unreadBytes = 0;
        wake();
    }

    @Override
    public String toString() {
        return unread.size() + " unread" + (waitingTask == null ? "" : ", " + waitingTask.name() + " waits in receive");
    }
}
