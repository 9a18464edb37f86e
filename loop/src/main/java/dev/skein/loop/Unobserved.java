package dev.skein.loop;

import java.lang.ref.Cleaner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure that nobody has looked at yet. It is reported once: when its future is collected, or when its loop closes.
 *
 * <p>It holds the exception and the future's name, never the future itself. Where a task has failed, the exception handler
 * is called with that task's inheritable thread-locals, as asyncio calls it in the task's context: in a coroutine that is
 * made when the task fails and runs, if it has to, inside {@link #report}.
 */
final class Unobserved implements Runnable {
    /** One for all that the loop does where something is collected, since each has a thread. */
    static final Cleaner CLEANER = Cleaner.create();

    private final Loop loop;
    private final String who;
    private final Throwable failure;
    private final List<StackTraceElement> creation;

    /** Set once, right after creation. */
    private Cleaner.@Nullable Cleanable cleanable;

    /** Loop only: calls the handler; null where the loop's own thread does. */
    private @Nullable Task<?> caller;

    private @Nullable ErrorContext context;

    private Unobserved(Future<?> future, Throwable failure) {
        this.loop = future.loop();
        this.who = future.toName();
        this.creation = loop.debug().creationOf(future);
        this.failure = failure;
    }

    static Unobserved watch(Future<?> future, Throwable failure) {
        Unobserved mark = new Unobserved(future, failure);
        Coroutine me = Coroutine.current();
        if (me != null && me.task() == future && mark.loop.errors().hasHandler()) {
            mark.caller = new Task<>(mark.loop, ((Action) mark::callHandler).asAwaitable(), "report of " + mark.who);
        }
        mark.cleanable = CLEANER.register(future, mark);
        future.loop().errors().watch(mark);
        return mark;
    }

    /** Somebody has looked. Loop only. */
    void drop() {
        loop.errors().unwatch(this);
        if (cleanable != null) {
            cleanable.clean();
        }
    }

    /** The future was collected, or {@link #drop} came first. On the cleaner's thread or the loop's. */
    @Override
    public void run() {
        if (!loop.inLoop()) {
            loop.executeUnlessClosed(this::report);
        }
    }

    /** Loop only. */
    void report() {
        report("exception of " + who + " was never looked at: await it, or add a done callback");
    }

    /** Reports it in other words. Loop only. */
    void report(String message) {
        if (!loop.errors().unwatch(this)) {
            return;
        }
        context = ErrorContext.of(message).withException(failure).withCreation(creation);
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
