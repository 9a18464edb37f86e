package dev.skein.perf.micro;

import java.util.Locale;

/** A small program of coroutines and nothing else; of some count of operations. */
public enum Micro {
    /** Two coroutines that take turns. */
    SWITCH(200_000),

    /** Created, suspended once, finished, in waves of 1,000. */
    SPAWN(100_000),

    /** Items through a queue of one place. */
    QUEUE(100_000),

    /** Asleep at the same time, for 1 to 100 ms. */
    SLEEPERS(100_000),

    /** All alive at the same time, waiting for one event. */
    TASKS(1_000_000),

    /** All asleep for an hour, and then cancelled. */
    CANCEL(100_000);

    /** How many are in a wave of {@link #SPAWN}. */
    public static final int WAVE = 1_000;

    /** How long a sleeper of {@link #CANCEL} would sleep. */
    static final long HOURS = 1;

    private final int count;

    Micro(int count) {
        this.count = count;
    }

    /** How many operations are measured. */
    public int count() {
        return count;
    }

    /** Whether what counts is the time until all have ended, and not that of each. */
    public boolean isWhole() {
        return this == SLEEPERS || this == TASKS || this == CANCEL;
    }

    /** How long this sleeper of {@link #SLEEPERS} sleeps. */
    static long sleeperMillis(int sleeper) {
        return 1 + sleeper * 7_919L % 100;
    }

    /** The word that a peer's program takes. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
