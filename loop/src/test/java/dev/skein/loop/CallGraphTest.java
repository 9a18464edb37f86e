package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.captureCallGraph;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who awaits whom, and where. */
class CallGraphTest {
    private final TestLoop loop = new TestLoop();
    private final List<CallGraph> captured = new ArrayList<>();

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private void capture() {
        captured.add(captureCallGraph(o -> o.withDepth(2)).orElseThrow());
    }

    private void deep() {
        yieldNow();
        capture();
    }

    private void c1() {
        yieldNow();
        deep();
    }

    @Test
    @PortOf("test_graph.stack_task")
    void ofATaskThatAnotherAwaits() {
        loop.run(() -> {
            CurrentTask.thisTask().setName("main");
            awaitsThereThere();
        });

        assertThat(CallGraphs.draw(captured)).containsExactly("""
                Task 'there there': deep c1
                  Task 'main': awaitsThereThere body""");
        assertThat(captured.getFirst().format())
                .startsWith("* Task 'there there' #")
                .contains("\n  + Call stack:\n  |   at dev.skein.loop.CallGraphTest.deep(CallGraphTest.java:")
                .contains("\n  + Awaited by:\n    * Task 'main' #")
                .contains("\n      |   at dev.skein.loop.CallGraphTest.awaitsThereThere(CallGraphTest.java:")
                .doesNotContain("circular");
    }

    private void awaitsThereThere() {
        await(createTask(this::c1, "there there"));
    }

    @Test
    @PortOf("test_graph.stack_async_gen")
    void ofATaskInTheBodyOfAGenerator() {
        loop.run(() -> {
            CurrentTask.thisTask().setName("main");
            iterate();
        });

        assertThat(CallGraphs.draw(captured)).containsExactly("Task 'main': nestedCall items iterate body");
    }

    private void iterate() {
        for (int item : generator(this::items)) {
            assertThat(item).isLessThan(2);
        }
    }

    private void items(Generator.Emitter<Integer> out) {
        for (int i = 0; i < 2; i++) {
            out.emit(i);
            if (i == 1) {
                nestedCall();
            }
        }
    }

    private void nestedCall() {
        capture();
    }

    @Test
    @PortOf("test_graph.stack_gather")
    void ofATaskThatIsGathered() {
        loop.run(() -> {
            CurrentTask.thisTask().setName("main");
            gatherBoth();
        });

        assertThat(CallGraphs.draw(captured)).containsExactly("""
                Task 'Task-N': deep c1
                  gather:
                    Task 'main': gatherBoth body""");
    }

    private void gatherBoth() {
        await(gather(this::c1, () -> yieldNow()));
    }

    @Test
    @PortOf("test_graph.stack_future")
    void ofAFutureThatTwoTasksAwait() {
        loop.run(() -> {
            CurrentTask.thisTask().setName("main");
            Future<String> future = loop.createFuture();
            Task<?> a = createTask(() -> a1(future), "task A");
            Task<?> b = createTask(() -> b1(future), "task B");
            Future<?> both = gather(a, b);
            Task<?> waits = createTask(() -> both.await(), "waits");
            sleep(Duration.ofSeconds(1));
            captured.add(captureCallGraph(future));
            assertThat(future.awaitedBy()).hasSize(2).first().isSameAs(a);
            future.setResult("done");
            assertThat(future.awaitedBy()).isEmpty();
            await(waits);
        });

        assertThat(CallGraphs.draw(captured)).containsExactly("""
                Future:
                  Task 'task A': a2 a1 body
                    gather:
                      Task 'waits': body
                  Task 'task B': b1 body
                    gather:
                      Task 'waits': body""");
        assertThat(captured.getFirst().format()).startsWith("* Future\n").contains("* gather (shown above)");
    }

    private void a1(Future<String> future) {
        a2(future);
    }

    private void a2(Future<String> future) {
        await(future);
    }

    private void b1(Future<String> future) {
        future.await();
    }

    @Test
    void ofTasksThatAwaitEachOtherIsACircleAndIsTold() {
        loop.run(() -> {
            Future<Task<?>> second = loop.createFuture();
            Task<?> one = createTask(() -> second.await().await(), "one");
            Task<?> two = createTask(() -> one.await(), "two");
            second.setResult(two);
            sleep(Duration.ofSeconds(1));
            captured.add(captureCallGraph(one));
            one.cancel();
            await(gather(one, two).toCompletableFuture().exceptionally(e -> List.of()));
        });

        CallGraph one = captured.getFirst();
        CallGraph again = one.awaitedBy().getFirst().awaitedBy().getFirst();
        assertThat(again.future()).isSameAs(one.future());
        assertThat(again.circular()).isTrue();
        assertThat(again.awaitedBy()).isEmpty();
        assertThat(one.format()).contains("        * " + one.name() + " (awaits itself: shown above)");
    }

    @Test
    void keepsTheWordThatWasCalledButNotHowItWaits() {
        loop.run(() -> {
            Task<?> sleeper = createTask(() -> sleep(Duration.ofSeconds(1)), "sleeper");
            yieldNow();
            captured.add(captureCallGraph(sleeper));
            await(sleeper);
        });

        assertThat(captured.getFirst().stack().getFirst().getMethodName()).isEqualTo("sleep");
        assertThat(captured.getFirst().stack()).hasSize(2);
    }

    @Test
    void aLimitCutsEachStack() {
        loop.run(() -> {
            Task<?> task = createTask(() -> a1(loop.createFuture()), "deep");
            yieldNow();
            for (int limit : new int[] {1, -1, 0, -2, 99, -99}) {
                captured.add(captureCallGraph(task, o -> o.withLimit(limit)));
            }
            task.cancel();
        });

        assertThat(CallGraphs.draw(captured))
                .containsExactly(
                        "Task 'deep': body",
                        "Task 'deep': a2",
                        "Task 'deep':",
                        "Task 'deep': a2 a1",
                        "Task 'deep': a2 a1 body",
                        "Task 'deep': a2 a1 body");
    }

    @Test
    void aDepthLeavesOutTheFramesThatCapture() {
        loop.run(() -> {
            CurrentTask.thisTask().setName("main");
            captured.add(captureCallGraph().orElseThrow());
            capture();
            captured.add(captureCallGraph(o -> o.withDepth(99)).orElseThrow());
            captured.add(captureCallGraph(CurrentTask.thisTask()));
        });

        assertThat(CallGraphs.draw(captured))
                .containsExactly("Task 'main': body", "Task 'main': body", "Task 'main':", "Task 'main': body");
    }

    @Test
    void inACallbackThereIsNoTask() {
        List<Optional<CallGraph>> none = new ArrayList<>();
        loop.run(() -> {
            loop.callSoon(() -> none.add(captureCallGraph()));
            loop.settle();
        });

        assertThat(none).containsExactly(Optional.empty());
    }

    @Test
    void outsideALoopItIsRefused() {
        assertThatThrownBy(() -> captureCallGraph())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running loop");
        Future<String> future = loop.run(() -> Loop.current().<String>createFuture());
        assertThatThrownBy(() -> captureCallGraph(future)).isInstanceOf(WrongThreadException.class);
    }

    @Test
    void ofAThousandTasksInARowAndOfADiamondOfEachIsTakenOnce() {
        loop.run(() -> {
            Future<String> future = loop.createFuture();
            Awaitable<?> last = future;
            for (int i = 0; i < 1_000; i++) {
                Awaitable<?> inner = last;
                Task<?> left = createTask(() -> inner.await());
                Task<?> right = createTask(() -> inner.await());
                last = gather(left, right);
            }
            yieldNow();
            captured.add(captureCallGraph(future, o -> o.withLimit(0)));
            future.setResult("done");
            last.await();
        });

        String text = captured.getFirst().format();
        assertThat(text).contains("Awaited by: ... (more than 200 levels)");
        assertThat(text.lines().filter(line -> line.endsWith("gather (shown above)")))
                .hasSize(100);
    }

    @Test
    void isPrintedAsItIsFormatted() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        loop.run(() -> {
            CallGraph graph = captureCallGraph().orElseThrow();
            captured.add(graph);
            graph.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        });

        assertThat(bytes.toString(StandardCharsets.UTF_8).strip())
                .isEqualTo(captured.getFirst().format())
                .startsWith("* Task '");
    }

    /** What {@code main} prints to the standard output, which is this test's meanwhile. */
    private String printedBy(Action main) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            loop.run(main);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theCallersOrAFuturesIsPrintedToTheStandardOutput() {
        assertThat(printedBy(() -> Asyncio.printCallGraph()))
                .startsWith("* Task '")
                .contains("CallGraphTest.java:");
        assertThat(printedBy(() -> Asyncio.printCallGraph(loop.createFuture()))).isEqualToIgnoringNewLines("* Future");
    }

    @Test
    void aCallbackHasNoneToPrint() {
        assertThat(printedBy(() -> {
                    loop.callSoon(Asyncio::printCallGraph);
                    yieldNow();
                }))
                .isEmpty();
    }
}
