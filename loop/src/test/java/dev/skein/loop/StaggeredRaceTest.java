package dev.skein.loop;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.staggeredRace;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runners that start one after the other, until the first result. */
class StaggeredRaceTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Trail trail = new Trail();

    private static TestLoop loop(boolean eager) {
        return new TestLoop(options -> eager ? options.withEagerStart() : options);
    }

    private Awaitable<String> runner(String name, Duration length) {
        return () -> {
            trail.add(name);
            try {
                sleep(length);
                return name;
            } catch (CancelledError e) {
                trail.add(name + " beaten");
                throw e;
            }
        };
    }

    private Awaitable<String> failing(String name) {
        return () -> {
            trail.add(name);
            throw new IOException(name);
        };
    }

    private static void assertNobodyIsLeft() {
        assertThat(allTasks()).hasSize(1);
    }

    @Test
    @PortOf("test_staggered.empty")
    void ofNobodyNobodyWins() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                RaceResult<String> race = staggeredRace(List.of(), Timeout.NEVER);
                assertThat(race.result()).isNull();
                assertThat(race.winner()).isEmpty();
                assertThat(race.exceptions()).isEmpty();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @PortOf("test_staggered.one_successful")
    void whereTheFirstGivesAResultTheOthersNeverStart(boolean eager) {
        try (TestLoop loop = loop(eager)) {
            loop.run(() -> {
                RaceResult<String> race =
                        staggeredRace(List.of(runner("a", SECOND), runner("b", SECOND)), Timeout.NEVER);
                assertThat(race.result()).isEqualTo("a");
                assertThat(race.winner()).hasValue(0);
                assertThat(race.exceptions()).hasSize(1).containsOnlyNulls();
                assertNobodyIsLeft();
            });
        }
        assertThat(trail.entries()).containsExactly("a");
    }

    @Test
    @PortOf("test_staggered.first_error_second_successful")
    void aFailureStartsTheNext() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                RaceResult<String> race = staggeredRace(List.of(failing("a"), runner("b", SECOND)), LONG);
                assertThat(race.result()).isEqualTo("b");
                assertThat(race.winner()).hasValue(1);
                assertThat(race.exceptions()).hasSize(2);
                assertThat(race.exceptions().get(0))
                        .isInstanceOf(IOException.class)
                        .hasMessage("a");
                assertThat(race.exceptions().get(1)).isNull();
            });
            assertThat(loop.elapsed()).isEqualTo(SECOND);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @PortOf("test_staggered.first_timeout_second_successful")
    void aDelayStartsTheNextAndTheLoserIsCancelledAndAwaited(boolean eager) {
        try (TestLoop loop = loop(eager)) {
            loop.run(() -> {
                RaceResult<String> race = staggeredRace(
                        List.of(runner("a", LONG), runner("b", SECOND), runner("c", SECOND)), SECOND.plusMillis(1));
                assertThat(race.result()).isEqualTo("b");
                assertThat(race.winner()).hasValue(1);
                assertThat(race.exceptions()).hasSize(2);
                assertThat(race.exceptions().get(0)).isInstanceOf(CancelledError.class);
                assertThat(race.exceptions().get(1)).isNull();
                assertNobodyIsLeft();
            });
            assertThat(loop.elapsed()).isEqualTo(SECOND.multipliedBy(2).plusMillis(1));
        }
        assertThat(trail.entries()).containsExactly("a", "b", "a beaten");
    }

    @Test
    void anEarlierRunnerCanStillWinWhenLaterOnesHaveStarted() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                RaceResult<String> race = staggeredRace(
                        List.of(runner("a", SECOND.multipliedBy(3)), runner("b", LONG), runner("c", LONG)), SECOND);
                assertThat(race.result()).isEqualTo("a");
                assertThat(race.winner()).hasValue(0);
                assertThat(race.exceptions()).hasSize(3);
            });
        }
        assertThat(trail.entries()).containsExactly("a", "b", "c", "b beaten", "c beaten");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @PortOf("test_staggered.none_successful")
    void whereAllFailNobodyWins(boolean eager) {
        try (TestLoop loop = loop(eager)) {
            loop.run(() -> {
                RaceResult<String> race = staggeredRace(List.of(failing("a"), failing("b")), Timeout.NEVER);
                assertThat(race.result()).isNull();
                assertThat(race.winner()).isEmpty();
                assertThat(race.exceptions()).hasSize(2);
                assertThat(race.exceptions().get(0))
                        .isInstanceOf(IOException.class)
                        .hasMessage("a");
                assertThat(race.exceptions().get(1))
                        .isInstanceOf(IOException.class)
                        .hasMessage("b");
                assertNobodyIsLeft();
            });
            assertThat(loop.elapsed()).isZero();
        }
    }

    @Test
    @PortOf("test_staggered.multiple_winners")
    void ofTwoThatCouldWinInOneRoundTheFirstDoes() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> event = loop.createFuture();
                RaceResult<Integer> race = staggeredRace(
                        List.of(
                                () -> {
                                    event.await();
                                    return 0;
                                },
                                () -> {
                                    event.await();
                                    return 1;
                                },
                                () -> {
                                    event.setResult("set");
                                    sleep(LONG);
                                    return 2;
                                }),
                        Duration.ofMillis(100));
                assertThat(race.result()).isZero();
                assertThat(race.winner()).hasValue(0);
                assertThat(race.exceptions()).hasSize(3);
                assertThat(race.exceptions().get(0)).isNull();
                assertThat(race.exceptions().get(1)).isInstanceOf(CancelledError.class);
                assertThat(race.exceptions().get(2)).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Test
    @PortOf("test_staggered.cancelled")
    void eachCancelReachesTheRunnersBeforeTheCaller() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThatThrownBy(() -> timeout(Timeout.NEVER, outer -> {
                        timeout(Timeout.NEVER, inner -> {
                            Action runner = () -> {
                                inner.rescheduleAt(-1);
                                yieldNow();
                                refuse("cancelled 1");
                                outer.rescheduleAt(-1);
                                yieldNow();
                                refuse("cancelled 2");
                            };
                            try {
                                staggeredRace(List.of(runner.asAwaitable()), Timeout.NEVER);
                            } catch (CancelledError e) {
                                trail.add("cancelled 3");
                                throw e;
                            }
                        });
                    }))
                    .isInstanceOf(TimeoutException.class));
        }
        assertThat(trail.entries()).containsExactly("cancelled 1", "cancelled 2", "cancelled 3");
    }

    private void refuse(String word) {
        try {
            yieldNow();
        } catch (CancelledError e) {
            trail.add(word);
        }
    }

    @Test
    void cancellingTheCallerCancelsAllAndWaitsForTheirCleanUp() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Action cleaning = () -> {
                    try {
                        sleep(LONG);
                    } finally {
                        sleep(SECOND);
                        trail.add("clean");
                    }
                };
                Task<?> caller = createTask(
                        () -> staggeredRace(List.of(cleaning.asAwaitable(), cleaning.asAwaitable()), SECOND));
                sleep(SECOND.multipliedBy(5));
                caller.cancel("enough");
                assertThatThrownBy(() -> await(caller))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("enough");
                assertNobodyIsLeft();
            });
            assertThat(loop.elapsed()).isEqualTo(SECOND.multipliedBy(6));
        }
        assertThat(trail.entries()).containsExactly("clean", "clean");
    }

    @Test
    @PortOf("test_eager_task_factory.staggered_race_with_eager_tasks")
    void eagerTasksWaitForTheirTurnToo() {
        try (TestLoop loop = loop(true)) {
            loop.run(() -> {
                Awaitable<String> lateFailure = () -> {
                    yieldNow();
                    throw new IOException("no good");
                };
                RaceResult<String> race = staggeredRace(
                        List.of(runner("blocked", LONG), runner("a", SECOND), lateFailure), Duration.ofMillis(250));
                assertThat(race.result()).isEqualTo("a");
                assertThat(race.winner()).hasValue(1);
                assertThat(race.exceptions()).hasSize(3);
                assertThat(race.exceptions().get(0)).isInstanceOf(CancelledError.class);
                assertThat(race.exceptions().get(1)).isNull();
                assertThat(race.exceptions().get(2)).isInstanceOf(IOException.class);
            });
        }
    }

    @Test
    @PortOf("test_eager_task_factory.staggered_race_with_eager_tasks_no_delay")
    void eagerTasksWithoutADelayStartOnFailureOnly() {
        try (TestLoop loop = loop(true)) {
            loop.run(() -> {
                RaceResult<String> race = staggeredRace(
                        List.of(failing("a"), runner("b", SECOND), runner("c", Duration.ZERO)), Timeout.NEVER);
                assertThat(race.result()).isEqualTo("b");
                assertThat(race.winner()).hasValue(1);
                assertThat(race.exceptions()).hasSize(2);
                assertThat(race.exceptions().get(0)).isInstanceOf(IOException.class);
                assertThat(race.exceptions().get(1)).isNull();
            });
        }
        assertThat(trail.entries()).containsExactly("a", "b");
    }

    @Test
    void withADelayOfZeroAllStartAtOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                RaceResult<String> race = staggeredRace(
                        List.of(runner("a", LONG), runner("b", LONG), runner("c", SECOND)), Duration.ZERO);
                assertThat(race.winner()).hasValue(2);
            });
            assertThat(loop.elapsed()).isEqualTo(SECOND);
        }
        assertThat(trail.entries()).containsExactly("a", "b", "c", "a beaten", "b beaten");
    }

    @Test
    void aLoserThatGivesAResultNeverthelessIsReported() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Awaitable<String> stubborn = () -> {
                    assertThatThrownBy(() -> sleep(LONG)).isInstanceOf(CancelledError.class);
                    return "stubborn";
                };
                RaceResult<String> race = staggeredRace(List.of(stubborn, runner("b", SECOND)), SECOND);
                assertThat(race.result()).isEqualTo("b");
                assertThat(race.exceptions().get(0))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(
                                "runner 0 of a staggeredRace returned a result after runner 1 had won; the result is"
                                        + " lost: a cancelled runner must undo what it did and rethrow the CancelledError");
            });
            assertThat(loop.errors()).hasSize(1);
        }
    }

    /** Awaits a future of a stranger that cannot be cancelled. When it is cancelled all the same, it takes its time to end. */
    private Awaitable<String> awaitsOneThatRefuses(RuntimeException refusal) {
        CompletableFuture<String> refusing = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                throw refusal;
            }
        };
        return () -> {
            try {
                return await(refusing);
            } finally {
                sleep(SECOND);
                trail.add("ended");
            }
        };
    }

    @Test
    void aLosersCancelThatThrowsIsRethrownWhenAllHaveEnded() {
        RuntimeException refusal = new IllegalStateException("not me");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> staggeredRace(
                                List.of(awaitsOneThatRefuses(refusal), runner("slow", LONG), runner("fast", SECOND)),
                                SECOND))
                        .isInstanceOfSatisfying(
                                ExceptionGroup.class,
                                group -> assertThat(group.members()).containsExactly(refusal));
                assertNobodyIsLeft();
            });
        }
        assertThat(trail.entries()).containsExactly("slow", "fast", "slow beaten", "ended");
    }

    @Test
    void aCancelledCallerWaitsForRunnersEvenIfACancelThrows() {
        RuntimeException refusal = new IllegalStateException("not me");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> race = createTask(() -> staggeredRace(List.of(awaitsOneThatRefuses(refusal)), SECOND));
                yieldNow();
                yieldNow();
                yieldNow();
                race.cancel();
                assertThatThrownBy(race::await)
                        .isInstanceOfSatisfying(
                                ExceptionGroup.class,
                                group -> assertThat(group.members()).containsExactly(refusal));
                assertNobodyIsLeft();
            });
        }
        assertThat(trail.entries()).containsExactly("ended");
    }

    @Test
    void theListOfExceptionsCannotBeChanged() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                RaceResult<String> race = staggeredRace(List.of(failing("a")), SECOND);
                assertThatThrownBy(() -> race.exceptions().clear()).isInstanceOf(UnsupportedOperationException.class);
            });
        }
    }

    @Test
    @SuppressWarnings({"DataFlowIssue", "NullAway"}) // that is what it is about
    void aRunnerThatIsNullIsRefusedBeforeAnyStarts() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThatThrownBy(() -> staggeredRace(Arrays.asList(runner("a", SECOND), null), SECOND))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("runner 1"));
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void outsideACoroutineItIsRefused() {
        assertThatThrownBy(() -> staggeredRace(List.of(runner("a", SECOND)), SECOND))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("staggeredRace() outside a coroutine");
    }
}
