package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks from a future to all that await it. Each is visited once, even if several paths lead to it, and a cycle is
 * told where it closes. No recursion, for the tasks that await each other can be many. Loop only.
 */
@Plumbing
final class CallGraphCapture {
    private final CallGraphOptions options;
    private final @Nullable Task<?> caller;

    /** Only the stacks that will be printed: to read a stack takes far longer than all else. */
    private final boolean toPrint;

    private int mayBeShown;

    private final Map<Future<?>, CallGraph> captured = new HashMap<>();
    private final ArrayDeque<Node> way = new ArrayDeque<>();
    private final Set<Future<?>> onTheWay = new HashSet<>();

    CallGraphCapture(CallGraphOptions options, @Nullable Task<?> caller, boolean toPrint) {
        this.toPrint = toPrint;
        this.options = options;
        this.caller = caller;
    }

    CallGraph of(Future<?> root) {
        enter(root);
        Node here = way.element();
        while (true) {
            if (here.awaiters.hasNext()) {
                step(here, here.awaiters.next());
                here = way.element();
                continue;
            }
            CallGraph done = leave();
            if (way.isEmpty()) {
                return done;
            }
            here = way.element();
            here.graphs.add(done);
        }
    }

    private void step(Node from, Future<?> awaiter) {
        CallGraph known = captured.get(awaiter);
        if (known != null) {
            from.graphs.add(known);
        } else if (onTheWay.contains(awaiter)) {
            from.graphs.add(new CallGraph(awaiter, nameOf(awaiter), List.of(), List.of(), true));
        } else {
            enter(awaiter);
        }
    }

    private void enter(Future<?> future) {
        onTheWay.add(future);
        boolean shown = way.size() <= CallGraph.LEVELS_SHOWN && mayBeShown < CallGraph.FUTURES_SHOWN;
        mayBeShown += shown ? 1 : 0;
        way.push(new Node(future, shown || !toPrint));
    }

    private CallGraph leave() {
        Node node = way.pop();
        onTheWay.remove(node.future);
        List<StackTraceElement> stack = node.withStack ? stackOf(node.future) : List.of();
        CallGraph graph = new CallGraph(node.future, nameOf(node.future), stack, node.graphs, false);
        captured.put(node.future, graph);
        return graph;
    }

    private static String nameOf(Future<?> future) {
        return future instanceof Task<?> task && TaskStacks.idOf(task) != 0
                ? task.toName() + " #" + TaskStacks.idOf(task)
                : future.toName();
    }

    private List<StackTraceElement> stackOf(Future<?> future) {
        if (options.limit() == 0 || !(future instanceof Task<?> task)) {
            return List.of();
        }
        List<StackTraceElement> all = StackFilter.of(List.of(task.stack()));
        List<StackTraceElement> own =
                task == caller ? all.subList(Math.min(options.depth() - 1, all.size()), all.size()) : all;
        int limit = options.limit();
        return limit > 0
                ? own.subList(Math.max(0, own.size() - limit), own.size())
                : own.subList(0, Math.min(-limit, own.size()));
    }

    private static final class Node {
        private final Future<?> future;
        private final Iterator<Future<?>> awaiters;
        private final List<CallGraph> graphs = new ArrayList<>();
        private final boolean withStack;

        Node(Future<?> future, boolean withStack) {
            this.withStack = withStack;
            this.future = future;
            this.awaiters = future.awaitedBy().iterator();
        }
    }
}
