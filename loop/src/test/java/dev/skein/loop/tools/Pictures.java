package dev.skein.loop.tools;

import java.util.Arrays;
import java.util.List;

/** Made-up loops and tasks for the drawings; a name or number says it all, what a task does is left empty. */
final class Pictures {
    private Pictures() {}

    static LoopSnapshot loop(int thread, TaskSnapshot... tasks) {
        return LoopSnapshot.of(Integer.toString(thread), List.of(tasks));
    }

    static TaskSnapshot task(long id, String name, Awaiter... awaitedBy) {
        return new TaskSnapshot(id, name, "", List.of(), List.of(awaitedBy));
    }

    /** The frames are innermost first. */
    static Awaiter by(long id, Frame... stack) {
        return new Awaiter(id, List.of(stack));
    }

    static Awaiter by(long id, String... methods) {
        return new Awaiter(
                id, Arrays.stream(methods).map(m -> new Frame(m, "", 0)).toList());
    }

    static Frame app(String method, int line) {
        return new Frame(method, "App.java", line);
    }

    /** A task called timer that is awaited in two children each of two tasks of a group. */
    static List<LoopSnapshot> timerOfAGroup() {
        Frame[] a = {app("awaiter3", 130), app("awaiter2", 120), app("awaiter", 110)};
        Frame[] b = {app("awaiterB3", 190), app("awaiterB2", 180), app("awaiterB", 170)};
        String[] group = {"_exit", "exit", "main"};
        String[] inner = {"_exit", "exit", "block_caller", "block"};
        return List.of(
                loop(
                        1,
                        task(2, "Task-1"),
                        task(3, "timer", by(4, a), by(5, b), by(6, b), by(7, a)),
                        task(8, "root1", by(2, group)),
                        task(9, "root2", by(2, group)),
                        task(4, "child1_1", by(8, inner)),
                        task(6, "child2_1", by(8, inner)),
                        task(7, "child1_2", by(9, inner)),
                        task(5, "child2_2", by(9, inner))),
                loop(0));
    }

    static List<LoopSnapshot> twoRoots() {
        return List.of(
                loop(
                        9,
                        task(5, "Task-5"),
                        task(6, "Task-6", by(5, "main2")),
                        task(7, "Task-7", by(5, "main2")),
                        task(8, "Task-8", by(5, "main2"))),
                loop(
                        10,
                        task(1, "Task-1"),
                        task(2, "Task-2", by(1, "main")),
                        task(3, "Task-3", by(1, "main")),
                        task(4, "Task-4", by(1, "main"))),
                loop(11),
                loop(0));
    }

    static List<LoopSnapshot> twoRootsOneWithoutChildren() {
        return List.of(
                loop(1, task(2, "Task-5")),
                loop(
                        3,
                        task(4, "Task-1"),
                        task(5, "Task-2", by(4, "main")),
                        task(6, "Task-3", by(4, "main")),
                        task(7, "Task-4", by(4, "main"))),
                loop(8),
                loop(0));
    }

    static List<LoopSnapshot> twoThatAwaitEachOther() {
        return List.of(
                loop(
                        1,
                        task(2, "Task-1"),
                        task(3, "a", by(4, "awaiter2"), by(2, "main")),
                        task(4, "b", by(3, "awaiter"))),
                loop(0));
    }

    static List<LoopSnapshot> twoCycles() {
        return List.of(
                loop(
                        1,
                        task(2, "Task-1"),
                        task(3, "A", by(4, "nested", "nested", "task_b")),
                        task(4, "B", by(5, "nested", "nested", "task_c"), by(3, "nested", "nested", "task_a")),
                        task(5, "C", by(6, "nested", "nested")),
                        task(6, "Task-2", by(4, "nested", "nested", "task_b"))),
                loop(0));
    }

    static List<LoopSnapshot> threeInARow() {
        return List.of(loop(1, task(2, "Task-1"), task(3, "Task-2", by(2, "main")), task(4, "Task-3", by(3, "main"))));
    }
}
