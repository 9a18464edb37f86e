package dev.skein.loop;

import io.netty.util.concurrent.GenericFutureListener;
import java.lang.ref.WeakReference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the futures of one loop that follow a foreign operation how it ends: one listener there, however
 * many follow, for a stage of the JDK takes none back.
 *
 * <p>A future is held while code waits for it, and until code has for the first time; afterwards only weakly. So
 * rounds of waiting for an operation that never ends leave nothing behind. A failure that finds none of its futures left is
 * reported as not retrieved.
 *
 * <p>Loop only, but for {@link #ended}.
 */
final class Relay<T extends @Nullable Object> implements GenericFutureListener<io.netty.util.concurrent.Future<T>> {
    private static final int FEW = 16;

    private final Loop loop;

    /** The operation itself: a stage, or a future of Netty's. */
    private final Object source;

    private final Set<ForeignFuture<T>> held = new LinkedHashSet<>();
    private final Set<WeakReference<ForeignFuture<T>>> left = new LinkedHashSet<>();
    private int many = FEW;

    /** One that was left has been collected, and did not see the end. */
    private boolean lostOne;

    Relay(Loop loop, Object source) {
        this.loop = loop;
        this.source = source;
    }

    boolean isOf(Object operation) {
        return source == operation;
    }

    void hold(ForeignFuture<T> follower) {
        held.add(follower);
        left.remove(follower.weakly());
    }

    /** No code waits for it any more. */
    void leave(ForeignFuture<T> follower) {
        held.remove(follower);
        left.add(follower.weakly());
        if (left.size() >= many) {
            lostOne |= left.removeIf(one -> one.refersTo(null));
            many = Math.max(FEW, 2 * left.size());
        }
    }

    /** It has ended. The last one that was cancelled takes the listener back, where it can be. */
    @SuppressWarnings("unchecked") // a future of Netty's that ends with a T
    void forget(ForeignFuture<T> follower) {
        held.remove(follower);
        left.remove(follower.weakly());
        boolean idle = held.isEmpty() && left.isEmpty() && !lostOne;
        if (idle && source instanceof io.netty.util.concurrent.Future<?> other) {
            loop.relays().remove(source);
            ((io.netty.util.concurrent.Future<T>) other).removeListener(this);
        }
    }

    /** Any thread. */
    @Override
    public void operationComplete(io.netty.util.concurrent.Future<T> done) {
        ended(done.getNow(), done.cause());
    }

    /** The operation has ended. Any thread. */
    void ended(T value, @Nullable Throwable failure) {
        if (loop.inLoop()) {
            endAll(value, failure);
        } else {
            loop.executeUnlessClosed(() -> endAll(value, failure));
        }
    }

    private void endAll(T value, @Nullable Throwable failure) {
        loop.relays().remove(source);
        boolean anyone = !held.isEmpty();
        List.copyOf(held).forEach(follower -> follower.end(value, failure));
        for (WeakReference<ForeignFuture<T>> one : List.copyOf(left)) {
            ForeignFuture<T> follower = one.get();
            if (follower != null) {
                anyone = true;
                follower.end(value, failure);
            } else {
                lostOne = true;
            }
        }
        if (!anyone && lostOne && failure != null) {
            new ForeignFuture<T>(loop, source).end(value, failure);
        }
    }

    @Override
    public String toString() {
        return "Relay[held=" + held.size() + ", left=" + left.size() + "]";
    }
}
