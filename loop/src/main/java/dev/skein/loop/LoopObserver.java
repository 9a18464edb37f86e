package dev.skein.loop;

/** An inspector of loops from outside, of which the kernel need not know. */
interface LoopObserver {
    /** {@code loop} is about to run. On its own thread. */
    void started(Loop loop);

    /** {@code loop} runs no more. On its own thread, which is about to end. */
    void ended(Loop loop);

    /** Who waits for what in {@code loop}: the report of a deadlock. Loop only. */
    String describeTasks(Loop loop);
}
