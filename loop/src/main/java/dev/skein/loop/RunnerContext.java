package dev.skein.loop;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The inheritable thread-locals that the mains of one runner hand on, the counterpart of the context of asyncio's
 * {@code Runner}. Loop only.
 *
 * <p>A thread takes its inheritance when it is made, from the thread that makes it. So each main, as it ends, makes the
 * task of the next one; only its body is told later.
 */
@Plumbing
final class RunnerContext {
    private final Loop loop;
    private @Nullable Heir next;

    RunnerContext(Loop loop) {
        this.loop = loop;
    }

    /**
     * What starts a task that runs {@code main}, and inherits from the main before, or, if there is none, from the caller.
     * For the thread that is about to run the loop, which does not run yet.
     */
    <T extends @Nullable Object> Supplier<Future<T>> prepare(Awaitable<? extends T> main) {
        Heir mine = next == null ? new Heir() : next;
        next = null;
        mine.main = main;
        return () -> start(mine);
    }

    @SuppressWarnings("unchecked") // the body is the main that it was prepared for, so the result is what that gives
    private <T extends @Nullable Object> Task<T> start(Heir heir) {
        heir.task.setName(Loop.newName());
        return (Task<T>) loop.start(heir.task, false);
    }

    /** The task of a main that is not known yet. */
    private final class Heir implements Awaitable<@Nullable Object> {
        private final Task<@Nullable Object> task = new Task<>(loop, this, "main");
        private @Nullable Awaitable<?> main;

        @Override
        public @Nullable Object await() throws Exception {
            Awaitable<?> mine = main;
            main = null;
            try {
                return mine == null ? null : mine.await();
            } finally {
                if (!loop.isClosed()) {
                    next = new Heir();
                }
            }
        }
    }
}
