package dev.skein.loop;

import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure that no code has retrieved yet. It is reported once: when its future is collected, or when its loop closes.
 *
 * <p>It holds what it will tell and the future's name, never the future itself. So it cannot hold an exception that may
 * know the future: of that it has a {@link StandIn}, and the exception itself for as long as other code has it.
 *
 * <p>Where a task has failed, the exception handler is called with that task's inheritable thread-locals, as asyncio calls
 * it in the task's context: in a coroutine that is made when the task fails and runs, if it has to, inside {@link #report}.
 * (What these thread-locals know stays until then.)
 */
final class UnretrievedFailure extends Collected {
    private final Loop loop;
    private final String who;
    private final WeakReference<Throwable> failure;
    private final Throwable toTell;
    private final List<StackTraceElement> creation;

    /** Loop only: calls the handler; null where the loop's own thread does. */
    private @Nullable Task<?> caller;

    private @Nullable ErrorContext context;

    private UnretrievedFailure(Future<?> future, Throwable failure) {
        super(future);
        this.loop = future.loop();
        this.who = future.toName();
        this.creation = loop.debug().creationOf(future);
        this.failure = new WeakReference<>(failure);
        this.toTell = StandIn.of(failure);
    }

    /** Watches {@code future}; null if there is no memory for that: then it is reported at once. */
    static @Nullable UnretrievedFailure watch(Future<?> future, Throwable failure) {
        try {
            UnretrievedFailure mark = new UnretrievedFailure(future, failure);
            Coroutine me = Coroutine.current();
            if (me != null && me.task() == future && mark.loop.errors().hasHandler()) {
                mark.inheritContext();
            }
            mark.loop.errors().watch(mark);
            return mark;
        } catch (Throwable noMemory) {
            // Better told too early than never; and the code that completes this one has nothing to do with it.
            future.loop()
                    .callExceptionHandler(
                            ErrorContext.of("exception of a future, reported now since it could not be watched")
                                    .withException(failure));
            return null;
        }
    }

    private void inheritContext() {
        try {
            caller = new Task<>(loop, ((Action) this::callHandler).asAwaitable(), "report of " + who);
        } catch (Throwable ofStranger) {
            // What a thread-local hands down is made by its own code; without it the report is made all the same.
        }
    }

    /** It has been retrieved. Loop only. */
    void drop() {
        clear();
        loop.errors().unwatch(this);
    }

    @Override
    void collected() {
        loop.executeUnlessClosed(this::report);
    }

    /** Loop only. */
    void report() {
        report("exception of " + who + " was never retrieved: await it, or ask for its result or exception");
    }

    /** Reports it in other words. Loop only. */
    void report(String message) {
        if (!loop.errors().unwatch(this)) {
            return;
        }
        clear();
        Throwable original = failure.get();
        context = ErrorContext.of(message)
                .withException(original == null ? toTell : original)
                .withCreation(creation);
        Task<?> inItsContext = caller;
        if (inItsContext != null) {
            loop.tasks().add(inItsContext);
            inItsContext.startNow();
        }
        // Where there was no memory for a thread.
        callHandler();
    }

    private void callHandler() {
        ErrorContext report = context;
        context = null;
        if (report != null) {
            loop.callExceptionHandler(report);
        }
    }
}
