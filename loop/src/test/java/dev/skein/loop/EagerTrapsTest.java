package dev.skein.loop;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.staggeredRace;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Eager tasks where something goes another way: failures, cancellations, callbacks, loops that do not run, observers. */
class EagerTrapsTest {
    private final Trail trail = new Trail();

    private static <T> Task<T> createEager(Awaitable<T> body) {
        return createTask(body, o -> o.withEagerStart(true));
    }

    private static Task<?> createEager(Action body) {
        return createTask(body, o -> o.withEagerStart(true));
    }

    @Test
    @PortOf("test_eager_task_factory.eager_start_true_with_default_factory")
    void oneTaskOfAnOrdinaryLoopCanStartEagerly() {
        run(() -> {
            Task<?> task = createTask(
                    () -> trail.add(CurrentTask.thisTask().name()),
                    o -> o.withEagerStart(true).withName("example"));
            assertThat(task.isDone()).isTrue();
            assertThat(trail.entries()).containsExactly("example");
        });
    }

    @Test
    @PortOf("test_eager_task_factory.eager_task_factory_set")
    void theOptionsOfALoopAreWhatATaskStartsWith() {
        assertThat(LoopOptions.defaults().eagerStart()).isFalse();
        assertThat(LoopOptions.defaults()
                        .withEagerStart()
                        .withCloseTimeout(Duration.ZERO)
                        .eagerStart())
                .isTrue();
        try (Loop loop = newEventLoop(LoopOptions::withEagerStart)) {
            loop.runUntilComplete(() -> {
                Task<?> task = createTask(() -> {}, options -> {
                    trail.add(options.eagerStart());
                    return options;
                });
                assertThat(task.isDone()).isTrue();
            });
        }
        assertThat(trail.entries()).containsExactly("true");
    }

    @Test
    void aFailureIsTheTasksNotTheCreators() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createEager(() -> {
                    throw new IllegalStateException("broken");
                });
                assertThat(task.isDone()).isTrue();
                assertThatThrownBy(task::await).hasMessage("broken");
            });
        }
    }

    @Test
    void aFailureThatNobodyLooksAtIsReported() {
        TestLoop loop = new TestLoop();
        loop.run(() -> createEager(() -> {
            throw new IllegalStateException("broken");
        }));
        assertThatThrownBy(loop::close).isInstanceOf(AssertionError.class).hasMessageContaining("was never retrieved");
    }

    @Test
    void oneThatCancelsItselfIsCancelledAtItsEndOrAtItsNextAwait() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> atItsEnd = createEager(() -> CurrentTask.thisTask().cancel());
                assertThat(atItsEnd.isCancelled()).isTrue();
                Task<?> atItsAwait = createEager(() -> {
                    CurrentTask.thisTask().cancel("mine");
                    yieldNow();
                    trail.add("not reached");
                });
                assertThatThrownBy(atItsAwait::await).hasMessage("mine");
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void oneThatCancelsItsCreatorReachesItAtTheCreatorsNextAwait() {
        try (TestLoop loop = new TestLoop()) {
            assertThatThrownBy(() -> loop.run(() -> {
                        Task<?> creator = CurrentTask.thisTask();
                        Task<Boolean> child = createEager(() -> creator.cancel("from the child"));
                        trail.add(child.result());
                        trail.add(creator.cancelling());
                        yieldNow();
                        trail.add("not reached");
                    }))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("from the child");
        }
        assertThat(trail.entries()).containsExactly("true", "1");
    }

    @Test
    void anEagerFailureInAGroupEndsTheBodyAtItsNextAwaitAndNotBefore() {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            assertThatThrownBy(() -> loop.run(() -> taskGroup(group -> {
                        Task<?> failed = group.createTask(() -> {
                            throw new IllegalStateException("eager failure");
                        });
                        trail.add(failed.isDone());
                        trail.add(CurrentTask.thisTask().cancelling());
                        Task<?> other = group.createTask(() -> trail.add("other"));
                        trail.add(other.isDone());
                        sleep(Duration.ofHours(1));
                        trail.add("not reached");
                    })))
                    .isInstanceOf(ExceptionGroup.class);
            assertThat(loop.elapsed()).isZero();
        }
        assertThat(trail.entries()).containsExactly("true", "0", "other", "true");
    }

    @Test
    void aChildThatCancelsItsGroupInItsFirstStepIsCancelledToo() {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            loop.run(() -> {
                taskGroup(group -> {
                    group.createTask(() -> {
                        group.cancel();
                        sleep(Duration.ofHours(1));
                        trail.add("not reached");
                    });
                });
                trail.add("left");
            });
            assertThat(loop.elapsed()).isZero();
        }
        assertThat(trail.entries()).containsExactly("left");
    }

    @Test
    void aCallbackCanStartOneEagerlyWithTheTasksThatThatStarts() {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            loop.run(() -> {
                loop.callSoon(() -> {
                    createTask(() -> {
                        trail.add("outer");
                        createTask(() -> {
                            trail.add("inner");
                            yieldNow();
                            trail.add("inner again");
                        });
                        trail.add("outer ends");
                    });
                    trail.add("callback, current task " + currentTask());
                });
                loop.callSoon(() -> trail.add("next callback"));
                loop.settle();
            });
        }
        assertThat(trail.entries())
                .containsExactly(
                        "outer", "inner", "outer ends", "callback, current task null", "next callback", "inner again");
    }

    @Test
    void aThousandWithinEachOtherNeedNoStackOfTheLoop() {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            int depth = loop.run(() -> nested(1_000));
            assertThat(depth).isEqualTo(1_000);
        }
    }

    private static int nested(int depth) {
        return depth == 0 ? 0 : 1 + createTask(() -> nested(depth - 1)).result();
    }

    @Test
    void oneThatBlocksInTheJdkLetsItsCreatorGoOn() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createEager(() -> {
                    Thread.sleep(1);
                    trail.add("slept");
                });
                trail.add("creator");
                task.await();
            });
        }
        assertThat(trail.entries()).containsExactly("creator", "slept");
    }

    @Test
    void whereTheCreatorCannotBeSuspendedThereIsNoTask() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(CreatesInItsInitialiser::new)
                        .isInstanceOf(ExceptionInInitializerError.class)
                        .cause()
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("await in a class initialiser or below native code");
                assertThat(allTasks()).containsExactly(CurrentTask.thisTask());
                yieldNow();
            });
        }
    }

    private static final class CreatesInItsInitialiser {
        static {
            createEager(() -> {});
        }
    }

    @Test
    void mainItselfStartsInItsTurnSinceTheLoopDoesNotRunYet() {
        try (Loop loop = newEventLoop(LoopOptions::withEagerStart)) {
            loop.runUntilComplete(() -> loop.callSoon(() -> loop.callSoon(() -> trail.add("left by the first run"))));
            loop.runUntilComplete(() -> trail.add("main"));
        }
        assertThat(trail.entries()).containsExactly("left by the first run", "main");
    }

    @Test
    void anEagerTaskOfAClosingLoopIsCancelledLikeTheRest() {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            loop.run(() -> createTask(() -> {
                try {
                    sleep(Duration.ofHours(1));
                } finally {
                    createTask(() -> {
                        trail.add("begun");
                        try {
                            sleep(Duration.ofHours(1));
                        } finally {
                            trail.add("ended");
                        }
                    });
                    trail.add("first ended");
                }
            }));
        }
        assertThat(trail.entries()).containsExactly("begun", "first ended", "ended");
    }

    @Test
    void observersSeeEachTaskBeforeItsFirstStepInOrder() {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            loop.run(() -> {
                loop.loop().onTaskCreated(task -> trail.add("one " + task.name()));
                loop.loop().onTaskCreated(task -> trail.add("two " + task.name()));
                createTask(() -> trail.add("body"), "a");
                createTask(() -> {}, o -> o.withEagerStart(false).withName("b")).await();
            });
        }
        assertThat(trail.entries()).containsExactly("one a", "two a", "body", "one b", "two b");
    }

    @Test
    void createTaskThrowsWhatAnObserverThrowsAndMakesNoTask() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().onTaskCreated(task -> {
                    throw new IllegalArgumentException("not this one");
                });
                assertThatThrownBy(() -> createTask(() -> trail.add("never"))).hasMessage("not this one");
                yieldNow();
                assertThat(allTasks()).containsExactly(CurrentTask.thisTask());
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void anObserverMayCancelATaskBeforeItBegins() {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            loop.run(() -> {
                loop.loop().onTaskCreated(Task::cancel);
                Task<?> task = createTask(() -> trail.add("never"));
                assertThat(task.isCancelled()).isTrue();
            });
        }
        assertThat(trail.entries()).isEqualTo(List.of());
    }

    @Test
    @PortOf("test_eager_task_factory.staggered_race_with_eager_tasks")
    void aStaggeredRaceGoesOnAfterOneThatBlocksAndAfterOneThatFails() {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            RaceResult<String> race = loop.run(() -> staggeredRace(
                    List.of(() -> loop.<String>createFuture().await(), () -> afterASecond("sleep1"), () -> {
                        yieldNow();
                        throw new IllegalArgumentException("no good");
                    }),
                    Duration.ofMillis(250)));
            assertThat(race.result()).isEqualTo("sleep1");
            assertThat(race.winner()).hasValue(1);
            assertThat(race.exceptions().get(0)).isInstanceOf(CancelledError.class);
            assertThat(race.exceptions().get(1)).isNull();
            assertThat(race.exceptions().get(2)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @PortOf("test_eager_task_factory.staggered_race_with_eager_tasks_no_delay")
    void inARaceOfOneAfterTheOtherAnEagerFailureStartsTheNext() {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            RaceResult<String> race = loop.run(() -> staggeredRace(
                    List.of(
                            () -> {
                                throw new IllegalArgumentException("no good");
                            },
                            () -> afterASecond("sleep1"),
                            () -> "sleep0"),
                    Timeout.NEVER));
            assertThat(race.result()).isEqualTo("sleep1");
            assertThat(race.winner()).hasValue(1);
            assertThat(race.exceptions()).hasSize(2);
            assertThat(race.exceptions().get(0)).isInstanceOf(IllegalArgumentException.class);
            assertThat(race.exceptions().get(1)).isNull();
        }
    }

    private static String afterASecond(String result) {
        sleep(Duration.ofSeconds(1));
        return result;
    }
}
