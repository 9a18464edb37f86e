package dev.skein.loop.tools;

import static dev.skein.loop.tools.Pictures.by;
import static dev.skein.loop.tools.Pictures.loop;
import static dev.skein.loop.tools.Pictures.task;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The tree of tasks, drawn from made-up loops. */
@Execution(ExecutionMode.CONCURRENT)
class TaskTreeTest {
    private static String drawn(List<LoopSnapshot> loops) {
        StringBuilder text = new StringBuilder();
        TaskTree.draw(loops)
                .forEach(tree -> tree.forEach(line -> text.append(line).append('\n')));
        return text.toString();
    }

    @Test
    @PortOf("test_tools.TestAsyncioToolsTree.asyncio_utils")
    void aTaskIsDrawnBelowEachThatAwaitsIt() {
        assertThat(TaskTree.draw(Pictures.timerOfAGroup())).hasSize(1);
        assertThat(drawn(Pictures.timerOfAGroup())).isEqualTo("""
                └── (T) Task-1
                    └── main
                        └── exit
                            └── _exit
                                ├── (T) root1
                                │   └── block
                                │       └── block_caller
                                │           └── exit
                                │               └── _exit
                                │                   ├── (T) child1_1
                                │                   │   └── awaiter App.java:110
                                │                   │       └── awaiter2 App.java:120
                                │                   │           └── awaiter3 App.java:130
                                │                   │               └── (T) timer
                                │                   └── (T) child2_1
                                │                       └── awaiterB App.java:170
                                │                           └── awaiterB2 App.java:180
                                │                               └── awaiterB3 App.java:190
                                │                                   └── (T) timer
                                └── (T) root2
                                    └── block
                                        └── block_caller
                                            └── exit
                                                └── _exit
                                                    ├── (T) child1_2
                                                    │   └── awaiter App.java:110
                                                    │       └── awaiter2 App.java:120
                                                    │           └── awaiter3 App.java:130
                                                    │               └── (T) timer
                                                    └── (T) child2_2
                                                        └── awaiterB App.java:170
                                                            └── awaiterB2 App.java:180
                                                                └── awaiterB3 App.java:190
                                                                    └── (T) timer
                """);
    }

    @Test
    @PortOf("test_tools.TestAsyncioToolsTree.asyncio_utils")
    void eachRootIsATreeOfItsOwn() {
        assertThat(TaskTree.draw(Pictures.twoRoots()))
                .containsExactly(
                        List.of(
                                "└── (T) Task-5",
                                "    └── main2",
                                "        ├── (T) Task-6",
                                "        ├── (T) Task-7",
                                "        └── (T) Task-8"),
                        List.of(
                                "└── (T) Task-1",
                                "    └── main",
                                "        ├── (T) Task-2",
                                "        ├── (T) Task-3",
                                "        └── (T) Task-4"));
        assertThat(TaskTree.draw(Pictures.twoRootsOneWithoutChildren()))
                .containsExactly(
                        List.of("└── (T) Task-5"),
                        List.of(
                                "└── (T) Task-1",
                                "    └── main",
                                "        ├── (T) Task-2",
                                "        ├── (T) Task-3",
                                "        └── (T) Task-4"));
    }

    @Test
    @PortOf("test_tools.asyncio_utils_cycles")
    void cyclesAreFoundFromWhereverTheyAreEntered() {
        assertThat(TaskCycles.of(Pictures.twoThatAwaitEachOther())).containsExactly(List.of(4L, 3L, 4L));
        assertThat(TaskCycles.of(Pictures.twoCycles())).containsExactly(List.of(4L, 3L, 4L), List.of(4L, 6L, 5L, 4L));
        assertThat(TaskCycles.of(Pictures.timerOfAGroup())).isEmpty();
    }

    @Test
    void ofTasksThatAllAwaitEachOtherTwentyCyclesAreEnough() {
        List<TaskSnapshot> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            List<Awaiter> others = new ArrayList<>();
            for (int j = 0; j < 200; j++) {
                others.add(by(j, "main"));
            }
            all.add(task(i, "t" + i, others.toArray(Awaiter[]::new)));
        }
        assertThat(TaskCycles.of(List.of(loop(1, all.toArray(TaskSnapshot[]::new)))))
                .hasSize(20);
    }

    /** The tasks of a cycle of so many, each of which awaits the one before. */
    private static List<LoopSnapshot> cycleOf(int tasks) {
        return List.of(loop(
                1,
                IntStream.range(0, tasks)
                        .mapToObj(i -> task(i, "t" + i, by((i + 1) % tasks, "main")))
                        .toArray(TaskSnapshot[]::new)));
    }

    @Test
    void ofACycleOfTwentyTasksAllAreNamed() {
        String all = IntStream.iterate(19, i -> i - 1)
                .limit(18)
                .mapToObj(i -> "t" + i)
                .collect(joining(" -> "));
        assertThat(TaskTree.format(cycleOf(20))).isEqualTo("cycle: t1 -> t0 -> " + all + " -> t1\n");
        assertThat(TaskTree.format(cycleOf(21))).endsWith(" -> t4 -> t3 -> (1 more) -> t1\n");
    }

    @Test
    void ofALongCycleTheBeginningAndTheEndAreNamed() {
        List<TaskSnapshot> all = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            all.add(task(i, "t" + i, by((i + 1) % 100_000, "main")));
        }
        assertThat(TaskTree.format(List.of(loop(1, all.toArray(TaskSnapshot[]::new)))))
                .startsWith("cycle: t1 -> t0 -> t99999 -> ")
                .endsWith(" -> (99980 more) -> t1\n")
                .hasSizeLessThan(500);
    }

    @Test
    void awaitersOfACycleAreDrawnUntilItCloses() {
        assertThat(TaskTree.format(Pictures.twoThatAwaitEachOther())).isEqualTo("""
                cycle: b -> a -> b
                └── (T) Task-1
                    └── main
                        └── (T) a
                            └── awaiter
                                └── (T) b
                                    └── awaiter2
                                        └── (T) a (drawn above)
                """);
    }

    @Test
    @PortOf("test_tools.empty_input_tree")
    void nothingIsNoTree() {
        assertThat(TaskTree.draw(List.of())).isEmpty();
        assertThat(TaskTree.format(List.of())).isEmpty();
    }

    @Test
    @PortOf("test_tools.only_independent_tasks_tree")
    void tasksThatNobodyAwaitsStandByThemselves() {
        assertThat(TaskTree.draw(List.of(loop(1, task(10, "taskA"), task(11, "taskB")))))
                .containsExactly(List.of("└── (T) taskA"), List.of("└── (T) taskB"));
    }

    @Test
    @PortOf("test_tools.single_task_tree")
    void oneTaskIsOneLine() {
        assertThat(TaskTree.draw(List.of(loop(1, task(2, "Task-1"))))).containsExactly(List.of("└── (T) Task-1"));
    }

    @Test
    @PortOf("test_tools.cycle_detection")
    void twoThatAwaitEachOtherAreACycleAndNoTree() {
        List<LoopSnapshot> loops = List.of(loop(1, task(2, "Task-1", by(3, "main")), task(3, "Task-2", by(2, "main"))));

        assertThat(TaskCycles.of(loops)).containsExactly(List.of(3L, 2L, 3L));
        assertThat(TaskTree.draw(loops)).isEmpty();
        assertThat(TaskTree.format(loops)).isEqualTo("cycle: Task-2 -> Task-1 -> Task-2\n");
    }

    @Test
    @PortOf("test_tools.complex_tree")
    void tasksInARowAreOneBelowTheOther() {
        assertThat(drawn(Pictures.threeInARow())).isEqualTo("""
                └── (T) Task-1
                    └── main
                        └── (T) Task-2
                            └── main
                                └── (T) Task-3
                """);
    }

    @Test
    @PortOf("test_tools.deep_coroutine_chain")
    void theOutermostFrameIsNextToItsTask() {
        assertThat(drawn(List.of(loop(1, task(10, "leaf", by(11, "c1", "c2", "c3", "c4", "c5")), task(11, "root")))))
                .isEqualTo("""
                        └── (T) root
                            └── c5
                                └── c4
                                    └── c3
                                        └── c2
                                            └── c1
                                                └── (T) leaf
                        """);
    }

    @Test
    @PortOf("test_tools.multiple_cycles_same_node")
    void ofCyclesThatShareATaskTheLongestIsFound() {
        List<LoopSnapshot> loops = List.of(loop(
                1,
                task(1, "Task-A", by(2, "call1")),
                task(2, "Task-B", by(3, "call2")),
                task(3, "Task-C", by(1, "call3"), by(2, "call4"))));

        assertThat(TaskCycles.of(loops)).containsExactly(List.of(2L, 1L, 3L, 2L));
    }

    @Test
    @PortOf("test_tools.task_awaits_self")
    void aTaskThatAwaitsItselfIsACycle() {
        assertThat(TaskCycles.of(List.of(loop(1, task(1, "Self-Awaiter", by(1, "loopback"))))))
                .containsExactly(List.of(1L, 1L));
    }

    @Test
    @PortOf("test_tools.duplicate_coroutine_frames")
    void aFrameIsDrawnOnceBelowEachTask() {
        assertThat(TaskTree.draw(List.of(loop(
                        1,
                        task(1, "Task-1", by(2, "frameA"), by(3, "frameA")),
                        task(2, "Task-2"),
                        task(3, "Task-3"),
                        task(4, "Task-4", by(2, "frameA"))))))
                .containsExactly(
                        List.of("└── (T) Task-2", "    └── frameA", "        ├── (T) Task-1", "        └── (T) Task-4"),
                        List.of("└── (T) Task-3", "    └── frameA", "        └── (T) Task-1"));
    }

    @Test
    @PortOf("test_tools.task_with_no_name")
    void aTaskWithoutANameIsDrawnByItsNumber() {
        assertThat(TaskTree.draw(List.of(loop(1, task(1, "root", by(2, "f1")), task(2, ""))))
                        .getFirst())
                .containsExactly("└── (T) #2", "    └── f1", "        └── (T) root");
    }

    @Test
    @PortOf("test_tools.tree_rendering_with_custom_emojis")
    void theMarksCanBeOthers() {
        List<LoopSnapshot> loops = List.of(loop(1, task(1, "MainTask", by(2, "f1", "f2")), task(2, "SubTask")));

        assertThat(TaskTree.draw(loops, "🧵 ", "🔁 ").getFirst())
                .containsExactly("└── 🧵 SubTask", "    └── 🔁 f2", "        └── 🔁 f1", "            └── 🧵 MainTask");
    }

    @Test
    void aTaskThatAwaitsNoTaskIsDrawnWithWhatItDoesAndItsOwnStack() {
        TaskSnapshot waits =
                new TaskSnapshot(1, "reader", "waiting on Queue.get", List.of(Pictures.app("read", 7)), List.of());

        assertThat(TaskTree.draw(List.of(loop(1, waits))))
                .containsExactly(List.of("└── (T) reader [waiting on Queue.get]", "    └── read App.java:7"));
    }

    @Test
    void aTaskAwaitedBySomethingUnknownIsARoot() {
        assertThat(TaskTree.draw(List.of(loop(1, task(1, "Task-A", by(999, "coro"))))))
                .containsExactly(List.of("└── (T) Task-A"));
    }

    @Test
    void aLoopThatDidNotAnswerIsSaidAfterTheTrees() {
        LoopSnapshot held = LoopSnapshot.blocked("skein-loop-2", "reader", List.of(Pictures.app("read", 7)));

        assertThat(TaskTree.format(List.of(loop(1, task(2, "Task-1")), held))).isEqualTo("""
                └── (T) Task-1
                skein-loop-2 does not answer: task 'reader' blocks its thread at
                    read App.java:7
                """);
    }

    @Test
    void aHundredThousandInARowAreCutAndHaveNoCycle() {
        List<TaskSnapshot> tasks = new ArrayList<>();
        for (int i = 1; i <= 100_000; i++) {
            tasks.add(task(i, "t" + i, by(i + 1, "f")));
        }
        List<LoopSnapshot> loops = List.of(LoopSnapshot.of("1", tasks));

        assertThat(TaskCycles.of(loops)).isEmpty();
        assertThat(TaskTree.draw(loops).getFirst())
                .hasSize(402)
                .last()
                .asString()
                .endsWith(" ...");
    }

    /** It is what is drawn of a task that awaits others: one picture shows it as it is in each of these. */
    @Test
    void aTaskThatAwaitsIsDrawnAsItsAwaitsSayAndNotAsItStandsItself() {
        TaskSnapshot main = new TaskSnapshot(2, "main", "", List.of(Pictures.app("moved on", 1)), List.of());
        assertThat(drawn(List.of(Pictures.loop(1, main, Pictures.task(3, "child", Pictures.by(2, "awaits"))))))
                .isEqualTo("""
                └── (T) main
                    └── awaits
                        └── (T) child
                """);
    }
}
