package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * How a loop's tasks end when it closes: all are cancelled, and whole passes go on until they have ended, so that each
 * {@code finally} runs to its end, also one that awaits. What a {@code finally} itself creates may go on until all of
 * those have ended, and is cancelled then. When the grace time is over, what is left is reported and left. Loop only.
 */
final class Closing {
    private final Loop loop;
    private final ArrayDeque<Task<?>> cancelled = new ArrayDeque<>();
    private boolean graceOver;
    private boolean reported;

    Closing(Loop loop) {
        this.loop = loop;
        loop.state().beginClosing();
        loop.eventLoop().schedule(() -> graceOver = true, loop.state().closeTimeoutNanos(), TimeUnit.NANOSECONDS);
        cancelAll();
    }

    /** Whether no task is left to wait for. */
    boolean isOver() {
        while (!cancelled.isEmpty() && cancelled.peek().isDone()) {
            cancelled.poll();
        }
        if (cancelled.isEmpty() && !loop.tasks().isEmpty()) {
            cancelAll();
        }
        if (cancelled.isEmpty()) {
            return true;
        }
        if (graceOver && !reported) {
            reported = true;
            loop.callExceptionHandler(ErrorContext.of("closed before these tasks had ended, cancelled as they were:"
                    + loop.tasks().describe()));
        }
        return graceOver;
    }

    private void cancelAll() {
        for (Task<?> task : loop.tasks().copy()) {
            cancelled.add(task);
            try {
                task.cancel("its loop is closing");
            } catch (Throwable failure) {
                loop.callExceptionHandler(ErrorContext.of("cannot cancel a task as its loop closes")
                        .withException(failure)
                        .withTask(task));
            }
        }
    }
}
