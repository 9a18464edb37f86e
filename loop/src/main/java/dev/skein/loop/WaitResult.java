package dev.skein.loop;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The outcome of {@code waitUntil}: which futures are done and which are pending. Both sets are unmodifiable, and keep the
 * order of the futures that were passed in.
 *
 * {@snippet :
 * List<Task<String>> tasks = List.of(createTask(() -> fetch("news")), createTask(() -> fetch("mail")));
 * WaitResult<Task<String>> result = waitUntil(tasks, ReturnWhen.ALL_COMPLETED, Duration.ofSeconds(5));
 * result.pending().forEach(Task::cancel);
 * for (Task<String> done : result.done()) {
 *     IO.println(done.result());
 * }
 * }
 *
 * @param done the futures that are done; ask each one for its result
 * @param pending the others, which continue to run
 * @param <F> the type of the futures or tasks
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
