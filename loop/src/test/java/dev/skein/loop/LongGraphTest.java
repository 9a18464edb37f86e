package dev.skein.loop;

import static dev.skein.loop.Asyncio.captureCallGraph;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.waitUntil;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.loop.sync.Queue;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.tools.LoopSnapshot;
import dev.skein.loop.tools.TaskSnapshot;
import dev.skein.loop.tools.TaskTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Futures that wait for futures, a hundred thousand of them: in a row, side by side, in layers, in circles. Nothing that is
 * done to them recurses or searches. The limit of time is far from what it takes, and from what a search would.
 */
@Timeout(60)
class LongGraphTest {
    private static final int MANY = 100_000;

    /** Without the flag a step costs about five times as much. */
    private static final int MANY_TASKS = RuntimeMode.isMounted() ? 100_000 : 10_000;

    private static void inLoop(Consumer<TestLoop> body) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> body.accept(loop));
        }
    }

    private static Future<String> future() {
        return Loop.current().createFuture();
    }

    /** Each built on the one before. */
    private static List<Future<?>> chain(int length, Future<?> first, UnaryOperator<Future<?>> next) {
        List<Future<?>> all = new ArrayList<>(List.of(first));
        for (int i = 0; i < length; i++) {
            all.add(next.apply(all.getLast()));
        }
        return all;
    }

    private static Future<?> gatherOf(Future<?>... members) {
        return gather(List.of(members));
    }

    private static Task<?> taskThatAwaits(Future<?> future) {
        return createTask(() -> future.await());
    }

    // In a row.

    @Test
    void aLongChainOfGathersFailsFromOneEndToTheOther() {
        inLoop(loop -> {
            Future<String> first = future();
            List<Future<?>> all = chain(MANY, first, inner -> gatherOf(inner, future()));
            first.setException(new IllegalStateException("boom"));

            assertThat(first.isDone()).isTrue();
            assertThatThrownBy(all.getLast()::await).hasMessage("boom");
            assertThat(all.getLast().toString()).hasSizeLessThan(500);
        });
    }

    @Test
    void aLongChainThatNobodyLooksAtIsReportedOnce() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Future<String> first = future();
            Future<?> last = chain(MANY, first, LongGraphTest::gatherOf).getLast();
            first.setException(new IllegalStateException("boom"));
            while (!last.isDone()) {
                yieldNow();
            }
        });
        loop.errors();
        loop.close();
        assertThat(loop.errors()).hasSize(1);
        assertThat(loop.errors().getFirst().message())
                .startsWith("exception of Future in a gather")
                .hasSizeLessThan(500);
    }

    @Test
    void aLongChainOfGathersCompletesFromOneEndToTheOther() {
        inLoop(loop -> {
            Future<String> first = future();
            Future<?> last = chain(MANY, first, LongGraphTest::gatherOf).getLast();
            first.setResult("x");

            assertThat(last.await()).isInstanceOf(List.class);
        });
    }

    @Test
    void aLongChainOfShieldsFailsAndSaysItsNameInShort() {
        inLoop(loop -> {
            Future<String> first = future();
            Future<?> last = chain(MANY, first, inner -> shield(inner)).getLast();
            assertThat(last.toString()).hasSizeLessThan(500);
            first.setException(new IllegalStateException("boom"));

            assertThatThrownBy(last::await).hasMessage("boom");
        });
    }

    @Test
    void aLongChainOfGathersIsCancelledFromOneEndToTheOther() {
        inLoop(loop -> {
            Future<String> first = future();
            Future<?> last = chain(MANY, first, LongGraphTest::gatherOf).getLast();

            assertThat(last.cancel("enough")).isTrue();
            assertThat(first.isCancelled()).isTrue();
            assertThatThrownBy(last::await).isInstanceOf(CancelledError.class).hasMessage("enough");
        });
    }

    @Test
    void aLongChainOfTasksThatGatherIsCancelledAndEachIsAskedOnce() {
        inLoop(loop -> {
            List<Future<?>> all = chain(MANY_TASKS / 2, future(), inner -> taskThatAwaits(gatherOf(inner)));
            yieldNow();
            Task<?> last = (Task<?>) all.getLast();
            last.cancel("enough");

            assertThatThrownBy(last::await).isInstanceOf(CancelledError.class).hasMessage("enough");
            assertThat(all.subList(1, all.size()))
                    .allSatisfy(
                            task -> assertThat(((Task<?>) task).cancelling()).isEqualTo(1));
        });
    }

    @Test
    void aLoopThatClosesWithALongChainOfTasksRunsEachFinally() {
        int[] ended = new int[1];
        inLoop(loop -> {
            chain(
                    MANY_TASKS,
                    future(),
                    inner -> createTask(() -> {
                        try {
                            inner.await();
                        } finally {
                            ended[0]++;
                        }
                    }));
            yieldNow();
        });
        assertThat(ended[0]).isEqualTo(MANY_TASKS);
    }

    @Test
    void aGroupCancelsAllItsTasksAlsoIfTheCodeOfAStrangerThrows() {
        inLoop(loop -> {
            Future<String> other = future();
            Throwable thrown = catchThrowable(() -> Asyncio.taskGroup(group -> {
                group.createTask(() -> strange().await());
                group.createTask(() -> other.await());
                yieldNow();
                group.cancel();
            }));
            assertThat(thrown).isInstanceOf(ExceptionGroup.class);
            assertThat(((ExceptionGroup) thrown).members())
                    .singleElement()
                    .satisfies(member -> assertThat(member).hasMessage("refused"));
            assertThat(other.isCancelled()).isTrue();
        });
    }

    /** The future of a stage whose code throws when it is cancelled. */
    private static Future<?> strange() {
        return Future.from(new CompletableFuture<String>() {
            @Override
            public boolean cancel(boolean interrupt) {
                throw new IllegalStateException("refused");
            }
        });
    }

    @Test
    void aCancelThatThrowsDoesNotKeepTheOthersFromBeingAsked() {
        inLoop(loop -> {
            Future<?> strange = strange();
            Future<String> other = future();
            Future<?> all = gatherOf(strange, other);
            Task<?> task = taskThatAwaits(all);
            yieldNow();

            assertThatThrownBy(task::cancel).hasMessage("refused");
            assertThat(other.isCancelled()).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
            assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
        });
    }

    // In layers and circles.

    @Test
    void layersThatShareAreAskedOnceEach() {
        inLoop(loop -> {
            List<Task<?>> all = new ArrayList<>();
            List<Future<?>> layer = List.of(future(), future());
            for (int depth = 0; depth < 40; depth++) {
                List<Future<?>> below = layer;
                List<Task<?>> tasks = List.of(
                        createTask(() -> gather(below).await()),
                        createTask(() -> gather(below).await()));
                all.addAll(tasks);
                layer = List.copyOf(tasks);
            }
            loop.settle();
            Task<?> top = all.getLast();
            top.cancel();

            assertThatThrownBy(top::await).isInstanceOf(CancelledError.class);
            assertThat(all.subList(0, all.size() - 2))
                    .allSatisfy(task -> assertThat(task.cancelling()).isEqualTo(1));
        });
    }

    /** Nine, for nine had each way through them walked: 9! of them. */
    @Test
    void tasksThatAllGatherEachOtherAreAskedOnceEachAndEnd() {
        inLoop(loop -> {
            List<Task<?>> all = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                int mine = i;
                all.add(createTask(() -> {
                    List<Task<?>> others = new ArrayList<>(all);
                    others.remove(mine);
                    gather(others).await();
                }));
            }
            yieldNow();
            all.getFirst().cancel("enough");

            assertThat(all).allSatisfy(task -> assertThat(task.cancelling()).isEqualTo(1));
            for (Task<?> task : all) {
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
            }
        });
    }

    @Test
    void aTaskThatGathersItselfIsWokenByItsCancellation() {
        inLoop(loop -> {
            Future<Task<?>> itself = Loop.current().createFuture();
            Future<String> other = future();
            Task<?> task = createTask(() -> gatherOf(itself.await(), other).await());
            itself.setResult(task);
            loop.settle();
            task.cancel();

            assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(other.isCancelled()).isTrue();
        });
    }

    /** Random tasks and gathers, with circles, of which one is cancelled: it ends, and nobody was asked twice. */
    @Test
    void aCancelInARandomGraphAsksEachOnceAndEndsTheTask() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            TestLoop loop = new TestLoop();
            loop.run(() -> {
                int size = 2 + random.nextInt(8);
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    List<Integer> awaited = new ArrayList<>();
                    for (int j = random.nextInt(4); j >= 0; j--) {
                        awaited.add(random.nextInt(size));
                    }
                    boolean nested = random.nextBoolean();
                    boolean leaf = random.nextInt(3) == 0;
                    tasks.add(createTask(() -> {
                        List<Future<?>> members = new ArrayList<>();
                        awaited.forEach(other -> members.add(tasks.get(other)));
                        if (leaf) {
                            members.add(future());
                        }
                        Future<?> all = gather(members);
                        (nested ? gatherOf(all) : all).await();
                    }));
                }
                yieldNow();
                Task<?> one = tasks.get(random.nextInt(size));
                one.cancel();
                assertThat(tasks)
                        .allSatisfy(task -> assertThat(task.cancelling()).isLessThanOrEqualTo(1));
                assertThat(catchThrowable(one::await)).isInstanceOf(CancelledError.class);
            });
            loop.close();
        }
    }

    // Side by side.

    private static void inEachOrder(Consumer<UnaryOperator<List<Integer>>> test) {
        test.accept(order -> order);
        test.accept(List::reversed);
        test.accept(order -> {
            List<Integer> shuffled = new ArrayList<>(order);
            Collections.shuffle(shuffled, new Random(1));
            return shuffled;
        });
    }

    private static List<Integer> numbers(int count) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void manyShieldsOfOneFutureAreCancelledInAnyOrder() {
        inLoop(loop -> inEachOrder(order -> {
            Future<String> one = future();
            List<Future<?>> shields = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                shields.add(shield(one));
            }
            order.apply(numbers(MANY)).forEach(i -> shields.get(i).cancel());

            assertThat(one.awaitedBy()).isEmpty();
            assertThat(one.isDone()).isFalse();
        }));
    }

    /** So few tasks do not tell a search by its time, and more take too long: the shields above tell it. */
    @Test
    void manyTasksWaitUntilTheirOwnOrACommonFutureIsDone() {
        inLoop(loop -> inEachOrder(order -> {
            Future<String> stop = future();
            List<Future<String>> own = new ArrayList<>();
            List<Future<?>> tasks = new ArrayList<>();
            for (int i = 0; i < MANY_TASKS / 5; i++) {
                Future<String> mine = future();
                own.add(mine);
                tasks.add(createTask(() -> waitUntil(List.of(mine, stop), ReturnWhen.FIRST_COMPLETED)));
            }
            yieldNow();
            order.apply(numbers(own.size())).forEach(i -> own.get(i).setResult("x"));
            gather(tasks).await();

            assertThat(stop.awaitedBy()).isEmpty();
        }));
    }

    @Test
    void manyTimeoutsAroundShieldsOfOneFutureComeAtOnce() {
        inLoop(loop -> {
            Future<String> one = future();
            List<Future<?>> tasks = new ArrayList<>();
            for (int i = 0; i < MANY_TASKS / 5; i++) {
                tasks.add(createTask(() -> timeout(Duration.ofSeconds(1), () -> {
                    return shield(one).await();
                })));
            }
            assertThat(Asyncio.gatherSettled(tasks).await())
                    .allSatisfy(task -> assertThat(task.exception()).isInstanceOf(TimeoutException.class));
            assertThat(one.awaitedBy()).isEmpty();
        });
    }

    @Test
    void manyGettersOfOneQueueAreCancelledInAnyOrder() {
        inLoop(loop -> inEachOrder(order -> {
            Queue<String> queue = new Queue<>();
            List<Task<?>> getters = new ArrayList<>();
            for (int i = 0; i < MANY_TASKS; i++) {
                getters.add(createTask(() -> queue.get()));
            }
            yieldNow();
            order.apply(numbers(MANY_TASKS)).forEach(i -> getters.get(i).cancel());
            yieldNow();

            assertThat(queue).hasToString("Queue[size=0]");
        }));
    }

    @Test
    void aWideGatherFailsAndTheRestGoesOn() {
        inLoop(loop -> {
            List<Future<String>> members = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                members.add(future());
            }
            Future<?> all = gather(members);
            members.getLast().setException(new IllegalStateException("boom"));
            assertThatThrownBy(all::await).hasMessage("boom");
            members.subList(0, MANY - 1).forEach(member -> member.setException(new IllegalStateException("too late")));
        });
    }

    // In words.

    @Test
    void theCallGraphOfALongChainIsPrintedHashedAndCompared() {
        inLoop(loop -> {
            Future<String> first = future();
            chain(MANY, first, LongGraphTest::gatherOf);
            CallGraph graph = captureCallGraph(first);

            assertThat(graph.hashCode()).isEqualTo(captureCallGraph(first).hashCode());
            assertThat(graph.equals(captureCallGraph(first))).isTrue();
            assertThat(graph.equals(graph.awaitedBy().getFirst())).isFalse();
            assertThat(graph.toString()).contains("more than 200 levels");
        });
    }

    @Test
    void aPrintedGraphOfManyTasksHasTheStacksThatItShows() {
        inLoop(loop -> {
            Future<String> first = future();
            chain(1_000, first, LongGraphTest::taskThatAwaits);
            for (int i = 0; i < 2_000; i++) {
                taskThatAwaits(first);
            }
            yieldNow();
            assertThat(CallGraph.toPrint(first).format())
                    .isEqualTo(captureCallGraph(first).format())
                    .contains("more than 200 levels", "more than 1000 futures", "Call stack");
            first.setResult("x");
        });
    }

    @Test
    void theCallGraphOfAWideFanIsPrintedAsFarAsItCanBeRead() {
        inLoop(loop -> {
            Future<String> one = future();
            for (int i = 0; i < MANY; i++) {
                shield(one);
            }
            assertThat(captureCallGraph(one).awaitedBy()).hasSize(MANY);
            assertThat(captureCallGraph(one).toString())
                    .endsWith("(more than 1000 futures)")
                    .hasSizeLessThan(100_000);
        });
    }

    @Test
    void aPictureFindsWhoAwaitsByWayOfALongChainOfGathers() {
        inLoop(loop -> {
            Future<String> never = future();
            Task<?> below = createTask(() -> never.await(), "below");
            Future<?> last = chain(MANY, below, LongGraphTest::gatherOf).getLast();
            createTask(() -> last.await(), "above");
            yieldNow();
            LoopSnapshot picture = Snapshots.of(Loop.current());
            TaskSnapshot shown = picture.tasks().stream()
                    .filter(task -> task.name().equals("below"))
                    .findAny()
                    .orElseThrow();

            assertThat(shown.awaitedBy()).hasSize(1);
            assertThat(shown.awaitedBy().getFirst().stack()).hasSizeLessThan(20);
            assertThat(TaskTree.format(List.of(picture))).contains("above", "gather", "...", "below");
        });
    }

    @Test
    void whereVeryManyTasksWaitForEverTheTextIsBounded() {
        try (TestLoop loop = new TestLoop()) {
            @Nullable
            Throwable stuck = catchThrowable(() -> loop.run(() -> {
                Future<String> never = future();
                Task<?> last = taskThatAwaits(never);
                for (int i = 0; i < MANY_TASKS; i++) {
                    last = taskThatAwaits(last);
                }
                last.await();
            }));
            assertThat(stuck)
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending")
                    .hasMessageEndingWith("more tasks");
            assertThat(String.valueOf(stuck).length()).isLessThan(1_000_000);
        }
    }

    /** What the command skein asks for: the loop goes on while it answers. */
    @Test
    void aLoopWithVeryManyTasksAnswersInPiecesAndGoesOnBetweenThem() throws Exception {
        try (TestLoop loop = new TestLoop()) {
            int[] rounds = new int[1];
            loop.run(() -> {
                for (int i = 0; i < MANY_TASKS; i++) {
                    taskThatAwaits(future());
                }
                yieldNow();
                Future<List<LoopSnapshot>> answer =
                        Loop.current().runInExecutor(() -> Snapshots.ofAllLoops(Duration.ofSeconds(5)));
                while (!answer.isDone()) {
                    rounds[0]++;
                    yieldNow();
                }
                assertThat(answer.result())
                        .anySatisfy(picture -> assertThat(picture.tasks()).hasSize(MANY_TASKS + 1));
            });
            assertThat(rounds[0]).isGreaterThan(1);
        }
    }
}
