package dev.skein.net;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What coroutines have written to a connection, and the loop's own thread is to pass on at the end of the pass, since only
 * that thread enters handlers that are not ours. It owns what it holds.
 *
 * <p>Loop only.
 *
 * @param <E> what is queued for one write
 */
final class PassQueue<E> {
    // Set once.
    private final ConnectionEndpoint end;
    private final ToLongFunction<? super E> size;
    private final Runnable passOn;

    // Loop only.
    /** Most connections never have one. */
    private @Nullable ArrayDeque<E> queue;

    private long bytes;
    private boolean passEndAwaited;

    /** For writes to {@code end}, whose {@code size} is in bytes; {@code passOn} is what {@link #atPassEnd} has done. */
    PassQueue(ConnectionEndpoint end, ToLongFunction<? super E> size, Runnable passOn) {
        this.end = end;
        this.size = size;
        this.passOn = passOn;
    }

    /** Has the loop's own thread pass on what is queued, and do so once. */
    void atPassEnd() {
        if (!passEndAwaited) {
            passEndAwaited = true;
            end.loop().callAtPassEnd(passOn);
        }
    }

    /** It is being passed on: what comes now waits for another time. */
    void passEnds() {
        passEndAwaited = false;
    }

    boolean isPassEndAwaited() {
        return passEndAwaited;
    }

    void add(E write) {
        if (queue == null) {
            queue = new ArrayDeque<>();
        }
        queue.add(write);
        bytes += size.applyAsLong(write);
    }

    /** Takes the first, null if there is none. */
    @Nullable
    E poll() {
        E first = queue == null ? null : queue.poll();
        if (first != null) {
            bytes -= size.applyAsLong(first);
        }
        return first;
    }

    /** Releases each by {@code release}, since none is written any more. */
    void drop(Consumer<? super E> release) {
        for (E each = poll(); each != null; each = poll()) {
            release.accept(each);
        }
    }

    boolean isEmpty() {
        return queue == null || queue.isEmpty();
    }

    int count() {
        return queue == null ? 0 : queue.size();
    }

    long bytes() {
        return bytes;
    }

    /** Whether the channel takes no more, or no more than what is queued. */
    boolean isFull() {
        Channel channel = end.channel();
        return !channel.isWritable() || (bytes > 0 && bytes >= channel.bytesBeforeUnwritable());
    }
}
