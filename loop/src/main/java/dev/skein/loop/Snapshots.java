package dev.skein.loop;

import dev.skein.loop.tools.Frame;
import dev.skein.loop.tools.LoopSnapshot;
import dev.skein.loop.tools.TaskTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Pictures of the loops of this JVM and their tasks, each taken by the loop itself. */
final class Snapshots {
    /** Any thread: the loops that have a thread. */
    private static final Set<Loop> LOOPS = ConcurrentHashMap.newKeySet();

    private static final Pattern LAMBDA = Pattern.compile("^lambda\\$(.+)\\$\\d+$");

    /** The number of tasks of which a message can still be read. */
    private static final int TASKS_DESCRIBED = 200;

    private Snapshots() {}

    static void add(Loop started) {
        if (LOOPS.isEmpty()) {
            try {
                LoopMonitor.registerWhereItIsHidden();
            } catch (LinkageError notInThisJvm) {
                // A JVM without java.management: nothing can ask it either.
            }
        }
        LOOPS.add(started);
    }

    static void remove(Loop ended) {
        LOOPS.remove(ended);
    }

    /**
     * Of every loop, each by itself at its next turn. One that does not take a turn in time is blocked; one that has begun, and
     * has very many tasks, is waited for as long as it gets on. Any thread.
     */
    static List<LoopSnapshot> ofAllLoops(Duration timeout) {
        List<Loop> loops = new ArrayList<>(LOOPS);
        loops.sort(Comparator.comparingLong(loop -> loop.thread().own().threadId()));
        List<Asked> asked = loops.stream().map(Asked::of).toList();
        long deadline = System.nanoTime() + timeout.toNanos();
        return asked.stream().map(each -> answer(each, deadline, timeout)).toList();
    }

    /** A picture, and the piece of it that was asked for first. */
    private record Asked(Picture picture, CompletableFuture<Optional<LoopSnapshot>> first) {
        static Asked of(Loop loop) {
            Picture picture = new Picture(loop);
            return new Asked(
                    picture,
                    loop.inLoop()
                            ? CompletableFuture.completedFuture(Optional.of(picture.take()))
                            : picture.takePiece());
        }
    }

    private static LoopSnapshot answer(Asked asked, long deadline, Duration timeout) {
        Loop loop = asked.picture.loop();
        try {
            Optional<LoopSnapshot> whole = asked.first.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            while (whole.isEmpty()) {
                whole = asked.picture.takePiece().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            }
            return whole.get();
        } catch (TimeoutException blocked) {
            return blocked(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return blocked(loop);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot take a snapshot of " + loop, e.getCause());
        }
    }

    private static LoopSnapshot blocked(Loop loop) {
        String name = loop.thread().own().getName();
        LoopThread.Blocker blocker = loop.thread().blocker();
        return blocker == null
                ? LoopSnapshot.of(name, List.of())
                : LoopSnapshot.blocked(name, blocker.thread().getName(), framesOf(blocker.stack()));
    }

    /** Of one loop, by itself. Loop only. */
    static LoopSnapshot of(Loop loop) {
        return new Picture(loop).take();
    }

    /** Who waits for what in one loop, as trees: its oldest tasks, where they are many. Loop only. */
    static String describe(Loop loop) {
        List<Task<?>> some = loop.tasks.peek(TASKS_DESCRIBED);
        String text = TaskTree.format(List.of(new Picture(loop, some).take())).stripTrailing();
        int more = loop.tasks.copy().size() - some.size();
        return more == 0 ? text : text + "\nand " + more + " more tasks";
    }

    static List<Frame> framesOf(List<StackTraceElement> stack) {
        return StackFilter.of(stack).stream().map(Snapshots::frameOf).toList();
    }

    private static Frame frameOf(StackTraceElement frame) {
        String type = frame.getClassName();
        String simple = type.substring(type.lastIndexOf('.') + 1).replace('$', '.');
        // A lambda is named after the method that it stands in.
        String method = LAMBDA.matcher(frame.getMethodName()).replaceFirst("$1");
        String file = frame.getFileName();
        return new Frame(simple + "." + method, file == null ? "" : file, Math.max(0, frame.getLineNumber()));
    }
}
