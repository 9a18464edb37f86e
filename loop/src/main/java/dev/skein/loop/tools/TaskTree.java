package dev.skein.loop.tools;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Formats snapshots as trees: asyncio's {@code pstree}. Below a task stand the frames of its stack, and below the innermost
 * frame the tasks that it awaits there. Any thread.
 *
 * {@snippet :
 * IO.print(TaskTree.format(new LoopMonitor().snapshot()));
 * }
 *
 * <p>A task that several tasks await is drawn below each of them, but its own subtree only once. Tasks that await each other
 * in a cycle belong below no task: {@link TaskCycles} finds them.
 */
public final class TaskTree {
    private static final int LEVELS_DRAWN = 400;

    private final String taskMark;
    private final String frameMark;
    private final Map<Long, Node> tasks = new LinkedHashMap<>();
    private final Set<Node> roots = new LinkedHashSet<>();
    private final Set<Node> expanded = new HashSet<>();

    private TaskTree(String taskMark, String frameMark) {
        this.taskMark = taskMark;
        this.frameMark = frameMark;
    }

    /** Returns the trees of all loops, each as its lines. */
    public static List<List<String>> draw(List<LoopSnapshot> loops) {
        return draw(loops, "(T) ", "");
    }

    /** As {@link #draw(List)}, with other marks before a task and before a frame. */
    static List<List<String>> draw(List<LoopSnapshot> loops, String taskMark, String frameMark) {
        TaskTree tree = new TaskTree(taskMark, frameMark);
        List<TaskSnapshot> all =
                loops.stream().flatMap(loop -> loop.tasks().stream()).toList();
        all.forEach(tree::addTask);
        Set<Long> awaiting = new HashSet<>();
        all.forEach(task -> tree.addAwaiters(task, awaiting));
        all.stream().filter(task -> !awaiting.contains(task.id())).forEach(tree::addOwnStack);
        return tree.roots.stream().map(tree::drawRoot).toList();
    }

    /** Returns the trees, preceded by the cycles and followed by the loops that did not answer. */
    public static String format(List<LoopSnapshot> loops) {
        StringBuilder text = new StringBuilder(TaskCycles.describe(loops));
        draw(loops).forEach(tree -> tree.forEach(line -> text.append(line).append('\n')));
        loops.stream().filter(LoopSnapshot::isBlocked).forEach(loop -> text.append(loop.describeBlocked()));
        return text.toString();
    }

    /** A task or a frame, told apart by identity. */
    private static final class Node {
        private final String label;
        private final Map<Frame, Node> frames = new LinkedHashMap<>();
        private final Set<Node> below = new LinkedHashSet<>();

        Node(String label) {
            this.label = label;
        }
    }

    private void addTask(TaskSnapshot task) {
        String state = task.state().isEmpty() ? "" : " [" + task.state() + "]";
        Node node = new Node(taskMark + task.title() + state);
        tasks.put(task.id(), node);
        roots.add(node);
    }

    private void addAwaiters(TaskSnapshot task, Set<Long> awaiting) {
        Node node = tasks.get(task.id());
        for (Awaiter awaiter : task.awaitedBy()) {
            Node above = tasks.get(awaiter.taskId());
            if (node != null && above != null) {
                addFrames(above, awaiter.stack()).below.add(node);
                roots.remove(node);
                awaiting.add(awaiter.taskId());
            }
        }
    }

    private void addOwnStack(TaskSnapshot task) {
        Node node = tasks.get(task.id());
        if (node != null) {
            addFrames(node, task.stack());
        }
    }

    private Node addFrames(Node task, List<Frame> stack) {
        Node innermost = task;
        for (Frame frame : stack.reversed()) {
            Node above = innermost;
            innermost = above.frames.computeIfAbsent(frame, f -> new Node(frameMark + f));
            above.below.add(innermost);
        }
        return innermost;
    }

    private List<String> drawRoot(Node root) {
        List<String> lines = new ArrayList<>();
        draw(root, "", true, lines);
        return lines;
    }

    private void draw(Node node, String prefix, boolean last, List<String> lines) {
        boolean tooDeep = prefix.length() > 4 * LEVELS_DRAWN;
        boolean again = !node.below.isEmpty() && !expanded.add(node);
        String more = again ? " (drawn above)" : tooDeep ? " ..." : "";
        lines.add(prefix + (last ? "└── " : "├── ") + node.label + more);
        if (again || tooDeep) {
            return;
        }
        int left = node.below.size();
        for (Node child : node.below) {
            left--;
            draw(child, prefix + (last ? "    " : "│   "), left == 0, lines);
        }
    }
}
