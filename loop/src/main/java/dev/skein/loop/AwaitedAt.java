package dev.skein.loop;

import java.io.Serial;
import java.util.Arrays;
import java.util.List;

/**
 * An await that a failure has crossed, in debug mode: a suppressed exception of that failure, with the stack of the awaiter. So
 * a stack trace shows not only where a task failed but also who awaited it, level by level.
 */
@Plumbing
final class AwaitedAt extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** So many are noted on one failure, which may cross very many. */
    private static final int MOST = 16;

    private AwaitedAt(Task<?> awaiter) {
        super("by " + awaiter.toName(), null, false, true);
        setStackTrace(StackFilter.of(List.of(getStackTrace())).toArray(StackTraceElement[]::new));
    }

    /** Notes on {@code failure} that it crosses an await of the calling coroutine, which runs for {@code awaiter}. */
    static void note(Throwable failure, Task<?> awaiter) {
        if (failure instanceof CancelledError) {
            return;
        }
        AwaitedAt here = new AwaitedAt(awaiter);
        int noted = 0;
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof AwaitedAt before) {
                noted++;
                if (noted == MOST || Arrays.equals(before.getStackTrace(), here.getStackTrace())) {
                    return;
                }
            }
        }
        failure.addSuppressed(here);
    }
}
