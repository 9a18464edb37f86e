package dev.skein.loop.tools;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Formats snapshots as a table, with a row for each task and each awaiter of it: asyncio's {@code ps}. Any thread.
 *
 * {@snippet :
 * IO.print(TaskTable.format(new LoopMonitor().snapshot()));
 * }
 */
public final class TaskTable {
    private TaskTable() {}

    /**
     * One row. A cell without a value is "". Stacks are the names of methods, innermost first.
     *
     * @param loop the name of the loop's thread
     * @param id the number of the task
     * @param name the name of the task
     * @param state what the task does
     * @param stack the stack of the task
     * @param awaiterStack the stack at which another task awaits it
     * @param awaiter the name of that task, or {@code Unknown}
     * @param awaiterId the number of that task
     */
    record Row(
            String loop,
            String id,
            String name,
            String state,
            String stack,
            String awaiterStack,
            String awaiter,
            String awaiterId) {
        static final Row HEAD =
                new Row("LOOP", "ID", "TASK", "STATE", "STACK", "AWAITED AT", "AWAITED BY", "AWAITER ID");

        List<String> cells() {
            return List.of(loop, id, name, state, stack, awaiterStack, awaiter, awaiterId);
        }
    }

    static List<Row> rows(List<LoopSnapshot> loops) {
        Map<Long, String> names = new HashMap<>();
        loops.forEach(loop -> loop.tasks().forEach(task -> names.put(task.id(), task.title())));
        List<Row> rows = new ArrayList<>();
        for (LoopSnapshot loop : loops) {
            for (TaskSnapshot task : loop.tasks()) {
                addRows(rows, loop, task, names);
            }
        }
        return rows;
    }

    private static void addRows(List<Row> rows, LoopSnapshot loop, TaskSnapshot task, Map<Long, String> names) {
        String id = Long.toString(task.id());
        String stack = chain(task.stack());
        for (Awaiter awaiter : task.awaitedBy()) {
            String name = names.getOrDefault(awaiter.taskId(), "Unknown");
            String awaiterId = Long.toString(awaiter.taskId());
            rows.add(new Row(
                    loop.thread(), id, task.title(), task.state(), stack, chain(awaiter.stack()), name, awaiterId));
        }
        if (task.awaitedBy().isEmpty()) {
            rows.add(new Row(loop.thread(), id, task.title(), task.state(), stack, "", "", ""));
        }
    }

    private static String chain(List<Frame> stack) {
        return stack.stream().map(Frame::method).collect(joining(" -> "));
    }

    /** Returns the table, followed by the loops that did not answer. */
    public static String format(List<LoopSnapshot> loops) {
        List<Row> rows = new ArrayList<>(List.of(Row.HEAD));
        rows.addAll(rows(loops));
        int[] widths = new int[Row.HEAD.cells().size()];
        rows.forEach(row -> widen(widths, row.cells()));
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append(line(widths, row.cells())).append('\n'));
        loops.stream().filter(LoopSnapshot::isBlocked).forEach(loop -> text.append(loop.describeBlocked()));
        return text.toString();
    }

    private static void widen(int[] widths, List<String> cells) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], cells.get(i).length());
        }
    }

    private static String line(int[] widths, List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(cells.get(i)).repeat(' ', widths[i] - cells.get(i).length() + 2);
        }
        return line.toString().stripTrailing();
    }
}
