package dev.skein.loop;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is open in a loop and must be closed before the loop is, in a coroutine since its {@code close} may await: the
 * generators that no code has closed, asyncio's {@code shutdown_asyncgens}. Loop only.
 *
 * <p>When the loop's tasks have ended, each that is left is closed in a task of its own, all at the same time.
 */
final class OpenGenerators {
    private final Set<AutoCloseable> open = new LinkedHashSet<>();

    void add(AutoCloseable opened) {
        open.add(opened);
    }

    /** It has been closed, or has come to its end. */
    void remove(AutoCloseable closed) {
        open.remove(closed);
    }

    boolean contains(AutoCloseable one) {
        return open.contains(one);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** The oldest, at most {@code most}; for a thread that inspects from outside. */
    List<AutoCloseable> peek(int most) {
        return open.stream().limit(most).toList();
    }

    /** All of them, oldest first, which are forgotten: the caller will close them. */
    List<AutoCloseable> takeAll() {
        List<AutoCloseable> all = List.copyOf(open);
        open.clear();
        return all;
    }
}
