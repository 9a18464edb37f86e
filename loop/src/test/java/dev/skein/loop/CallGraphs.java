package dev.skein.loop;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Call graphs for comparison: a line for each future with the methods of its stack, its awaiters indented below. A lambda's
 * method is called {@code body}, a task without a name of its own {@code Task-N}. Of the frames only the tests' own and the
 * words of asyncio that they call.
 */
final class CallGraphs {
    private CallGraphs() {}

    static List<String> draw(List<CallGraph> graphs) {
        return graphs.stream().map(graph -> draw(graph, "")).toList();
    }

    private static String draw(CallGraph graph, String indent) {
        String stack = graph.stack().stream()
                .filter(frame -> frame.getClassName().matches(".*(Test|Asyncio)"))
                .map(frame -> " " + frame.getMethodName().replaceFirst("lambda\\$.*", "body"))
                .collect(Collectors.joining());
        String awaiters = graph.awaitedBy().stream()
                .map(awaiter -> "\n" + draw(awaiter, indent + "  "))
                .collect(Collectors.joining());
        return indent + graph.future().toName().replaceFirst("Task-\\d+", "Task-N") + ":" + stack + awaiters;
    }
}
