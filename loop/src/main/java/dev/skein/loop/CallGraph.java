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
 * The tasks and futures that await a future, with their stacks: asyncio's {@code FutureCallGraph}.
 * {@link Asyncio#captureCallGraph} takes one. It shows one moment and does not change; any thread may read it.
 *
 * {@snippet :
 * Task<String> page = createTask(() -> fetch("index"), "fetcher");
 * yieldNow();
 * IO.println(captureCallGraph(page, o -> o.withLimit(-3)).format());
 * }
 *
 * @param future the future or task
 * @param name its name in reports at that moment: for a task, its name and the number of its thread
 * @param stack the stack of its coroutine, innermost frame first: the program's own frames, and its calls into Skein or the
 *     JDK. Empty for a future, and for a task that has ended
 * @param awaitedBy the call graphs of the tasks and futures that await it; a gather is a future here
 * @param circular true if the future awaits itself by way of others. Its stack and awaiters are then empty here, and stand
 *     where it occurs further up
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

    /** Takes no more stacks than {@link #format} shows. */
    static CallGraph toPrint(Future<?> future) {
        return of(future, options -> options, true);
    }

    private static CallGraph of(Future<?> future, UnaryOperator<CallGraphOptions> options, boolean toPrint) {
        Objects.requireNonNull(future, "future");
        Objects.requireNonNull(options, "options");
        if (!future.loop().mayRead()) {
            return future.loop().asMaker(() -> of(future, options, toPrint));
        }
        Coroutine me = Coroutine.current();
        Task<?> caller = me == null ? null : me.task();
        return new CallGraphCapture(options.apply(CallGraphOptions.defaults()), caller, toPrint).of(future);
    }

    /** Prints the text of {@link #format}. */
    public void print(PrintStream to) {
        Objects.requireNonNull(to, "to").println(format());
    }

    /**
     * Returns the graph as text, as {@link Asyncio#printCallGraph} prints it: asyncio's {@code format_call_graph}. Each
     * future is followed by its stack and, indented, by the futures that await it. A future that is reached in several ways
     * is shown in full once. A long or wide graph is cut after 200 levels or 1,000 futures.
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

    /** Whether {@code other} is an equal graph. No recursion, for the graph can be deep. */
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
