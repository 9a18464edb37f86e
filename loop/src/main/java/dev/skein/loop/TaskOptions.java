package dev.skein.loop;

import java.util.Objects;
import java.util.Optional;

/**
 * The options of a task. Immutable, and changed by a function: {@code createTask(body, o -> o.withEagerStart(true))}.
 *
 * @param name the name for reports and thread dumps; if empty, {@code Task-} and a number
 * @param eagerStart whether the first step runs inside {@code createTask}: asyncio's {@code eager_start}. The body runs until
 *     its first await or its end, with a {@code currentTask} of its own; then the creator continues, and no other code runs
 *     in between. If the loop is not running yet, the task starts as any other
 */
public record TaskOptions(Optional<String> name, boolean eagerStart) {
    /** Refuses null. */
    public TaskOptions {
        Objects.requireNonNull(name, "name");
    }

    /** Returns these options with a name. */
    public TaskOptions withName(String other) {
        return new TaskOptions(Optional.of(Objects.requireNonNull(other, "name")), eagerStart);
    }

    /** Returns these options with or without an eager start. {@link LoopOptions#withEagerStart} sets the default. */
    public TaskOptions withEagerStart(boolean other) {
        return new TaskOptions(name, other);
    }
}
