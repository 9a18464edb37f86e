package dev.skein.loop;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.gatherSettled;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.testsupport.Await;
import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Many loops at once, and many threads that use one: nothing of a loop is seen half done. With eager tasks as without. */
class FreeThreadingTest {
    static List<Arguments> loops() {
        return List.of(
                Arguments.argumentSet("ordinary", UnaryOperator.<LoopOptions>identity()),
                Arguments.argumentSet("eager", (UnaryOperator<LoopOptions>) LoopOptions::withEagerStart));
    }

    /** Runs {@code work} on ten threads at once. */
    private static void onTenThreads(Callable<?> work) throws Exception {
        try (var pool = Executors.newFixedThreadPool(10)) {
            for (var done : pool.invokeAll(Collections.nCopies(10, work))) {
                done.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    private static <T> List<Awaitable<T>> tenThreads(Callable<T> work) {
        return Collections.nCopies(10, () -> toThread(work::call));
    }

    @ParameterizedTest
    @MethodSource("loops")
    @PortOf("test_free_threading.all_tasks_race")
    void eachOfTenLoopsKnowsItsOwnTasksAndNoOther(UnaryOperator<LoopOptions> options) throws Exception {
        onTenThreads(() -> {
            run(() -> countTasks(), options);
            return null;
        });
    }

    private static void countTasks() {
        Loop loop = Loop.current();
        Future<String> future = loop.createFuture();
        Set<Task<?>> tasks = new HashSet<>();
        taskGroup(group -> {
            for (int i = 0; i < 100; i++) {
                tasks.add(group.createTask(() -> {
                    future.await();
                }));
            }
            assertThat(allTasks()).hasSize(101).allMatch(task -> task.loop() == loop && !task.isDone());
            tasks.add(CurrentTask.thisTask());
            assertThat(allTasks()).isEqualTo(tasks);
            future.setResult("go on");
        });
    }

    @ParameterizedTest
    @MethodSource("loops")
    @PortOf("test_free_threading.all_tasks_different_thread")
    void otherThreadsAskTheLoopForItsTasksWhileItMakesThem(UnaryOperator<LoopOptions> options) {
        try (TestLoop loop = new TestLoop(options)) {
            loop.run(() -> {
                List<Task<?>> made = new ArrayList<>();
                Future<List<Boolean>> asked = gather(tenThreads(
                        () -> runCoroutineThreadsafe(() -> allTasks().containsAll(made), loop.loop())
                                .get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)));
                for (int i = 0; i < 1_000; i++) {
                    made.add(createTask(() -> {
                        loop.createFuture().await();
                    }));
                    if (i % 100 == 0) {
                        yieldNow();
                    }
                }
                assertThat(asked.await()).hasSize(10).containsOnly(true);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    @PortOf("test_free_threading.task_different_thread_finalized")
    void aTaskThatIsDoneIsCollectedAlsoIfAnotherThreadHasHeldIt(UnaryOperator<LoopOptions> options) {
        List<Task<?>> held = new ArrayList<>();
        held.add(run(() -> CurrentTask.thisTask(), options));
        WeakReference<Task<?>> reference = new WeakReference<>(held.getFirst());
        held.clear();

        Await.until("the task is collected", () -> {
            System.gc();
            return reference.get() == null;
        });
    }

    @ParameterizedTest
    @MethodSource("loops")
    @PortOf("test_free_threading.run_coroutine_threadsafe")
    void tenThreadsGetTheirResults(UnaryOperator<LoopOptions> options) {
        try (TestLoop loop = new TestLoop(options)) {
            List<Integer> results =
                    loop.run(() -> gather(tenThreads(() -> inLoop(loop))).await());
            assertThat(results).isEqualTo(Collections.nCopies(10, 42));
        }
    }

    private static int inLoop(TestLoop loop) throws Exception {
        return runCoroutineThreadsafe(
                        () -> {
                            sleep(Duration.ofMillis(1));
                            return 42;
                        },
                        loop.loop())
                .get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @MethodSource("loops")
    @PortOf("test_free_threading.run_coroutine_threadsafe_exception")
    void tenThreadsGetTheirFailures(UnaryOperator<LoopOptions> options) {
        try (TestLoop loop = new TestLoop(options)) {
            loop.run(() -> {
                List<Future<Integer>> all =
                        gatherSettled(tenThreads(() -> failIn(loop))).await();
                assertThat(all)
                        .hasSize(10)
                        .allSatisfy(one -> assertThat(one.exception())
                                .isInstanceOf(ArithmeticException.class)
                                .hasMessage("test"));
            });
        }
    }

    private static int failIn(TestLoop loop) throws Exception {
        try {
            return runCoroutineThreadsafe(
                            () -> {
                                yieldNow();
                                return failing();
                            },
                            loop.loop())
                    .get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ArithmeticException failure ? failure : e;
        }
    }

    private static int failing() {
        throw new ArithmeticException("test");
    }

    private static final InheritableThreadLocal<MathContext> PRECISION = new InheritableThreadLocal<>();

    @ParameterizedTest
    @MethodSource("loops")
    @PortOf("test_context.asyncio_task_decimal_context")
    void theSettingsOfOneTaskAreNotThoseOfAnother(UnaryOperator<LoopOptions> options) {
        try (TestLoop loop = new TestLoop(options)) {
            List<List<String>> results =
                    loop.run(() -> gather(() -> fractions(100, 3, 1, 3), () -> fractions(200, 6, 1, 3))
                            .await());
            assertThat(results).containsExactly(List.of("0.333", "0.111"), List.of("0.333333", "0.111111"));
        }
    }

    private static List<String> fractions(long millis, int precision, int x, int y) {
        PRECISION.set(new MathContext(precision));
        String a = divide(x, y);
        sleep(Duration.ofMillis(millis));
        return List.of(a, divide(x, y * y));
    }

    private static String divide(int x, int y) {
        return new BigDecimal(x).divide(new BigDecimal(y), PRECISION.get()).toPlainString();
    }
}
