package dev.skein.loop;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.createFuture;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.gatherSettled;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.sleepUntil;
import static dev.skein.loop.Asyncio.staggeredRace;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.waitUntil;
import static dev.skein.loop.Asyncio.withTaskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.sync.Barrier;
import dev.skein.loop.sync.Condition;
import dev.skein.loop.sync.Event;
import dev.skein.loop.sync.Lock;
import dev.skein.loop.sync.Queue;
import dev.skein.loop.sync.Semaphore;
import dev.skein.loop.testing.TestLoop;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** In debug mode futures, tasks and callbacks know the very line that made them: the program's, and none of Skein's. */
class CreationTest {
    private static final Awaitable<String> BODY = () -> "x";
    private static final Action ACTION = () -> {};

    private static StackTraceElement here() {
        return new Throwable().getStackTrace()[1];
    }

    private static void assertMadeAt(StackTraceElement place, Future<?> made) {
        List<StackTraceElement> creation = made.loop().debug().creationOf(made);
        assertThat(creation).isNotEmpty();
        assertThat(creation.getFirst().getFileName()).isEqualTo(place.getFileName());
        assertThat(creation.getFirst().getMethodName()).isEqualTo(place.getMethodName());
        assertThat(creation.getFirst().getLineNumber()).isEqualTo(place.getLineNumber() + 1);
    }

    @Test
    @PortOf("test_tasks.task_source_traceback")
    @PortOf("test_futures.future_source_traceback")
    void theFirstFrameIsTheLineThatMadeIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().setDebug(true);
                StackTraceElement place = here();
                Task<?> task = createTask(() -> "x");
                assertMadeAt(place, task);

                place = here();
                Future<String> future = loop.createFuture();
                assertMadeAt(place, future);
            });
        }
    }

    @Test
    void gatherShieldAndAsCompletedAreMadeWhereTheyAreCalled() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().setDebug(true);
                Awaitable<String> body = () -> "x";
                StackTraceElement place = here();
                Future<?> gathered = gather(body, body);
                assertMadeAt(place, gathered);

                place = here();
                Future<?> shielded = shield(body);
                assertMadeAt(place, shielded);

                place = here();
                var completed = asCompleted(body);
                assertMadeAt(place, completed.iterator().next());
            });
        }
    }

    /** What makes something and gives it to its caller. */
    @FunctionalInterface
    private interface Word {
        Object make(Loop loop) throws Exception;
    }

    private static Map<String, Word> wordsThatCreate() {
        Map<String, Word> words = new LinkedHashMap<>();
        words.put("Asyncio.createTask", loop -> createTask(BODY));
        words.put("Asyncio.createTask named", loop -> createTask(BODY, "name"));
        words.put("Asyncio.createTask with options", loop -> createTask(BODY, o -> o.withEagerStart(true)));
        words.put("Asyncio.createTask of an action", loop -> createTask(ACTION));
        words.put("Asyncio.createTask of an action, named", loop -> createTask(ACTION, "name"));
        words.put("Asyncio.createTask of an action, with options", loop -> createTask(ACTION, o -> o));
        words.put("Asyncio.gather", loop -> gather(BODY));
        words.put("Asyncio.gather of actions", loop -> gather(ACTION));
        words.put("Asyncio.gather of Netty's", loop -> gather(succeeded()));
        words.put("Asyncio.gatherSettled", loop -> gatherSettled(BODY));
        words.put("Asyncio.shield", loop -> shield(BODY));
        words.put("Asyncio.asCompleted", loop -> asCompleted(BODY).iterator().next());
        words.put(
                "Asyncio.asCompleted of Netty's",
                loop -> asCompleted(succeeded()).iterator().next());
        words.put("Asyncio.createFuture", loop -> createFuture());
        words.put("Asyncio.createFuture named", loop -> createFuture("name"));
        words.put("Loop.createTask", loop -> loop.createTask(BODY));
        words.put("Loop.createTask of an action", loop -> loop.createTask(ACTION, o -> o));
        words.put("Loop.createFuture", loop -> loop.createFuture());
        words.put("Loop.createFuture named", loop -> loop.createFuture("name"));
        words.put("Loop.callSoon", loop -> loop.callSoon(() -> {}));
        words.put("Loop.callSoonThreadsafe", loop -> rounds(loop.callSoonThreadsafe(() -> {})));
        words.put("Loop.callLater", loop -> loop.callLater(Duration.ofSeconds(1), () -> {}));
        words.put("Loop.callWhenIdle", loop -> loop.callWhenIdle(() -> {}));
        words.put("Loop.callAt", loop -> loop.callAt(loop.time(), () -> {}));
        words.put("Loop.runInExecutor", loop -> loop.runInExecutor(() -> "x"));
        words.put("Loop.runInExecutor without a result", loop -> loop.runInExecutor(() -> {}));
        words.put("Loop.runInExecutor in one", loop -> loop.runInExecutor(Runnable::run, () -> "x"));
        words.put("TaskGroup.createTask", loop -> withTaskGroup(group -> group.createTask(BODY)));
        words.put("TaskGroup.createTask named", loop -> withTaskGroup(group -> group.createTask(BODY, "name")));
        words.put(
                "TaskGroup.createTask of an action", loop -> withTaskGroup(group -> group.createTask(ACTION, o -> o)));
        words.put("Future.from", loop -> Future.from(CompletableFuture.completedStage("x")));
        words.put("Future.from of Netty's", loop -> Future.from(succeeded()));
        return words;
    }

    private static io.netty.util.concurrent.Future<String> succeeded() {
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture("x");
    }

    /** Until the loop has heard of it. */
    private static Object rounds(Object made) {
        yieldNow();
        sleep(Duration.ofMillis(1));
        return made;
    }

    @Test
    void whateverWordMadeItTheFirstFrameIsTheCallersOwn() {
        try (TestLoop loop = new TestLoop(o -> o.withDebug())) {
            loop.run(() -> {
                for (Map.Entry<String, Word> word : wordsThatCreate().entrySet()) {
                    Object made = word.getValue().make(loop.loop());
                    List<StackTraceElement> creation = loop.loop().debug().creationOf(made);
                    assertThat(creation).as(word.getKey()).isNotEmpty();
                    assertThat(creation.getFirst().getClassName())
                            .as(word.getKey())
                            .isEqualTo(CreationTest.class.getName());
                }
            });
        }
    }

    @Test
    void eachPublicWordThatCreatesIsTriedHere() {
        Set<String> creating = new HashSet<>();
        for (Class<?> type : List.of(dev.skein.loop.Asyncio.class, Loop.class, TaskGroup.class, Future.class)) {
            Stream.of(type.getDeclaredMethods())
                    .filter(CreationTest::creates)
                    .forEach(method -> creating.add(type.getSimpleName() + "." + method.getName()));
        }
        Set<String> tried = new HashSet<>();
        wordsThatCreate().keySet().forEach(word -> tried.add(word.replaceFirst(" .*", "")));
        assertThat(tried).isEqualTo(creating);
    }

    private static boolean creates(Method method) {
        Class<?> given = method.getReturnType();
        return Modifier.isPublic(method.getModifiers())
                && !method.isSynthetic()
                && !method.getName().equals("currentTask")
                && (Future.class.isAssignableFrom(given)
                        || Handle.class.isAssignableFrom(given)
                        || given == Iterable.class);
    }

    /** What waits for something that it made itself. */
    private static Map<String, Action> wordsThatWait() {
        Map<String, Action> words = new LinkedHashMap<>();
        words.put("sleep", () -> sleep(Duration.ofHours(1)));
        words.put("sleepUntil", () -> sleepUntil(Loop.current().time() + 1));
        words.put(
                "toThread",
                () -> toThread(() -> {
                    new CountDownLatch(1).await();
                    return "never";
                }));
        words.put("waitUntil", () -> waitUntil(List.of(never()), ReturnWhen.ALL_COMPLETED));
        words.put("waitFor", () -> waitFor(() -> sleep(Duration.ofHours(2)), Duration.ofHours(1)));
        words.put(
                "taskGroup",
                () -> taskGroup(group -> {
                    group.createTask(() -> never().await());
                }));
        words.put("staggeredRace", () -> staggeredRace(List.of(() -> never().await()), Duration.ofHours(1)));
        words.put("asCompleted", () -> asCompleted(never()).iterator().next());
        words.put("Lock", () -> {
            Lock lock = new Lock();
            lock.acquire();
            lock.acquire();
        });
        words.put("Event", () -> new Event().await());
        words.put("Semaphore", () -> new Semaphore(0).acquire());
        words.put("Condition", () -> {
            Condition condition = new Condition();
            condition.acquire();
            condition.await();
        });
        words.put("Barrier", () -> new Barrier(2).await());
        words.put("Queue.get", () -> new Queue<String>().get());
        words.put("Queue.put", () -> {
            Queue<String> queue = new Queue<>(1);
            queue.put("a");
            queue.put("b");
        });
        words.put("Queue.join", () -> {
            Queue<String> queue = new Queue<>(1);
            queue.put("a");
            queue.join();
        });
        return words;
    }

    private static Future<String> never() {
        return Loop.current().createFuture();
    }

    @Test
    void theFutureThatACallWaitsForIsMadeWhereTheCallStands() {
        try (TestLoop loop = new TestLoop(o -> o.withDebug())) {
            List<Task<?>> waiting = new ArrayList<>();
            loop.run(() -> {
                wordsThatWait().forEach((word, body) -> waiting.add(createTask(body, word)));
                for (int i = 0; i < 5; i++) {
                    yieldNow();
                }
                for (Task<?> task : waiting) {
                    Future<?> awaited = Objects.requireNonNull(task.waitingOn(), task.toString());
                    List<StackTraceElement> creation = loop.loop().debug().creationOf(awaited);
                    assertThat(creation).as(task.name()).isNotEmpty();
                    assertThat(creation.getFirst().getClassName())
                            .as(task.name())
                            .isEqualTo(CreationTest.class.getName());
                }
            });
        }
    }

    @Test
    void aTaskForAnotherThreadHasNoPlaceOfCreation() throws Exception {
        List<Task<?>> made = new ArrayList<>();
        try (TestLoop loop = new TestLoop(o -> o.withDebug())) {
            loop.run(() -> {
                loop.loop().onTaskCreated(made::add);
                CompletableFuture<String> theirs = runCoroutineThreadsafe(BODY, loop.loop());
                while (!theirs.isDone()) {
                    sleep(Duration.ofMillis(1));
                }
                assertThat(loop.loop().debug().creationOf(made.getFirst())).isEmpty();
            });
        }
    }

    @Test
    void aCallOfTheJdkInBetweenIsNoPlaceOfCreation() {
        try (TestLoop loop = new TestLoop(o -> o.withDebug())) {
            loop.run(() -> {
                List<Task<String>> tasks = Arrays.asList(BODY, BODY).stream()
                        .map(dev.skein.loop.Asyncio::createTask)
                        .toList();
                for (Task<String> task : tasks) {
                    assertThat(loop.loop().debug().creationOf(task).getFirst().getClassName())
                            .isEqualTo(CreationTest.class.getName());
                }
            });
        }
    }
}
