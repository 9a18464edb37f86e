package dev.skein.loop;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code waitUntil}: it watches the futures until enough of them are done or the time is over. The caller wakes
 * a round after that, and what is done by then counts as done. Loop only.
 */
final class WaitUntil extends ReadyEntry implements Waiter {
    private final Task<?> caller;
    private final ReturnWhen when;
    private final Future<@Nullable Void> enough;
    private int pending;
    private boolean released;

    private WaitUntil(Loop loop, Task<?> caller, ReturnWhen when) {
        this.caller = caller;
        this.when = Objects.requireNonNull(when, "when");
        this.enough = loop.createFuture("waitUntil");
    }

    static <F extends Future<?>> WaitResult<F> call(
            Collection<? extends F> futures, ReturnWhen when, @Nullable Duration timeout) {
        Coroutine me = Coroutine.require("waitUntil()");
        List<F> members = Awaitables.of(me.loop(), "waitUntil", futures);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("waitUntil: the collection of futures is empty");
        }
        new WaitUntil(me.loop(), me.task(), when).await(members, timeout);
        return WaitResult.of(members);
    }

    private void await(List<? extends Future<?>> members, @Nullable Duration timeout) {
        TimerHandle timer = timeout == null ? null : caller.loop().callLater(timeout, this::takeTurn);
        try {
            watch(members);
            enough.await();
        } finally {
            if (timer != null) {
                timer.cancel();
            }
            members.forEach(member -> member.removeWaiters(this));
        }
    }

    private void watch(List<? extends Future<?>> members) {
        boolean decided = false;
        for (Future<?> member : members) {
            if (!member.isPending()) {
                decided |= decides(member);
            } else if (!member.isLastWaiter(this)) {
                member.addWaiter(this);
                pending++;
            }
        }
        if (decided || pending == 0) {
            releaseSoon();
        }
    }

    private boolean decides(Future<?> done) {
        return switch (when) {
            case ALL_COMPLETED -> false;
            case FIRST_COMPLETED -> true;
            case FIRST_EXCEPTION -> !done.isCancelled() && done.failure() != null;
        };
    }

    @Override
    public void futureDone(Future<?> member) {
        pending--;
        if (pending == 0 || decides(member)) {
            releaseSoon();
        }
    }

    private void releaseSoon() {
        if (!released) {
            released = true;
            caller.loop().makeReady(this);
        }
    }

    /** Wakes the caller: in the round after the one that decided, or when the time is over. */
    @Override
    void takeTurn() {
        if (enough.isPending()) {
            enough.setResult(null);
        }
    }

    @Override
    public Future<?> awaiter() {
        return caller;
    }
}
