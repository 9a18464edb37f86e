package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.captureCallGraph;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.waitUntil;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who awaits whom by way of the words that wait for several: a task group, a shield, waitUntil. */
class CallGraphOfWordsTest {
    private final TestLoop loop = new TestLoop();
    private final List<CallGraph> captured = new ArrayList<>();

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private void c5() {
        captured.add(captureCallGraph(o -> o.withDepth(2)).orElseThrow());
    }

    private void c4() {
        yieldNow();
        c5();
    }

    private void c3() {
        c4();
    }

    private void awaitIt(Task<?> task) {
        await(task);
    }

    @Test
    @PortOf("test_graph.stack_tgroup")
    void aTaskOfAGroupIsAwaitedByTheGroupsTask() {
        loop.run(() -> {
            CurrentTask.thisTask().setName("main");
            group();
        });

        assertThat(CallGraphs.draw(captured)).containsExactly("""
                Task 'c2_root': c4 c3 body
                  Task 'main': taskGroup group body
                  Task 'sub_main_1': awaitIt body
                    Task 'main': taskGroup group body
                  Task 'sub_main_2': awaitIt body
                    Task 'main': taskGroup group body""");
    }

    private void group() {
        taskGroup(group -> {
            Task<?> root = group.createTask(() -> c3(), "c2_root");
            group.createTask(() -> awaitIt(root), "sub_main_1");
            group.createTask(() -> awaitIt(root), "sub_main_2");
        });
    }

    @Test
    @PortOf("test_graph.stack_shield")
    void aShieldedTaskIsAwaitedByTheShield() {
        loop.run(() -> {
            CurrentTask.thisTask().setName("main");
            await(shield(this::c3));
        });

        assertThat(CallGraphs.draw(captured)).containsExactly("""
                Task 'Task-N': c4 c3
                  shield of Task 'Task-N':
                    Task 'main': body""");
    }

    @Test
    @PortOf("test_graph.stack_timeout")
    void aTimeoutIsAFrameAndNoAwaiter() {
        loop.run(() -> {
            CurrentTask.thisTask().setName("main");
            await(shield(() -> inTime()));
        });

        assertThat(CallGraphs.draw(captured)).containsExactly("""
                Task 'Task-N': c4 c3 body timeout inTime body
                  shield of Task 'Task-N':
                    Task 'main': body""");
    }

    private void inTime() {
        timeout(Duration.ofSeconds(1), t -> {
            yieldNow();
            c3();
        });
    }

    @Test
    @PortOf("test_graph.stack_wait")
    void waitUntilAwaitsEachOfItsFutures() {
        loop.run(() -> {
            CurrentTask.thisTask().setName("main");
            Task<?> one = createTask(() -> inTime(), "one");
            Task<?> two = createTask(() -> yieldNow(), "two");
            waitForAll(one, two);
        });

        assertThat(CallGraphs.draw(captured)).containsExactly("""
                Task 'one': c4 c3 body timeout inTime body
                  Task 'main': waitUntil waitForAll body""");
    }

    private void waitForAll(Task<?>... tasks) {
        assertThat(waitUntil(List.of(tasks), ReturnWhen.ALL_COMPLETED).pending())
                .isEmpty();
    }
}
