package dev.skein.loop;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

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
public record CallGraph(
        Future<?> future, String name, List<StackTraceElement> stack, List<CallGraph> awaitedBy, boolean circular) {
    private static final int LEVELS_SHOWN = 200;

    /** Takes copies of the lists. */
    public CallGraph {
        Objects.requireNonNull(future, "future");
        Objects.requireNonNull(name, "name");
        stack = List.copyOf(Objects.requireNonNull(stack, "stack"));
        awaitedBy = List.copyOf(Objects.requireNonNull(awaitedBy, "awaitedBy"));
    }

    static CallGraph of(Future<?> future, UnaryOperator<CallGraphOptions> options) {
        Objects.requireNonNull(future, "future");
        Objects.requireNonNull(options, "options");
        future.loop().checkRead();
        Coroutine me = Coroutine.current();
        Task<?> caller = me == null ? null : me.task();
        return new CallGraphCapture(options.apply(CallGraphOptions.defaults()), caller).of(future);
    }

    /** Prints {@link #format}. */
    public void print(PrintStream to) {
        Objects.requireNonNull(to, "to").println(format());
    }

    /**
     * The graph as text, as {@link Asyncio#printCallGraph} prints it, asyncio's {@code format_call_graph}: each future with
     * its stack, and further to the right those that await it. One that is reached on several ways is shown in full once.
     */
    public String format() {
        StringBuilder text = new StringBuilder();
        Set<CallGraph> shown = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<Level> left = new ArrayDeque<>();
        left.push(new Level(this, 0));
        while (!left.isEmpty()) {
            Level next = left.pop();
            next.append(text, shown.add(next.graph));
            if (next.goesOn) {
                next.graph.awaitedBy.reversed().forEach(awaiter -> left.push(new Level(awaiter, next.depth + 1)));
            }
        }
        return text.toString().stripTrailing();
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
