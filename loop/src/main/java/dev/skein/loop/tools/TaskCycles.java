package dev.skein.loop.tools;

import static java.util.stream.Collectors.joining;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cycles of tasks that await each other, so that none of them ever continues. Any thread.
 *
 * {@snippet :
 * List<LoopSnapshot> loops = new LoopMonitor().snapshot();
 * TaskCycles.of(loops).forEach(ids -> IO.println("deadlock: " + ids));
 * }
 */
public final class TaskCycles {
    /** The limit of cycles to report: enough to see what is wrong. Tasks that all await each other have very many. */
    private static final int MOST = 20;

    private static final int TASKS_NAMED = 20;

    private final Map<Long, Set<Long>> awaits = new LinkedHashMap<>();
    private final List<List<Long>> cycles = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();

    private TaskCycles() {}

    /**
     * Returns each cycle as the numbers of its tasks, of which each awaits the next one; the last is the first again. At most
     * 20 cycles.
     */
    public static List<List<Long>> of(List<LoopSnapshot> loops) {
        TaskCycles search = new TaskCycles();
        for (LoopSnapshot loop : loops) {
            for (TaskSnapshot task : loop.tasks()) {
                for (Awaiter awaiter : task.awaitedBy()) {
                    search.awaits
                            .computeIfAbsent(awaiter.taskId(), a -> new LinkedHashSet<>())
                            .add(task.id());
                }
            }
        }
        search.awaits.keySet().forEach(search::searchFrom);
        return search.cycles;
    }

    /** A line for each cycle, with the names of its tasks; for a long one, the first and the last. "" if there is none. */
    static String describe(List<LoopSnapshot> loops) {
        Map<Long, String> names = new HashMap<>();
        loops.forEach(loop -> loop.tasks().forEach(task -> names.put(task.id(), task.title())));
        return of(loops).stream().map(cycle -> describe(cycle, names)).collect(joining());
    }

    private static String describe(List<Long> cycle, Map<Long, String> names) {
        int between = cycle.size() - 1 - TASKS_NAMED;
        String first = cycle.stream()
                .limit(between > 0 ? TASKS_NAMED : cycle.size())
                .map(id -> names.getOrDefault(id, "#" + id))
                .collect(joining(" -> ", "cycle: ", ""));
        String last = names.getOrDefault(cycle.getLast(), "#" + cycle.getLast());
        return first + (between > 0 ? " -> (" + between + " more) -> " + last : "") + "\n";
    }

    /** Depth first. A step back to a task on the path closes a cycle. No recursion, for the path can be long. */
    private void searchFrom(long start) {
        if (!seen.add(start)) {
            return;
        }
        List<Long> way = new ArrayList<>(List.of(start));
        Set<Long> onTheWay = new HashSet<>(way);
        ArrayDeque<Iterator<Long>> next = new ArrayDeque<>(List.of(awaitedBy(start)));
        while (!next.isEmpty()) {
            if (!next.element().hasNext()) {
                next.pop();
                onTheWay.remove(way.removeLast());
                continue;
            }
            long id = next.element().next();
            if (onTheWay.contains(id)) {
                addCycle(way, id);
            } else if (seen.add(id)) {
                way.add(id);
                onTheWay.add(id);
                next.push(awaitedBy(id));
            }
        }
    }

    private Iterator<Long> awaitedBy(long id) {
        return awaits.getOrDefault(id, Set.of()).iterator();
    }

    private void addCycle(List<Long> way, long closing) {
        if (cycles.size() == MOST) {
            return;
        }
        List<Long> cycle = new ArrayList<>(way.subList(way.indexOf(closing), way.size()));
        cycle.add(closing);
        cycles.add(cycle);
    }
}
