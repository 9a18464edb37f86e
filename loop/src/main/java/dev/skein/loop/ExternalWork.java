package dev.skein.loop;

/**
 * What a loop waits for that is not its own: virtual time does not jump meanwhile, since the time of its end is not known. Loop
 * only.
 */
final class ExternalWork {
    private int work;
    private int awaited;

    /** A coroutine has stopped in JDK code, work has gone to an executor ({@code 1}), or come back ({@code -1}). */
    void work(int change) {
        work += change;
    }

    boolean isWorking() {
        return work > 0;
    }

    /** How many of either. */
    int working() {
        return work;
    }

    /** A foreign future is awaited ({@code 1}), or no longer ({@code -1}). Which thread completes it is not known. */
    void awaits(int change) {
        awaited += change;
    }

    boolean isAwaited() {
        return awaited > 0;
    }
}
