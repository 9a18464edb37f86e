package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.captureCallGraph;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.loop.testing.TestLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Call graphs as values, and how much of them is shown. */
class CallGraphShapeTest {
    /** A task that awaits {@code future}, and as many in a row above it as are asked for; the last of them. */
    private static Task<?> awaitersInARow(Future<String> future, int tasks) {
        Task<?> last = createTask(() -> await(future), "first");
        for (int i = 1; i < tasks; i++) {
            Task<?> below = last;
            last = createTask(() -> await(below), "next");
        }
        yieldNow();
        return last;
    }

    private static CallGraph another(CallGraph of, String name, List<StackTraceElement> stack, boolean circular) {
        return new CallGraph(of.future(), name, stack, of.awaitedBy(), circular);
    }

    @Test
    void twoOfTheSameAreEqualAndOneThatDiffersAnywhereIsNot() {
        try (TestLoop test = new TestLoop()) {
            test.run(() -> {
                Future<String> future = test.createFuture();
                Task<?> last = awaitersInARow(future, 3);
                CallGraph graph = captureCallGraph(future);
                CallGraph awaiter = graph.awaitedBy().getFirst();

                assertThat(captureCallGraph(future)).isEqualTo(graph).hasSameHashCodeAs(graph);
                assertThat(graph.equals(graph)).isTrue();
                assertThat((Object) graph).isNotEqualTo("another thing");
                assertThat(graph.hashCode()).isNotEqualTo(awaiter.hashCode());
                assertThat(graph).hasToString(graph.format()).isNotEqualTo(awaiter);
                assertThat(graph).isNotEqualTo(captureCallGraph(test.createFuture()));
                assertThat(awaiter).isNotEqualTo(another(awaiter, "another", awaiter.stack(), false));
                assertThat(awaiter).isNotEqualTo(another(awaiter, awaiter.name(), List.of(), false));
                assertThat(awaiter).isNotEqualTo(another(awaiter, awaiter.name(), awaiter.stack(), true));
                assertThat(withAwaiters(graph)).isNotEqualTo(graph);
                assertThat(withAwaiters(graph, awaiter, awaiter)).isNotEqualTo(graph);
                assertThat(withAwaiters(graph, withAwaiters(awaiter))).isNotEqualTo(graph);
                assertThat(withAwaiters(
                                graph, withAwaiters(awaiter, awaiter.awaitedBy().getFirst())))
                        .isEqualTo(graph);
                future.setResult("done");
                last.await();
            });
        }
    }

    private static CallGraph withAwaiters(CallGraph of, CallGraph... awaiters) {
        return new CallGraph(of.future(), of.name(), of.stack(), List.of(awaiters), of.circular());
    }

    @Test
    void anotherThreadCannotCaptureOne() {
        try (TestLoop test = new TestLoop()) {
            Future<String> future = test.run(() -> test.createFuture());
            Throwable refused = CompletableFuture.supplyAsync(
                            () -> catchThrowable(() -> captureCallGraph(future)), Thread.ofPlatform()::start)
                    .join();
            assertThat(refused).isInstanceOf(WrongThreadException.class);
        }
    }

    private static long count(String text, String what) {
        return text.lines().filter(line -> line.strip().startsWith(what)).count();
    }

    @Test
    void ofALongRowTwoHundredLevelsAreShownEachWithItsStack() {
        try (TestLoop test = new TestLoop()) {
            test.run(() -> {
                Future<String> future = test.createFuture();
                Task<?> last = awaitersInARow(future, 201);
                CallGraph graph = CallGraph.toPrint(future);
                String text = graph.format();
                assertThat(count(text, "* ")).isEqualTo(201);
                assertThat(count(text, "+ Call stack:")).isEqualTo(200);
                assertThat(text).endsWith("+ Awaited by: ... (more than 200 levels)");

                CallGraph inner = captureCallGraph(future);
                while (!inner.awaitedBy().isEmpty()) {
                    inner = inner.awaitedBy().getFirst();
                }
                assertThat(inner.stack()).as("of the one that is not shown").isNotEmpty();
                future.setResult("done");
                last.await();
            });
        }
    }

    @Test
    void ofAWideOneAThousandFuturesAreShown() {
        try (TestLoop test = new TestLoop()) {
            test.run(() -> {
                Future<String> future = test.createFuture();
                for (int i = 0; i < 1_000; i++) {
                    createTask(() -> await(future), "one of many");
                }
                yieldNow();
                String text = CallGraph.toPrint(future).format();
                assertThat(count(text, "* ")).isEqualTo(1_000);
                assertThat(count(text, "+ Call stack:")).isEqualTo(999);
                assertThat(text).endsWith("... (more than 1000 futures)");
                future.setResult("done");
            });
        }
    }
}
