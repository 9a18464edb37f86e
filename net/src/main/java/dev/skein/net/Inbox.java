package dev.skein.net;

import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import io.netty.channel.Channel;
import io.netty.channel.MessageSizeEstimator;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Objects;

/**
 * The messages of one connection that have come and were not received yet, and the failures between them, in the order in
 * which they came. It owns what it holds.
 *
 * <p>Reading from the network pauses while it holds more than {@link #MOST} messages or, where their size is known, more
 * than twice the limit in bytes; it resumes at half of that, or when a receive waits for more.
 *
 * <p>Loop only.
 */
final class Inbox extends InboundSide {
    /** How many messages may wait; what one read from the network has decoded is kept even if it is more. */
    static final int MOST = 64;

    /** A failure of the pipeline, in the place of the message that it prevented. */
    private record Failure(Throwable cause) {}

    // Set once.
    private final Channel channel;
    private final MessageSizeEstimator.Handle sizes;
    private final long limit;

    // Loop only.
    private final ArrayDeque<Object> unread = new ArrayDeque<>();
    private long unreadBytes;

    Inbox(Loop loop, Channel channel, int limit) {
        super(loop);
        StreamReader.checkLimit(limit);
        this.channel = channel;
        this.sizes = channel.config().getMessageSizeEstimator().newHandle();
        this.limit = limit;
    }

    // The receiver's side.

    /** Waits until there is a message, or none will come: whether there is one. Throws the failure in its place. */
    boolean awaitMessage() throws IOException {
        checkThread();
        requireNoOther();
        while (unread.isEmpty() && isOpen()) {
            awaitMore("Messages.receive");
        }
        if (unread.peek() instanceof Failure failed) {
            taken(unread.remove());
            throw rethrown(failed.cause());
        }
        if (unread.isEmpty()) {
            throwFailure();
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
        if (isPaused() && isOpen() && unread.size() <= MOST / 2 && unreadBytes <= limit) {
            resume();
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
        Task<?> waiting = waitingTask();
        if (waiting != null) {
            throw new IllegalStateException("receive() in " + caller() + ", but task '" + waiting.name()
                    + "' already waits in receive() of this connection: only one coroutine may receive at a time;"
                    + " to share the messages, put them into a Queue");
        }
    }

    @Override
    boolean hasBegun() {
        return false; // the timeouts see the bytes themselves
    }

    @Override
    void setReading(boolean on) {
        channel.config().setAutoRead(on);
    }

    // The connection's side.

    /** Takes {@code message}, and the reference to it if it has one. */
    void feed(Object message) {
        nextMessage();
        if (!isOpen()) {
            ReferenceCountUtil.release(message);
            return;
        }
        unread.add(message);
        unreadBytes += size(message);
        if (unread.size() > MOST || unreadBytes > 2 * limit) {
            pause();
        }
        wake();
    }

    /** A codec has failed; the connection stays open. */
    void feedFailure(Throwable cause) {
        feed(new Failure(Objects.requireNonNull(cause)));
    }

    private int size(Object message) {
        return sizes.size(message);
    }

    @Override
    void close() {
        forgetFailure();
        super.close();
        unread.forEach(ReferenceCountUtil::release);
        unread.clear();
        unreadBytes = 0;
    }

    @Override
    public String toString() {
        Task<?> waiting = waitingTask();
        return unread.size() + " unread" + (waiting == null ? "" : ", " + waiting.name() + " waits in receive");
    }
}
