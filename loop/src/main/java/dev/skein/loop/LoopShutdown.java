package dev.skein.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a loop ends, pass by pass, so that each {@code finally} runs to its end, also one that awaits. Loop only.
 *
 * <ol>
 *   <li>All tasks are cancelled. What a {@code finally} itself creates may continue until all of those have ended, and is
 *       cancelled then. A task that fails here is reported, and changes nothing for the code that closes the loop.
 *   <li>What is still open is closed: generators.
 *   <li>If a {@link Runner} closes the loop, the default executor is awaited: its work may still call the loop.
 * </ol>
 *
 * <p>When the grace time is over, the tasks that are left are reported and left.
 */
final class LoopShutdown {
    /**
     * What it waits for.
     *
     * <pre>
     *  TASKS            -> OVERDUE   the grace time is over
     *  TASKS, OVERDUE   -> JOINING   no task is left, and the default executor is awaited
     *  JOINING          -> TASKS     it has ended, or is left: what its work created has the grace time anew
     *  OVERDUE          -> GIVEN_UP  the tasks that are left were reported
     * </pre>
     */
    private enum State {
        TASKS,
        OVERDUE,
        JOINING,
        GIVEN_UP
    }

    /** Who waits longer for an executor should know why. */
    private static final Duration TELL_AFTER = Duration.ofSeconds(1);

    private final Loop loop;
    private final ArrayDeque<Task<?>> awaited = new ArrayDeque<>();

    /** The main of a run that is cut short, which hears of its failure itself. */
    private final @Nullable Future<?> main;

    private @Nullable ScheduledFuture<?> grace;
    private @Nullable Duration joinLimit;
    private State state = State.TASKS;

    LoopShutdown(Loop loop) {
        this.loop = loop;
        this.joinLimit = loop.defaultExecutor().joinLimit();
        LoopRun<?> cut = loop.state().run();
        this.main = cut == null ? null : cut.main();
        loop.state().beginClosing();
        beginGrace();
    }

    private void beginGrace() {
        if (grace != null) {
            grace.cancel(false);
        }
        state = State.TASKS;
        grace = loop.eventLoop().schedule(this::graceOver, loop.state().closeTimeoutNanos(), TimeUnit.NANOSECONDS);
    }

    private void graceOver() {
        if (state == State.TASKS) {
            state = State.OVERDUE;
        }
    }

    /** Whether nothing is left to wait for; if this is so for now, the next step begins. */
    boolean isOver() {
        while (!isWaiting()) {
            if (!loop.tasks().isEmpty()) {
                cancelAll();
            } else if (!loop.openGenerators().isEmpty()) {
                loop.openGenerators().takeAll().forEach(this::close);
            } else if (joinLimit != null) {
                joinExecutor(joinLimit);
                joinLimit = null;
            } else {
                return true;
            }
        }
        return giveUpIfOverdue();
    }

    private boolean isWaiting() {
        while (!awaited.isEmpty() && awaited.peek().isDone()) {
            reportFailure(awaited.poll());
        }
        return state == State.JOINING || !awaited.isEmpty();
    }

    private void reportFailure(Task<?> ended) {
        Throwable failure = ended.failure();
        if (failure == null || failure instanceof CancelledError || ended == main) {
            return;
        }
        ended.markRetrieved();
        loop.callExceptionHandler(ErrorContext.of("exception of " + ended.toName() + " during shutdown")
                .withException(failure)
                .withTask(ended));
    }

    private boolean giveUpIfOverdue() {
        if (state == State.OVERDUE) {
            state = State.GIVEN_UP;
            loop.callExceptionHandler(ErrorContext.of("the loop closed before these cancelled tasks had ended:"
                    + loop.tasks().describe()));
        }
        return state == State.GIVEN_UP;
    }

    private void cancelAll() {
        // One request to all: tasks that await each other are a chain that is walked once.
        Cancellation request = new Cancellation("its loop is closing");
        for (Task<?> task : loop.tasks().copy()) {
            awaited.add(task);
            try {
                request.ask(task);
            } catch (Throwable failure) {
                loop.callExceptionHandler(ErrorContext.of("cannot cancel a task as its loop closes")
                        .withException(failure)
                        .withTask(task));
            }
        }
    }

    private void close(AutoCloseable open) {
        loop.errors()
                .attempt(
                        "cannot close an open generator as its loop closes",
                        () -> awaited.add(loop.createTask(open::close, "close " + open)));
    }

    private void joinExecutor(Duration limit) {
        state = State.JOINING;
        TimerHandle told = loop.callLater(TELL_AFTER, () -> {
            if (state == State.JOINING) {
                loop.defaultExecutor().tellWait(limit);
            }
        });
        TimerHandle timer = loop.callLater(limit, () -> {
            loop.defaultExecutor().reportUnended(limit);
            endJoining();
        });
        loop.defaultExecutor().join(failure -> {
            timer.cancel();
            told.cancel();
            if (failure != null) {
                loop.callExceptionHandler(
                        ErrorContext.of("cannot shut down the default executor").withException(failure));
            }
            endJoining();
        });
    }

    /** Does not wait for the default executor, or not any more. */
    void leaveExecutor() {
        joinLimit = null;
        endJoining();
    }

    private void endJoining() {
        if (state == State.JOINING) {
            beginGrace();
        }
    }
}
