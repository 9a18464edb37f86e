package dev.skein.loop;

import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.Me.me;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@code TaskGroup.cancel}: an early end that is no failure. */
class TaskGroupEarlyEndTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    TestLoop newLoop() {
        return new TestLoop();
    }

    private static Duration millis(int length) {
        return Duration.ofMillis(length);
    }

    private void sleeper(String name) {
        try {
            sleep(LONG);
        } catch (CancelledError e) {
            trail.add(name);
            throw e;
        }
    }

    @Test
    void itCancelsTheTasksAndTheBodyAndTheGroupReturns() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                taskGroup(group -> {
                    group.createTask(() -> sleeper("task"));
                    group.createTask(() -> {
                        sleep(millis(10));
                        group.cancel();
                        trail.add("asked");
                    });
                    sleeper("body");
                });
                trail.add("cancelling " + me().cancelling());
                yieldNow();
            });
            assertThat(loop.elapsed()).isEqualTo(millis(10));
        }
        assertThat(trail.entries()).containsExactlyInAnyOrder("asked", "task", "body", "cancelling 0");
    }

    @Test
    void theBodyThatCallsItGoesOnToItsNextAwait() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                taskGroup(group -> {
                    group.createTask(() -> sleeper("task"));
                    yieldNow();
                    group.cancel();
                    trail.add("still here");
                    yieldNow();
                    trail.add("after an await");
                });
                trail.add("after");
            });
        }
        assertThat(trail.entries()).containsExactly("still here", "task", "after");
    }

    @Test
    void asTheFirstThingInTheBodyItLetsNobodyJoin() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                taskGroup(group -> {
                    group.cancel();
                    assertThatIllegalStateException()
                            .isThrownBy(() -> group.createTask(() -> trail.add("ran")))
                            .withMessageContaining("is shutting down");
                });
                assertThat(me().cancelling()).isZero();
                yieldNow();
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void aBodyThatReturnsAllTheSameGivesItsResult() {
        try (TestLoop loop = newLoop()) {
            String result = loop.run(() -> taskGroup(group -> {
                group.createTask(() -> sleeper("task"));
                group.cancel();
                return "result";
            }));
            assertThat(result).isEqualTo("result");
        }
    }

    @Test
    void aBodyThatItEndedHasNoResult() {
        try (TestLoop loop = newLoop()) {
            String none = loop.run(() -> taskGroup(group -> {
                group.cancel();
                sleep(LONG);
                return "result";
            }));
            assertThat(none).isNull();
        }
    }

    @Test
    void whileTheGroupWaitsForItsTasksItEndsThem() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                String result = taskGroup(group -> {
                    group.createTask(() -> sleeper("task"));
                    loop.loop().callLater(millis(10), group::cancel);
                    return "result";
                });
                trail.add(result);
                trail.add(me().cancelling());
                yieldNow();
            });
            assertThat(loop.elapsed()).isEqualTo(millis(10));
        }
        assertThat(trail.entries()).containsExactly("task", "result", "0");
    }

    @Test
    void oftenIsAsGoodAsOnceAndAfterTheEndItDoesNothing() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                TaskGroup finished = taskGroup(group -> {
                    group.createTask(() -> sleeper("task"));
                    yieldNow();
                    group.cancel();
                    group.cancel();
                    loop.loop().callSoon(group::cancel);
                    assertThat(me().cancelling()).isEqualTo(1);
                    return group;
                });
                finished.cancel();
                assertThat(me().cancelling()).isZero();
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("task");
    }

    /** python/cpython#155418: if it starts eagerly, it is not yet one of the group. */
    @Test
    void aTaskThatCallsItBeforeItsFirstAwaitIsCancelledToo() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> child = taskGroup(group -> {
                    return group.createTask(() -> {
                        group.cancel();
                        sleeper("task");
                    });
                });
                assertThat(child.isCancelled()).isTrue();
                assertThat(me().cancelling()).isZero();
            });
            assertThat(loop.elapsed()).isZero();
        }
        assertThat(trail.entries()).containsExactly("task");
    }

    @Test
    void aTaskThatCallsItAndEndsInItsFirstStepKeepsItsResult() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<String> child = taskGroup(group -> {
                    return group.createTask(
                            () -> {
                                group.cancel();
                                return "result";
                            },
                            o -> o.withEagerStart(true));
                });
                assertThat(child.result()).isEqualTo("result");
            });
        }
    }

    @Test
    void anInnerGroupThatEndsEarlyLeavesTheOuterOneAlone() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> taskGroup(outer -> {
                outer.createTask(() -> {
                    sleep(millis(10));
                    trail.add("outer task");
                });
                taskGroup(inner -> {
                    inner.createTask(() -> sleeper("inner task"));
                    yieldNow();
                    inner.cancel();
                    sleeper("inner body");
                });
                sleep(millis(1));
                trail.add("outer body");
            }));
        }
        assertThat(trail.entries()).containsExactly("inner task", "inner body", "outer body", "outer task");
    }

    @Test
    void anOuterGroupThatEndsEarlyEndsTheInnerOne() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                taskGroup(outer -> {
                    taskGroup(inner -> {
                        inner.createTask(() -> sleeper("inner task"));
                        yieldNow();
                        outer.cancel();
                    });
                    trail.add("outer body goes on");
                });
                trail.add("cancelling " + me().cancelling());
            });
        }
        assertThat(trail.entries()).containsExactly("inner task", "cancelling 0");
    }
}
