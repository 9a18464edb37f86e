package dev.skein.loop;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How things stand when {@code waitUntil} returns. Both sets are in the order in which the futures were given, and cannot
 * be changed.
 *
 * @param done the futures that are done: ask each for its result
 * @param pending the others, which go on
 * @param <F> what was given: futures, or tasks
 */
public record WaitResult<F extends Future<?>>(Set<F> done, Set<F> pending) {
    /** Refuses null. */
    public WaitResult {
        Objects.requireNonNull(done, "done");
        Objects.requireNonNull(pending, "pending");
    }

    static <F extends Future<?>> WaitResult<F> of(List<F> futures) {
        Set<F> done = new LinkedHashSet<>();
        Set<F> pending = new LinkedHashSet<>();
        for (F future : futures) {
            if (future.isPending()) {
                pending.add(future);
            } else {
                done.add(future);
            }
        }
        return new WaitResult<>(Collections.unmodifiableSet(done), Collections.unmodifiableSet(pending));
    }
}
