package dev.skein.loop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a loop that are not done, oldest first: each is held until it is, so that none can vanish. Linked through
 * the tasks themselves, since every task enters and leaves. Loop only.
 */
final class TaskList {
    /** The number of tasks that are named. */
    private static final int TOLD = 10;

    private @Nullable Task<?> first;
    private @Nullable Task<?> last;
    private @Nullable Consumer<Task<?>> observer;

    /** Shows a new task to the observers. */
    void announce(Task<?> task) {
        if (observer != null) {
            observer.accept(task);
        }
    }

    void onCreated(Consumer<? super Task<?>> another) {
        Objects.requireNonNull(another, "observer");
        observer = observer == null ? another::accept : observer.andThen(another);
    }

    void add(Task<?> task) {
        Task<?> before = last;
        task.previous = before;
        if (before == null) {
            first = task;
        } else {
            before.next = task;
        }
        last = task;
    }

    void remove(Task<?> task) {
        Task<?> before = task.previous;
        Task<?> after = task.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        task.previous = null;
        task.next = null;
    }

    boolean isEmpty() {
        return first == null;
    }

    Set<Task<?>> copy() {
        Set<Task<?>> all = new LinkedHashSet<>();
        for (Task<?> task = first; task != null; task = task.next) {
            all.add(task);
        }
        return Collections.unmodifiableSet(all);
    }

    /** The oldest, at most {@code most}; for a thread that inspects from outside a loop that stands still. */
    List<Task<?>> peek(int most) {
        List<Task<?>> some = new ArrayList<>();
        for (Task<?> task = first; task != null && some.size() < most; task = task.next) {
            some.add(task);
        }
        return some;
    }

    /** The oldest, each on a line of its own with what it waits for, and how many more there are. */
    String describe() {
        StringBuilder text = new StringBuilder();
        int tasks = 0;
        for (Task<?> task = first; task != null; task = task.next) {
            if (tasks < TOLD) {
                text.append("\n  ").append(task);
            }
            tasks++;
        }
        return tasks <= TOLD ? text.toString() : text + "\n  and " + "%,d".formatted(tasks - TOLD) + " more";
    }
}
