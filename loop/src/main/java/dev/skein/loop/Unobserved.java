package dev.skein.loop;

import java.lang.ref.Cleaner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure that nobody has looked at yet. It is reported once: when its future is collected, or when its loop closes.
 *
 * <p>It holds the exception and the future's name, never the future itself.
 */
final class Unobserved implements Runnable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Loop loop;
    private final String who;
    private final Throwable failure;
    private final List<StackTraceElement> creation;

    /** Set once, right after creation. */
    private Cleaner.@Nullable Cleanable cleanable;

    private Unobserved(Future<?> future, Throwable failure) {
        this.loop = future.loop();
        this.who = future.toName();
        this.creation = loop.debug().creationOf(future);
        this.failure = failure;
    }

    static Unobserved watch(Future<?> future, Throwable failure) {
        Unobserved mark = new Unobserved(future, failure);
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
        if (loop.errors().unwatch(this)) {
            loop.callExceptionHandler(
                    ErrorContext.of(message).withException(failure).withCreation(creation));
        }
    }
}
