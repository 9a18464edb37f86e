package dev.skein.loop;

import static dev.skein.loop.Asyncio.currentTask;

import java.util.Objects;

/** For tests whose code is certain to run in a task. */
final class CurrentTask {
    private CurrentTask() {}

    /** The task that calls. */
    static Task<?> thisTask() {
        return Objects.requireNonNull(currentTask());
    }
}
