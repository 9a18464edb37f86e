package dev.skein.loop;

/** Who looks at loops from outside, so that the kernel need not know of them. */
interface LoopObserver {
    /** {@code loop} is about to run. On its own thread. */
    void started(Loop loop);

    /** {@code loop} runs no more. On its own thread, which is about to end. */
    void ended(Loop loop);

    /** Who waits for what in {@code loop}: the report of a deadlock. Loop only. */
    String describeTasks(Loop loop);
}
