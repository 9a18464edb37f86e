package dev.skein.loop.sync;

import dev.skein.loop.Task;
import org.jspecify.annotations.Nullable;

/** A coroutine of a {@link Program}. */
final class Worker {
    @Nullable
    Task<?> task;

    /** Since its current action began. */
    boolean isCancelled;

    void cancel() {
        if (task != null && task.cancel()) {
            isCancelled = true;
        }
    }
}
