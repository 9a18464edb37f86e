package dev.skein.loop;

import dev.skein.loop.tools.Awaiter;
import dev.skein.loop.tools.Frame;
import dev.skein.loop.tools.LoopSnapshot;
import dev.skein.loop.tools.TaskSnapshot;
import dev.skein.loop.tools.TaskTree;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Pictures of the loops of this JVM and their tasks, each taken by the loop itself. */
final class Snapshots {
    /** Any thread: the loops that have a thread. */
    private static final Set<Loop> LOOPS = ConcurrentHashMap.newKeySet();

    private final Map<Task<?>, List<Frame>> stacks = new HashMap<>();

    private Snapshots() {}

    static void add(Loop started) {
        if (LOOPS.isEmpty()) {
            try {
                LoopMonitor.registerWhereItIsHidden();
            } catch (LinkageError notInThisJvm) {
                // A JVM without java.management: nobody can ask it either.
            }
        }
        LOOPS.add(started);
    }

    static void remove(Loop ended) {
        LOOPS.remove(ended);
    }

    /** Of every loop, each by itself at its next turn. One that does not take a turn in time is held. Any thread. */
    static List<LoopSnapshot> ofAllLoops(Duration patience) {
        List<Loop> loops = new ArrayList<>(LOOPS);
        loops.sort(Comparator.comparingLong(loop -> loop.thread().own().threadId()));
        List<CompletableFuture<LoopSnapshot>> asked =
                loops.stream().map(Snapshots::ask).toList();
        long deadline = System.nanoTime() + patience.toNanos();
        List<LoopSnapshot> answers = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            answers.add(answer(loops.get(i), asked.get(i), deadline - System.nanoTime()));
        }
        return answers;
    }

    private static CompletableFuture<LoopSnapshot> ask(Loop loop) {
        CompletableFuture<LoopSnapshot> answer = new CompletableFuture<>();
        if (loop.inLoop()) {
            answer.complete(of(loop));
        } else if (!loop.executeUnlessClosed(() -> answer.completeAsync(() -> of(loop), Runnable::run))) {
            answer.complete(LoopSnapshot.of(loop.thread().own().getName(), List.of()));
        }
        return answer;
    }

    private static LoopSnapshot answer(Loop loop, CompletableFuture<LoopSnapshot> answer, long patienceNanos) {
        try {
            return answer.get(patienceNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException held) {
            return held(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return held(loop);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot take a picture of " + loop, e.getCause());
        }
    }

    private static LoopSnapshot held(Loop loop) {
        String name = loop.thread().own().getName();
        LoopWatch.Holder holder = loop.thread().holder();
        return holder == null
                ? LoopSnapshot.of(name, List.of())
                : LoopSnapshot.held(name, holder.thread().getName(), framesOf(holder.stack()));
    }

    /** Of one loop, by itself. Loop only. */
    static LoopSnapshot of(Loop loop) {
        Snapshots picture = new Snapshots();
        List<TaskSnapshot> tasks = loop.tasks.copy().stream().map(picture::task).toList();
        return LoopSnapshot.of(loop.thread().own().getName(), tasks);
    }

    /** Who waits for what in one loop, as trees. Loop only. */
    static String describe(Loop loop) {
        return TaskTree.format(List.of(of(loop))).stripTrailing();
    }

    private TaskSnapshot task(Task<?> task) {
        return new TaskSnapshot(task.id(), task.name(), task.activity(), stackOf(task), awaitersOf(task));
    }

    private List<Frame> stackOf(Task<?> task) {
        return stacks.computeIfAbsent(task, t -> framesOf(List.of(t.stack())));
    }

    /** The tasks that await {@code task}, also by way of a gather and the like, which then begins the stack. */
    private List<Awaiter> awaitersOf(Task<?> task) {
        List<Awaiter> awaiters = new ArrayList<>();
        Set<Future<?>> met = new HashSet<>();
        ArrayDeque<Way> left = new ArrayDeque<>();
        left.add(new Way(task, List.of()));
        while (!left.isEmpty()) {
            Way way = left.remove();
            for (Future<?> awaiter : way.future.awaitedBy()) {
                if (awaiter instanceof Task<?> other) {
                    awaiters.add(new Awaiter(other.id(), way.into(stackOf(other))));
                } else if (met.add(awaiter)) {
                    left.add(new Way(awaiter, way.into(List.of(new Frame(awaiter.toName(), "", 0)))));
                }
            }
        }
        return awaiters;
    }

    /** A future that was come to, and the futures between. */
    private record Way(Future<?> future, List<Frame> through) {
        List<Frame> into(List<Frame> next) {
            List<Frame> all = new ArrayList<>(through);
            all.addAll(next);
            return all;
        }
    }

    private static List<Frame> framesOf(List<StackTraceElement> stack) {
        return Frames.of(stack).stream().map(Snapshots::frameOf).toList();
    }

    private static Frame frameOf(StackTraceElement frame) {
        String type = frame.getClassName();
        String simple = type.substring(type.lastIndexOf('.') + 1).replace('$', '.');
        // A lambda is named after the method that it stands in.
        String method = frame.getMethodName().replaceFirst("^lambda\\$(.+)\\$\\d+$", "$1");
        String file = frame.getFileName();
        return new Frame(simple + "." + method, file == null ? "" : file, Math.max(0, frame.getLineNumber()));
    }
}
