package dev.skein.loop.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ordered log for tests: what happens adds a word, and the test compares the whole list. Any thread.
 */
public final class Trail {
    private final List<String> entries = new ArrayList<>();

    /** Makes an empty one. */
    public Trail() {}

    /** Adds what happened, as its {@code toString} says it. */
    public synchronized void add(@Nullable Object happened) {
        entries.add(String.valueOf(happened));
    }

    /** All that was added so far, oldest first. */
    public synchronized List<String> entries() {
        return List.copyOf(entries);
    }

    @Override
    public String toString() {
        return entries().toString();
    }
}
