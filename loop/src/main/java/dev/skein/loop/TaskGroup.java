package dev.skein.loop;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that begin and end within one body of code: asyncio's {@code TaskGroup}. {@link Asyncio#taskGroup} creates one, runs
 * the body in the caller's task, and returns when the body and all tasks of the group have ended.
 *
 * {@snippet :
 * taskGroup(group -> {
 *     Task<String> user = group.createTask(() -> fetch("user"));
 *     Task<String> news = group.createTask(() -> fetch("news"));
 *     IO.println(user.await() + " reads " + news.await());
 * });
 * }
 *
 * <p>If the body or a task fails, the group cancels and awaits the others. Then it throws all failures together, as an
 * {@link ExceptionGroup} of the original exceptions. A task that was merely cancelled has not failed. If the caller is
 * cancelled, the group cancels its tasks, and throws the {@link CancelledError} when they have ended. If one of them fails
 * meanwhile, the group throws the ExceptionGroup, and the caller's next await throws the CancelledError. A
 * {@link VirtualMachineError} is thrown as it is; the failures beside it go to the loop's exception handler.
 *
 * <pre>
 *  OPEN     -> ABORTING   a task or the body failed, the caller was cancelled, or cancel(): the rest is cancelled
 *  OPEN     -> FINISHED   the body and the last task have ended
 *  ABORTING -> FINISHED   likewise
 * </pre>
 *
 * <p>Loop only: any task or callback of the loop may call its methods; elsewhere they throw {@link WrongThreadException}.
 */
public final class TaskGroup {
    /**
     * The code that runs in a group.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {
        /** Creates tasks in {@code group}, and returns a result. Runs in the caller's task. */
        T run(TaskGroup group) throws Exception;
    }

    /** As {@link Body}, without a result. */
    @FunctionalInterface
    public interface VoidBody {
        /** Creates tasks in {@code group}. Runs in the caller's task. */
        void run(TaskGroup group) throws Exception;
    }

    private enum State {
        OPEN,
        ABORTING,
        FINISHED
    }

    // Set once, before start.
    private final Loop loop;
    private final Task<?> parent;
    private final Waiter onDone = new OnDone();

    // Loop only.
    private final Set<Task<?>> tasks = new LinkedHashSet<>();
    private final List<Throwable> failures = new ArrayList<>();
    private State state = State.OPEN;

    /** Whether a request to cancel the parent is the group's own, to be taken back at the end. */
    private boolean parentCancelled;

    /** The future that the parent awaits once its body has ended. */
    private @Nullable Future<@Nullable Void> allDone;

    private TaskGroup(Coroutine me) {
        this.loop = me.loop();
        this.parent = me.task();
    }

    static <T extends @Nullable Object> T run(Body<? extends T> body) {
        Objects.requireNonNull(body, "body");
        TaskGroup group = new TaskGroup(Coroutine.require("taskGroup()"));
        try {
            return group.runBody(body);
        } finally {
            // Code that keeps the group does not keep what it threw.
            group.failures.clear();
        }
    }

    /** As {@link Loop#createTask(Awaitable)}, in this group. */
    public <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body) {
        requireOpen();
        return join(loop.createTask(body));
    }

    /** As {@link Loop#createTask(Awaitable, String)}, in this group. */
    public <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body, String name) {
        requireOpen();
        return join(loop.createTask(body, name));
    }

    /** As {@link Loop#createTask(Awaitable, UnaryOperator)}, in this group. */
    public <T extends @Nullable Object> Task<T> createTask(
            Awaitable<? extends T> body, UnaryOperator<TaskOptions> options) {
        requireOpen();
        return join(loop.createTask(body, options));
    }

    /**
     * Creates a task in this group: asyncio's {@code create_task}. The body may call this, and so may the tasks of the group,
     * until the last one has ended.
     *
     * @throws IllegalStateException if the group is finished, or is shutting down because it failed or was cancelled
     */
    public Task<@Nullable Void> createTask(Action body) {
        return createTask(Objects.requireNonNull(body, "body").asAwaitable());
    }

    /** As {@link #createTask(Action)}, with a name for reports and thread dumps. */
    public Task<@Nullable Void> createTask(Action body, String name) {
        return createTask(Objects.requireNonNull(body, "body").asAwaitable(), name);
    }

    /** As {@link #createTask(Action)}, with {@code options}. */
    public Task<@Nullable Void> createTask(Action body, UnaryOperator<TaskOptions> options) {
        return createTask(Objects.requireNonNull(body, "body").asAwaitable(), options);
    }

    /**
     * Ends the group early, without a failure: cancels its tasks, and its body at the next await; then {@code taskGroup}
     * returns. Failures are still thrown, and so is a cancellation from outside. After the end, or a second time, this does
     * nothing.
     */
    public void cancel() {
        loop.checkThread();
        abortWithParent();
    }

    private void requireOpen() {
        loop.checkThread();
        if (state == State.ABORTING) {
            throw new IllegalStateException(
                    this + " is shutting down, because it failed or was cancelled: it accepts no more tasks");
        }
        if (state != State.OPEN) {
            throw new IllegalStateException(
                    this + " is finished: create its tasks in its body, or in its tasks while they run");
        }
    }

    private <T extends @Nullable Object> Task<T> join(Task<T> task) {
        // The group retrieves its failure, and throws it.
        task.takeOver();
        tasks.add(task);
        task.addWaiter(onDone);
        if (state == State.ABORTING) {
            // It started eagerly and cancelled the group before it belonged to it.
            task.cancel();
        }
        return task;
    }

    // The parent's side.

    @SuppressWarnings("NullAway") // where cancel() ended the body there is no result
    private <T extends @Nullable Object> T runBody(Body<? extends T> body) {
        T result = null;
        Throwable failure = null;
        try {
            result = body.run(this);
        } catch (Throwable thrown) {
            failure = parent.meaningOf(thrown);
            abort();
        }
        CancelledError cancelled = awaitTasks(failure);
        if (failure != null && !(failure instanceof CancelledError)) {
            failures.add(failure);
        }
        end(cancelled);
        return result;
    }

    /** Awaits every task, however often the parent is cancelled, and returns the cancellation to throw then. */
    private @Nullable CancelledError awaitTasks(@Nullable Throwable bodyFailure) {
        CancelledError cancelled = bodyFailure instanceof CancelledError bodys ? bodys : null;
        while (!tasks.isEmpty()) {
            Future<@Nullable Void> done = loop.createFuture("TaskGroup");
            allDone = done;
            try {
                done.await();
            } catch (CancelledError e) {
                // The first one counts, unless that may be the group's own.
                cancelled = cancelled == null || parentCancelled ? e : cancelled;
                abort();
            } catch (Throwable notAwaited) {
                // Below native code nothing can wait: the tasks will end without their parent.
                abort();
                if (bodyFailure != null) {
                    notAwaited.addSuppressed(bodyFailure);
                }
                failures.forEach(notAwaited::addSuppressed);
                throw notAwaited;
            }
        }
        state = State.FINISHED;
        return cancelled;
    }

    /** Throws failures, or else a cancellation that came from outside. */
    private void end(@Nullable CancelledError cancelled) {
        boolean fromOutside = !parentCancelled || parent.uncancel() > 0;
        throwFatal();
        if (!failures.isEmpty()) {
            if (parent.cancelling() > 0) {
                // The next await throws the cancellation that the failures have covered; the count stays as it is.
                parent.uncancel();
                parent.cancel();
            }
            throw new ExceptionGroup("unhandled errors in a TaskGroup", failures);
        }
        if (cancelled != null && fromOutside) {
            throw cancelled;
        }
    }

    private void throwFatal() {
        for (Throwable failure : failures) {
            if (failure instanceof VirtualMachineError fatal) {
                failures.stream().filter(other -> other != fatal).forEach(this::report);
                throw fatal;
            }
        }
    }

    private void report(Throwable failure) {
        loop.callExceptionHandler(ErrorContext.of("a failure in a TaskGroup that could not be thrown with the others")
                .withException(failure));
    }

    // What ends it early.

    private void abortWithParent() {
        if (state == State.OPEN) {
            abort();
            parentCancelled = true;
            parent.cancel();
        }
    }

    private void abort() {
        if (state == State.OPEN) {
            state = State.ABORTING;
            try {
                Cancellation.ofAll(tasks, null);
            } catch (Throwable ofStranger) {
                // Of one whose future a task awaits. The group waits for its tasks all the same.
                failures.add(ofStranger);
            }
        }
    }

    // The tasks' side.

    /** Notified of each task as it ends, by a separate callback, even if the task ended before it joined. */
    private final class OnDone implements Waiter {
        @Override
        public void futureDone(Future<?> task) {
            loop.callSoon(() -> taskDone(task));
        }

        @Override
        public Future<?> awaiter() {
            return parent;
        }
    }

    private void taskDone(Future<?> task) {
        tasks.remove(task);
        if (allDone != null && tasks.isEmpty()) {
            state = State.FINISHED;
            if (!allDone.isDone()) {
                allDone.setResult(null);
            }
        }
        Throwable failure = task.isCancelled() ? null : task.failure();
        if (failure != null) {
            failures.add(failure);
            abortWithParent();
        }
    }

    @Override
    public String toString() {
        String failed = failures.isEmpty() ? "" : ", failures=" + failures.size();
        return "TaskGroup[" + state.name().toLowerCase(Locale.ROOT) + ", tasks=" + tasks.size() + failed + "]";
    }
}
