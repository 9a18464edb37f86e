package dev.skein.loop;

import dev.skein.loop.tools.Awaiter;
import dev.skein.loop.tools.Frame;
import dev.skein.loop.tools.LoopSnapshot;
import dev.skein.loop.tools.TaskSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A picture of the tasks of one loop, which the loop itself takes: at once or, so that very many tasks do not block it, in
 * pieces of 5 ms, each when the caller has the previous one, so that the loop runs between them. Then a task is shown as it
 * stood when its piece was taken, and one that has ended before that is not shown.
 */
final class Picture {
    private static final long PIECE_NANOS = 5_000_000;

    /** The number of futures between two tasks that are named. */
    private static final int BETWEEN_NAMED = 10;

    /** The number of futures that are no tasks and are passed; after that only direct awaiters are found. */
    private static final int MOST_BETWEEN = 1_000_000;

    private static final Frame MORE = new Frame("...", "", 0);

    private final Loop loop;

    // Loop only.
    private @Nullable Iterator<? extends Task<?>> left;
    private final List<TaskSnapshot> taken = new ArrayList<>();
    private final Map<Task<?>, List<Frame>> stacks = new HashMap<>();
    private int between;

    /** Of all tasks that it has when its turn comes. */
    Picture(Loop loop) {
        this.loop = loop;
    }

    /** Of these tasks. Loop only. */
    Picture(Loop loop, List<Task<?>> tasks) {
        this.loop = loop;
        this.left = tasks.iterator();
    }

    Loop loop() {
        return loop;
    }

    /** Takes all of it. Loop only. */
    LoopSnapshot take() {
        Iterator<? extends Task<?>> tasks = left();
        while (tasks.hasNext()) {
            add(tasks.next());
        }
        return snapshot();
    }

    /**
     * Has the loop take the next piece as one of Netty's tasks, also while it pauses, and gives the picture if that was the
     * last. Any thread.
     */
    CompletableFuture<Optional<LoopSnapshot>> takePiece() {
        CompletableFuture<Optional<LoopSnapshot>> piece = new CompletableFuture<>();
        if (!loop.executeUnlessClosed(() -> piece.completeAsync(this::piece, Runnable::run))) {
            piece.complete(Optional.of(LoopSnapshot.of(loop.thread().own().getName(), List.of())));
        }
        return piece;
    }

    private Optional<LoopSnapshot> piece() {
        Iterator<? extends Task<?>> tasks = left();
        long start = System.nanoTime();
        while (tasks.hasNext() && System.nanoTime() - start < PIECE_NANOS) {
            add(tasks.next());
        }
        return tasks.hasNext() ? Optional.empty() : Optional.of(snapshot());
    }

    private Iterator<? extends Task<?>> left() {
        Iterator<? extends Task<?>> tasks = left;
        if (tasks == null) {
            tasks = loop.tasks().copy().iterator();
            left = tasks;
        }
        return tasks;
    }

    private LoopSnapshot snapshot() {
        return LoopSnapshot.of(loop.thread().own().getName(), taken);
    }

    private void add(Task<?> task) {
        if (task.isPending()) {
            taken.add(new TaskSnapshot(
                    TaskStacks.idOf(task), task.name(), TaskStacks.activityOf(task), stackOf(task), awaitersOf(task)));
        }
    }

    private List<Frame> stackOf(Task<?> task) {
        return stacks.computeIfAbsent(task, t -> Snapshots.framesOf(List.of(t.stack())));
    }

    /** The tasks that await {@code task}, also by way of a gather and the like, which then begins the stack. */
    private List<Awaiter> awaitersOf(Task<?> task) {
        List<Awaiter> awaiters = new ArrayList<>();
        Set<Future<?>> met = new HashSet<>();
        ArrayDeque<Way> ways = new ArrayDeque<>();
        ways.add(new Way(task, List.of()));
        while (!ways.isEmpty()) {
            Way way = ways.remove();
            for (Future<?> awaiter : way.future.awaitedBy()) {
                if (awaiter instanceof Task<?> other) {
                    awaiters.add(new Awaiter(TaskStacks.idOf(other), way.into(stackOf(other))));
                } else if (between < MOST_BETWEEN && met.add(awaiter)) {
                    between++;
                    ways.add(way.to(awaiter));
                }
            }
        }
        return awaiters;
    }

    /** A future that was come to, and the names of the first of those between. */
    private record Way(Future<?> future, List<Frame> through) {
        Way to(Future<?> next) {
            int named = through.size();
            List<Frame> on = named > BETWEEN_NAMED
                    ? through
                    : into(List.of(named == BETWEEN_NAMED ? MORE : new Frame(next.toName(), "", 0)));
            return new Way(next, on);
        }

        List<Frame> into(List<Frame> next) {
            if (through.isEmpty()) {
                return next;
            }
            List<Frame> all = new ArrayList<>(through);
            all.addAll(next);
            return all;
        }
    }
}
