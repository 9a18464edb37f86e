package dev.skein.loop;

import java.util.Objects;
import java.util.Optional;

/**
 * How a task is made. Immutable; changed by a function: {@code createTask(body, o -> o.withEagerStart(true))}.
 *
 * @param name for reports and thread dumps; else it is {@code Task-} and a number
 * @param eagerStart whether its first step runs inside {@code createTask}: asyncio's {@code eager_start}. The body runs
 *     until it awaits for the first time, or to its end, with {@code currentTask} its own; then the creator goes on, with
 *     no turn for anybody else in between. Where the loop is not running yet, it starts as any task
 */
public record TaskOptions(Optional<String> name, boolean eagerStart) {
    /** Refuses null. */
    public TaskOptions {
        Objects.requireNonNull(name, "name");
    }

    /** These options with a name. */
    public TaskOptions withName(String other) {
        return new TaskOptions(Optional.of(Objects.requireNonNull(other, "name")), eagerStart);
    }

    /** These options with an eager start, or without one. The default is the loop's: {@link LoopOptions#withEagerStart}. */
    public TaskOptions withEagerStart(boolean other) {
        return new TaskOptions(name, other);
    }
}
