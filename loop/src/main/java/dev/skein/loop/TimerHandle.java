package dev.skein.loop;

/**
 * A callback that runs at a moment of the loop's clock, asyncio's {@code TimerHandle}. Loop only.
 */
public final class TimerHandle extends Handle {
    private final long when;
    private boolean isSet = true;

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
        if (isSet) {
            isSet = false;
            loop().timers().cancelled();
        }
    }

    /** The moment has come: take a place at the end of the ready queue, as everything does. */
    void due() {
        isSet = false;
        loop().makeReady(this);
    }
}
