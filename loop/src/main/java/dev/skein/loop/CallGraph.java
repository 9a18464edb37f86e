package dev.skein.loop;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Who awaits a future, and where: asyncio's {@code FutureCallGraph}, taken by {@link Asyncio#captureCallGraph}. It is a
 * picture of that moment and does not change; any thread may read it.
 *
 * @param future the future or task
 * @param name how reports called it at that moment: a task by its name and the number of its thread
 * @param stack where its coroutine stands, innermost frame first: the program's own frames, and what it called of Skein or
 *     the JDK. Empty where it is no task, or has ended
 * @param awaitedBy the same of each task and future that awaits it; a gather is a future here
 * @param circular true where the future awaits itself, by way of others: it stands further up with its stack and awaiters,
 *     and is left empty here
 */
@Plumbing
public record CallGraph(
        Future<?> future, String name, List<StackTraceElement> stack, List<CallGraph> awaitedBy, boolean circular) {
    static final int LEVELS_SHOWN = 200;
    static final int FUTURES_SHOWN = 1_000;

    /** Takes copies of the lists. */
    public CallGraph {
        Objects.requireNonNull(future, "future");
        Objects.requireNonNull(name, "name");
        stack = List.copyOf(Objects.requireNonNull(stack, "stack"));
        awaitedBy = List.copyOf(Objects.requireNonNull(awaitedBy, "awaitedBy"));
    }

    static CallGraph of(Future<?> future, UnaryOperator<CallGraphOptions> options) {
        return of(future, options, false);
    }

    /** With no more stacks than {@link #format} shows. */
    static CallGraph toPrint(Future<?> future) {
        return of(future, options -> options, true);
    }

    private static CallGraph of(Future<?> future, UnaryOperator<CallGraphOptions> options, boolean toPrint) {
        Objects.requireNonNull(future, "future");
        Objects.requireNonNull(options, "options");
        future.loop().checkRead();
        Coroutine me = Coroutine.current();
        Task<?> caller = me == null ? null : me.task();
        return new CallGraphCapture(options.apply(CallGraphOptions.defaults()), caller, toPrint).of(future);
    }

    /** Prints {@link #format}. */
    public void print(PrintStream to) {
        Objects.requireNonNull(to, "to").println(format());
    }

    /**
     * The graph as text, as {@link Asyncio#printCallGraph} prints it, asyncio's {@code format_call_graph}: each future with
     * its stack, and further to the right those that await it. One that is reached on several ways is shown in full once. Of a long or wide graph the
     * beginning: 200 levels, 1,000 futures.
     */
    public String format() {
        StringBuilder text = new StringBuilder();
        Set<CallGraph> shown = newIdentitySet();
        ArrayDeque<Level> left = new ArrayDeque<>();
        left.push(new Level(this, 0));
        for (int shownInAll = 0; !left.isEmpty(); shownInAll++) {
            if (shownInAll == FUTURES_SHOWN) {
                return text + "... (more than " + FUTURES_SHOWN + " futures)";
            }
            Level next = left.pop();
            next.append(text, shown.add(next.graph));
            if (next.goesOn) {
                next.graph.awaitedBy.reversed().forEach(awaiter -> left.push(new Level(awaiter, next.depth + 1)));
            }
        }
        return text.toString().stripTrailing();
    }

    /** Whether {@code other} is a picture of the same: no recursion, for the graph can be deep. */
    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof CallGraph graph)) {
            return false;
        }
        IdentityHashMap<CallGraph, Set<CallGraph>> compared = new IdentityHashMap<>();
        ArrayDeque<CallGraph> left = new ArrayDeque<>(List.of(this, graph));
        while (!left.isEmpty()) {
            CallGraph mine = left.pop();
            CallGraph theirs = left.pop();
            if (mine == theirs
                    || !compared.computeIfAbsent(mine, m -> newIdentitySet()).add(theirs)) {
                continue;
            }
            if (!mine.isAlike(theirs)) {
                return false;
            }
            for (int i = 0; i < mine.awaitedBy.size(); i++) {
                left.push(theirs.awaitedBy.get(i));
                left.push(mine.awaitedBy.get(i));
            }
        }
        return true;
    }

    private static <E> Set<E> newIdentitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private boolean isAlike(CallGraph other) {
        return future.equals(other.future)
                && name.equals(other.name)
                && stack.equals(other.stack)
                && awaitedBy.size() == other.awaitedBy.size()
                && circular == other.circular;
    }

    @Override
    public int hashCode() {
        return Objects.hash(future, name, stack, awaitedBy.size(), circular);
    }

    private static final class Level {
        private final CallGraph graph;
        private final int depth;
        private final String indent;
        private boolean goesOn;

        Level(CallGraph graph, int depth) {
            this.graph = graph;
            this.depth = depth;
            this.indent = "    ".repeat(depth);
        }

        void append(StringBuilder text, boolean first) {
            String again = graph.circular ? " (awaits itself: shown above)" : first ? "" : " (shown above)";
            line(text, "* " + graph.name + again);
            if (!again.isEmpty()) {
                return;
            }
            if (!graph.stack.isEmpty()) {
                line(text, "  + Call stack:");
                graph.stack.forEach(frame -> line(text, "  |   at " + frame));
            }
            goesOn = !graph.awaitedBy.isEmpty() && depth < LEVELS_SHOWN;
            if (goesOn) {
                line(text, "  + Awaited by:");
            } else if (!graph.awaitedBy.isEmpty()) {
                line(text, "  + Awaited by: ... (more than " + LEVELS_SHOWN + " levels)");
            }
        }

        private void line(StringBuilder text, String content) {
            text.append(indent).append(content).append('\n');
        }
    }

    @Override
    public String toString() {
        return format();
    }
}
