package dev.skein.loop.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ordered log for tests: code under test adds entries, and the test compares the whole list. Any thread.
 *
 * {@snippet :
 * Trail trail = new Trail();
 * run(() -> {
 *     createTask(() -> trail.add("task")).await();
 *     trail.add("main");
 * });
 * assert trail.entries().equals(List.of("task", "main"));
 * }
 */
public final class Trail {
    private final List<String> entries = new ArrayList<>();

    /** Creates an empty trail. */
    public Trail() {}

    /** Adds an entry: the {@code toString} of {@code happened}. */
    public synchronized void add(@Nullable Object happened) {
        entries.add(String.valueOf(happened));
    }

    /** Returns all entries, oldest first. */
    public synchronized List<String> entries() {
        return List.copyOf(entries);
    }

    @Override
    public String toString() {
        return entries().toString();
    }
}
