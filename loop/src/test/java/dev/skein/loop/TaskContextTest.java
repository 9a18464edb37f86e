package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Inheritable thread-locals are what context variables are in asyncio: each task has its own. */
class TaskContextTest {
    private static final InheritableThreadLocal<Object> VARIABLE = new InheritableThreadLocal<>();

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_tasks.context_3")
    void aHundredTasksChangeItWithoutSeeingEachOther() {
        Random random = new Random(3);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<Awaitable<Integer>> tasks = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    int number = random.nextInt(11);
                    tasks.add(() -> {
                        for (int step = 0; step < 10; step++) {
                            VARIABLE.set(number + step);
                            sleep(Duration.ofMillis(random.nextInt(1, 50)));
                            assertThat(VARIABLE.get()).isEqualTo(number + step);
                        }
                        return number;
                    });
                }
                assertThat(gather(tasks).await()).hasSize(100);
                assertThat(VARIABLE.get()).isNull();
            });
        }
    }

    @Test
    @PortOf("test_tasks.context_2")
    void aTaskDoesNotSeeWhatItsDoneCallbackSets() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int j = 0; j < 2; j++) {
                    Future<String> future = loop.createFuture();
                    future.addDoneCallback(done -> VARIABLE.set("something else"));
                    VARIABLE.set("yes" + j);
                    loop.callSoon(() -> future.setResult("x"));
                    future.await();
                    assertThat(VARIABLE.get()).isEqualTo("yes" + j);
                    for (int i = 0; i < 3; i++) {
                        VARIABLE.set(i + "-" + j);
                        sleep(Duration.ofMillis(1));
                        assertThat(VARIABLE.get()).isEqualTo(i + "-" + j);
                    }
                }
            });
        }
        assertThat(VARIABLE.get()).isNull();
    }

    @Test
    @PortOf("test_futures2.task_exc_handler_correct_context")
    void theExceptionHandlerSeesTheContextOfTheTaskThatFailed() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            loop.loop().setExceptionHandler((of, context) -> trail.add(VARIABLE.get() + ": " + context.message()));
            createTask(() -> fail("bar"), "one");
            createTask(() -> fail("baz"), "two");
            yieldNow();
            VARIABLE.set("of main");
        });
        loop.close();
        assertThat(trail.entries())
                .containsExactly(
                        "bar: exception of Task 'one' was never retrieved: await it, or ask for its result or exception",
                        "baz: exception of Task 'two' was never retrieved: await it, or ask for its result or exception");
    }

    private static Object fail(String context) {
        VARIABLE.set(context);
        throw new ArithmeticException("/ by zero");
    }

    @Test
    void soItDoesForATaskThatIsCollected() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().setExceptionHandler((of, context) -> trail.add(VARIABLE.get()));
                createTask(() -> fail("bar"));
                for (int i = 0; i < 400 && trail.entries().isEmpty(); i++) {
                    System.gc();
                    toThread(() -> {
                        Thread.sleep(5);
                        return 0;
                    });
                }
            });
        }
        assertThat(trail.entries()).containsExactly("bar");
    }

    @Test
    void aHandlerThatThrowsOrAwaitsThereStopsNothing() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            loop.loop().setExceptionHandler((of, context) -> {
                trail.add("called");
                if (trail.entries().size() == 1) {
                    throw new IllegalStateException("the handler's own (this is part of the test)");
                }
                yieldNow();
                trail.add("not reached, for the loop closes");
            });
            createTask(() -> fail("one"));
            createTask(() -> fail("two"));
            createTask(() -> fail("three"));
            yieldNow();
        });
        loop.close();
        assertThat(trail.entries()).containsExactly("called", "called", "called");
    }

    @Test
    @PortOf("test_futures2.handle_exc_handler_correct_context")
    void theExceptionHandlerSeesWhatTheCallbackThatFailedHasSet() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().setExceptionHandler((of, context) -> trail.add(VARIABLE.get()));
                loop.callSoon(() -> {
                    VARIABLE.set("bar");
                    throw new ArithmeticException("/ by zero");
                });
                yieldNow();
                assertThat(VARIABLE.get()).isNull();
            });
        }
        assertThat(trail.entries()).containsExactly("bar");
    }

    @Test
    @PortOf("test_futures2.future_traceback")
    void awaitingAFailureAgainAddsNothingToItsStackTrace() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> failed = createTask(() -> fail("x"));
                for (int i = 0; i < 5; i++) {
                    try {
                        failed.await();
                        trail.add("not reached");
                    } catch (ArithmeticException failure) {
                        assertThat(failure).isSameAs(failed.exception());
                        assertThat(failure.getSuppressed()).isEmpty();
                        trail.add(failure.getStackTrace().length);
                    }
                }
            });
        }
        assertThat(trail.entries()).hasSize(5);
        assertThat(trail.entries().stream().distinct()).hasSize(1).doesNotContain("not reached");
    }
}
