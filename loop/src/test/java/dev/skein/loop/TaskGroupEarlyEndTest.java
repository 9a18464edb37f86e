package dev.skein.loop;

import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.withTaskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.skein.loop.testing.TestLoop;
import org.junit.jupiter.api.Test;

/** {@code TaskGroup.cancel}: an early end that is no failure. */
class TaskGroupEarlyEndTest extends TaskGroupFixture {
    @Test
    void cancelEndsTheTasksAndTheBodyAndTheGroupReturns() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                taskGroup(group -> {
                    group.createTask(sleeper("task"));
                    group.createTask(() -> {
                        sleep(millis(10));
                        group.cancel();
                        trail.add("asked");
                    });
                    sleeper("body").run();
                });
                trail.add("cancelling " + thisTask().cancelling());
                yieldNow();
            });
            assertThat(loop.elapsed()).isEqualTo(millis(10));
        }
        assertThat(trail.entries())
                .containsExactlyInAnyOrder("asked", "task cancelled", "body cancelled", "cancelling 0");
    }

    @Test
    void theBodyThatCallsItGoesOnToItsNextAwait() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                taskGroup(group -> {
                    group.createTask(sleeper("task"));
                    yieldNow();
                    group.cancel();
                    trail.add("still here");
                    yieldNow();
                    trail.add("after an await");
                });
                trail.add("after");
            });
        }
        assertThat(trail.entries()).containsExactly("still here", "task cancelled", "after");
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
                assertThat(thisTask().cancelling()).isZero();
                yieldNow();
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void aBodyThatReturnsAllTheSameGivesItsResult() {
        try (TestLoop loop = newLoop()) {
            String result = loop.run(() -> withTaskGroup(group -> {
                group.createTask(sleeper("task"));
                group.cancel();
                return "result";
            }));
            assertThat(result).isEqualTo("result");
        }
    }

    @Test
    void aBodyThatItEndedHasNoResult() {
        try (TestLoop loop = newLoop()) {
            String none = loop.run(() -> withTaskGroup(group -> {
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
                String result = withTaskGroup(group -> {
                    group.createTask(sleeper("task"));
                    loop.callLater(millis(10), group::cancel);
                    return "result";
                });
                trail.add(result);
                trail.add(thisTask().cancelling());
                yieldNow();
            });
            assertThat(loop.elapsed()).isEqualTo(millis(10));
        }
        assertThat(trail.entries()).containsExactly("task cancelled", "result", "0");
    }

    @Test
    void oftenIsAsGoodAsOnceAndAfterTheEndItDoesNothing() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                TaskGroup finished = withTaskGroup(group -> {
                    group.createTask(sleeper("task"));
                    yieldNow();
                    group.cancel();
                    group.cancel();
                    loop.callSoon(group::cancel);
                    assertThat(thisTask().cancelling()).isEqualTo(1);
                    return group;
                });
                finished.cancel();
                assertThat(thisTask().cancelling()).isZero();
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("task cancelled");
    }

    /** python/cpython#155418: if it starts eagerly, it is not yet one of the group. */
    @Test
    void aTaskThatCallsItBeforeItsFirstAwaitIsCancelledToo() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> child = withTaskGroup(group -> {
                    return group.createTask(() -> {
                        group.cancel();
                        sleeper("task").run();
                    });
                });
                assertThat(child.isCancelled()).isTrue();
                assertThat(thisTask().cancelling()).isZero();
            });
            assertThat(loop.elapsed()).isZero();
        }
        assertThat(trail.entries()).containsExactly("task cancelled");
    }

    @Test
    void aTaskThatCallsItAndEndsInItsFirstStepKeepsItsResult() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<String> child = withTaskGroup(group -> {
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
                    inner.createTask(sleeper("inner task"));
                    yieldNow();
                    inner.cancel();
                    sleeper("inner body").run();
                });
                sleep(millis(1));
                trail.add("outer body");
            }));
        }
        assertThat(trail.entries())
                .containsExactly("inner task cancelled", "inner body cancelled", "outer body", "outer task");
    }

    @Test
    void anOuterGroupThatEndsEarlyEndsTheInnerOne() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                taskGroup(outer -> {
                    taskGroup(inner -> {
                        inner.createTask(sleeper("inner task"));
                        yieldNow();
                        outer.cancel();
                    });
                    trail.add("outer body goes on");
                });
                trail.add("cancelling " + thisTask().cancelling());
            });
        }
        assertThat(trail.entries()).containsExactly("inner task cancelled", "cancelling 0");
    }
}
