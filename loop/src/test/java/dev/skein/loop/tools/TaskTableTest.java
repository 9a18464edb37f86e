package dev.skein.loop.tools;

import static dev.skein.loop.tools.Pictures.by;
import static dev.skein.loop.tools.Pictures.loop;
import static dev.skein.loop.tools.Pictures.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of tasks, drawn from made-up loops. */
class TaskTableTest {
    /** The cells of each row, but for what the task does and where it stands, which are empty here. */
    private static List<String> rows(List<LoopSnapshot> loops) {
        return TaskTable.rows(loops).stream()
                .peek(row -> assertThat(row.state() + row.stack()).isEmpty())
                .map(row -> String.join(
                        " | ", row.loop(), row.id(), row.name(), row.awaiterStack(), row.awaiter(), row.awaiterId()))
                .toList();
    }

    @Test
    @PortOf("test_tools.TestAsyncioToolsTable.asyncio_utils")
    void thereIsARowForEachThatAwaitsATask() {
        assertThat(rows(Pictures.timerOfAGroup()))
                .containsExactly(
                        "1 | 2 | Task-1 |  |  | ",
                        "1 | 3 | timer | awaiter3 -> awaiter2 -> awaiter | child1_1 | 4",
                        "1 | 3 | timer | awaiterB3 -> awaiterB2 -> awaiterB | child2_2 | 5",
                        "1 | 3 | timer | awaiterB3 -> awaiterB2 -> awaiterB | child2_1 | 6",
                        "1 | 3 | timer | awaiter3 -> awaiter2 -> awaiter | child1_2 | 7",
                        "1 | 8 | root1 | _exit -> exit -> main | Task-1 | 2",
                        "1 | 9 | root2 | _exit -> exit -> main | Task-1 | 2",
                        "1 | 4 | child1_1 | _exit -> exit -> block_caller -> block | root1 | 8",
                        "1 | 6 | child2_1 | _exit -> exit -> block_caller -> block | root1 | 8",
                        "1 | 7 | child1_2 | _exit -> exit -> block_caller -> block | root2 | 9",
                        "1 | 5 | child2_2 | _exit -> exit -> block_caller -> block | root2 | 9");
    }

    @Test
    @PortOf("test_tools.TestAsyncioToolsTable.asyncio_utils")
    void eachRowSaysItsLoop() {
        assertThat(rows(Pictures.twoRoots()))
                .containsExactly(
                        "9 | 5 | Task-5 |  |  | ",
                        "9 | 6 | Task-6 | main2 | Task-5 | 5",
                        "9 | 7 | Task-7 | main2 | Task-5 | 5",
                        "9 | 8 | Task-8 | main2 | Task-5 | 5",
                        "10 | 1 | Task-1 |  |  | ",
                        "10 | 2 | Task-2 | main | Task-1 | 1",
                        "10 | 3 | Task-3 | main | Task-1 | 1",
                        "10 | 4 | Task-4 | main | Task-1 | 1");
        assertThat(rows(Pictures.twoRootsOneWithoutChildren()))
                .containsExactly(
                        "1 | 2 | Task-5 |  |  | ",
                        "3 | 4 | Task-1 |  |  | ",
                        "3 | 5 | Task-2 | main | Task-1 | 4",
                        "3 | 6 | Task-3 | main | Task-1 | 4",
                        "3 | 7 | Task-4 | main | Task-1 | 4");
    }

    @Test
    @PortOf("test_tools.TestAsyncioToolsTable.asyncio_utils")
    void tasksInACycleAreRowsLikeOthers() {
        assertThat(rows(Pictures.twoThatAwaitEachOther()))
                .containsExactly(
                        "1 | 2 | Task-1 |  |  | ",
                        "1 | 3 | a | awaiter2 | b | 4",
                        "1 | 3 | a | main | Task-1 | 2",
                        "1 | 4 | b | awaiter | a | 3");
        assertThat(rows(Pictures.twoCycles()))
                .containsExactly(
                        "1 | 2 | Task-1 |  |  | ",
                        "1 | 3 | A | nested -> nested -> task_b | B | 4",
                        "1 | 4 | B | nested -> nested -> task_c | C | 5",
                        "1 | 4 | B | nested -> nested -> task_a | A | 3",
                        "1 | 5 | C | nested -> nested | Task-2 | 6",
                        "1 | 6 | Task-2 | nested -> nested -> task_b | B | 4");
    }

    @Test
    @PortOf("test_tools.empty_input_table")
    void nothingIsNoRow() {
        assertThat(TaskTable.rows(List.of())).isEmpty();
    }

    @Test
    @PortOf("test_tools.only_independent_tasks_table")
    void tasksThatNobodyAwaitsHaveNoAwaiter() {
        assertThat(rows(List.of(loop(1, task(10, "taskA"), task(11, "taskB")))))
                .containsExactly("1 | 10 | taskA |  |  | ", "1 | 11 | taskB |  |  | ");
    }

    @Test
    @PortOf("test_tools.single_task_table")
    void oneTaskIsOneRow() {
        assertThat(rows(List.of(loop(1, task(2, "Task-1"))))).containsExactly("1 | 2 | Task-1 |  |  | ");
    }

    @Test
    @PortOf("test_tools.complex_table")
    void tasksInARowNameTheNext() {
        assertThat(rows(Pictures.threeInARow()))
                .containsExactly(
                        "1 | 2 | Task-1 |  |  | ",
                        "1 | 3 | Task-2 | main | Task-1 | 2",
                        "1 | 4 | Task-3 | main | Task-2 | 3");
    }

    @Test
    @PortOf("test_tools.task_with_missing_awaiter_id")
    void anAwaiterThatIsNotListedIsUnknown() {
        assertThat(rows(List.of(loop(1, task(1, "Task-A", by(999, "coro"))))))
                .containsExactly("1 | 1 | Task-A | coro | Unknown | 999");
    }

    @Test
    @PortOf("test_tools.table_output_format")
    void theTableIsAlignedBelowItsHead() {
        TaskSnapshot reader = new TaskSnapshot(
                11,
                "reader",
                "waiting on Queue.get",
                List.of(Pictures.app("Queue.get", 80), Pictures.app("App.read", 7)),
                List.of(by(2, "gather", "App.main")));

        assertThat(TaskTable.format(List.of(loop(1, reader, task(2, "main"))))).isEqualTo("""
                LOOP  ID  TASK    STATE                 STACK                  AWAITED AT          AWAITED BY  AWAITER ID
                1     11  reader  waiting on Queue.get  Queue.get -> App.read  gather -> App.main  main        2
                1     2   main
                """);
    }

    @Test
    void aLoopThatDidNotAnswerIsSaidBelow() {
        LoopSnapshot held = LoopSnapshot.blocked("skein-loop-2", "skein-loop-2", List.of(Pictures.app("App.spin", 7)));

        assertThat(TaskTable.format(List.of(held)))
                .endsWith(
                        "skein-loop-2 does not answer: a callback or handler blocks its thread at\n    App.spin App.java:7\n");
    }

    @Test
    void aFrameIsPrintedWithAsMuchAsIsKnownOfItsPlace() {
        assertThat(new Frame("main", "App.java", 1)).hasToString("main App.java:1");
        assertThat(new Frame("main", "App.java", 0)).hasToString("main App.java");
        assertThat(new Frame("main", "", 0)).hasToString("main");
    }
}
