package dev.skein.net.torture;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The signs of life of one who takes part. */
final class Pulse {
    private final String name;
    private final long first = System.nanoTime();

    // Written by whoever it is at the moment, one at a time; read by any thread.
    private volatile long last;
    private volatile long beats;
    private volatile long longest;
    private volatile @Nullable Thread thread;

    // The one who watches only.
    private long seen = -1;
    private int looksInVain;

    Pulse(String name) {
        this.name = name;
        this.last = first;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writes at a time
    void beat() {
        long now = System.nanoTime();
        longest = Math.max(longest, now - last);
        last = now;
        beats += 1;
        thread = Thread.currentThread();
    }

    String name() {
        return name;
    }

    long beats() {
        return beats;
    }

    /** The longest time from one beat to the next. */
    long longestSilenceMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }

    /** Since when there was none. */
    Duration silence() {
        return Duration.ofNanos(Math.max(0, System.nanoTime() - last));
    }

    /** Who has beaten last. */
    @Nullable
    Thread thread() {
        return thread;
    }

    /** Such as {@code loop 1's TIMER was last seen 20 s ago, after 3.1 s and 170 beats}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s was last seen %d s ago, after %.1f s and %d beats",
                name,
                silence().toSeconds(),
                (last - first) / 1e9,
                beats);
    }

    /** How many looks in a row have seen no beat: a machine that stands still lets nobody look either. */
    int looksInVain() {
        long now = beats;
        looksInVain = now == seen ? looksInVain + 1 : 0;
        seen = now;
        return looksInVain;
    }
}
