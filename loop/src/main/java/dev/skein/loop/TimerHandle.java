package dev.skein.loop;

/**
 * A callback that was scheduled for a time of the loop's clock: asyncio's {@code TimerHandle}. Loop only.
 *
 * {@snippet :
 * Loop loop = Loop.current();
 * TimerHandle reminder = loop.callLater(Duration.ofSeconds(30), () -> IO.println("still waiting"));
 * IO.println("due in " + (reminder.when() - loop.time()) / 1_000_000 + " ms");
 * reminder.cancel();
 * }
 */
public final class TimerHandle extends Handle {
    private final long when;
    private boolean isSet = true;

    TimerHandle(Loop loop, long when, Runnable callback) {
        super(loop, callback);
        this.when = when;
    }

    /** Returns its time, in nanoseconds of {@link Loop#time}, also after it has run or was cancelled. */
    public long when() {
        return when;
    }

    @Override
    public void cancel() {
        if (!loop().inLoop()) {
            loop().runAsMaker(this::cancel);
            return;
        }
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
