package dev.skein.loop;

import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * A callback that runs at a moment of the loop's clock, asyncio's {@code TimerHandle}. Loop only.
 */
public final class TimerHandle extends Handle {
    private final long when;
    private @Nullable ScheduledFuture<?> timer;

    TimerHandle(Loop loop, long when, Runnable callback) {
        super(loop, callback);
        this.when = when;
    }

    /** The moment it is set for, in nanoseconds of {@link Loop#time}; also after it has run or was cancelled. */
    public long when() {
        return when;
    }

    @Override
    public void cancel() {
        super.cancel();
        ScheduledFuture<?> set = timer;
        if (set != null) {
            timer = null;
            set.cancel(false);
        }
    }

    void setTimer(ScheduledFuture<?> timer) {
        this.timer = timer;
    }

    /** The moment has come: take a place at the end of the ready queue, as everything does. */
    void due() {
        timer = null;
        loop().makeReady(this);
    }
}
