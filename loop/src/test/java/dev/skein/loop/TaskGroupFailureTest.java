package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A task or the body of a group fails: who is cancelled, and what is thrown. Eagerly started tasks must not change it. */
class TaskGroupFailureTest extends TaskGroupFixture {
    @Test
    @PortOf("test_taskgroups.taskgroup_04")
    void aFailureCancelsTheOthersAndIsThrownInAGroup() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                List<Task<?>> others = new ArrayList<>();
                Task<?> runner = createTask(() -> {
                    taskGroup(group -> {
                        group.createTask(fail(100));
                        others.add(group.createTask(sleeper("other")));
                    });
                    trail.add("after");
                });
                ExceptionGroup thrown = assertThrowsGroup(runner::await, ArithmeticException.class);
                assertThat(thrown).hasMessage("unhandled errors in a TaskGroup (1 sub-exception)");
                assertThat(others).hasSize(1).allMatch(Task::isCancelled);
            });
            assertThat(loop.elapsed()).isEqualTo(millis(100));
        }
        assertThat(trail.entries()).containsExactly("other cancelled");
    }

    @Test
    @PortOf("test_taskgroups.cancel_children_on_child_error")
    void failuresAtOneMomentAreThrownTogether() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = createTask(() -> {
                    taskGroup(group -> {
                        group.createTask(fail(100));
                        group.createTask(fail(100));
                        group.createTask(fail(100));
                        group.createTask(sleeper("task"));
                        sleeper("body").run();
                    });
                    trail.add("after");
                });
                ExceptionGroup thrown = catchThrowableOfType(ExceptionGroup.class, runner::await);
                assertThat(thrown.members()).isNotEmpty().hasOnlyElementsOfType(ArithmeticException.class);
            });
        }
        assertThat(trail.entries()).containsExactlyInAnyOrder("task cancelled", "body cancelled");
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_09")
    void aBodyThatFailsCancelsTheTasks() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> assertThrowsGroup(
                    () -> taskGroup(group -> {
                        group.createTask(sleeper("a"));
                        group.createTask(sleeper("b"));
                        sleep(millis(100));
                        fail(0).run();
                    }),
                    ArithmeticException.class));
        }
        assertThat(trail.entries()).containsExactly("a cancelled", "b cancelled");
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_10")
    void aBodyThatFailsBeforeItsFirstAwaitCancelsTheTasks() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                List<Task<@Nullable Void>> tasks = new ArrayList<>();
                assertThrowsGroup(
                        () -> taskGroup((TaskGroup group) -> {
                            tasks.add(group.createTask(() -> sleep(LONG)));
                            tasks.add(group.createTask(() -> sleep(LONG)));
                            throw new ArithmeticException("at once");
                        }),
                        ArithmeticException.class);
                assertThat(tasks).hasSize(2).allMatch(Task::isCancelled);
            });
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_13")
    void aFailureInTheOuterGroupEndsTheInnerOne() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> assertThrowsGroup(
                    () -> taskGroup(outer -> {
                        outer.createTask(fail(100));
                        taskGroup(inner -> {
                            inner.createTask(fail(10_000));
                        });
                    }),
                    ArithmeticException.class));
            assertThat(loop.elapsed()).isEqualTo(millis(100));
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_14")
    void aFailureInTheInnerGroupIsAGroupInTheOuterOnes() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                ExceptionGroup thrown = assertThrowsGroup(
                        () -> taskGroup(outer -> {
                            outer.createTask(fail(10_000));
                            taskGroup(inner -> {
                                inner.createTask(fail(100));
                            });
                        }),
                        ExceptionGroup.class);
                assertThat(((ExceptionGroup) thrown.members().getFirst()).members())
                        .hasExactlyElementsOfTypes(ArithmeticException.class);
            });
            assertThat(loop.elapsed()).isEqualTo(millis(100));
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_25")
    void tasksThatMultiplyAreAllEndedByOneFailure() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> assertThrowsGroup(
                    () -> taskGroup(group -> {
                        int[] hydras = new int[1];
                        group.createTask(() -> hydra(group, hydras));
                        group.createTask(() -> {
                            while (hydras[0] < 10) {
                                sleep(millis(15));
                            }
                            trail.add(hydras[0] >= 10);
                            throw new ArithmeticException("enough");
                        });
                    }),
                    ArithmeticException.class));
        }
        assertThat(trail.entries()).containsExactly("true");
    }

    private static void hydra(TaskGroup group, int[] count) {
        count[0]++;
        sleep(millis(10));
        group.createTask(() -> hydra(group, count));
        group.createTask(() -> hydra(group, count));
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_no_create_task_after_failure")
    void afterAFailureNobodyCanJoin() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> assertThrowsGroup(
                    () -> taskGroup(group -> {
                        group.createTask(fail(1));
                        group.createTask(() -> {
                            try {
                                sleep(LONG);
                            } catch (CancelledError e) {
                                assertThatIllegalStateException()
                                        .isThrownBy(() -> group.createTask(() -> trail.add("ran")))
                                        .withMessage(
                                                "TaskGroup[aborting, tasks=1, failures=1] is shutting down, because"
                                                        + " it failed or was cancelled: it accepts no more tasks");
                                trail.add("refused");
                            }
                        });
                    }),
                    ArithmeticException.class));
        }
        assertThat(trail.entries()).containsExactly("refused");
    }

    @Test
    @PortOf("test_taskgroups.cancels_task_if_created_during_creation")
    void aTaskThatFailsAtOnceDoesNotCancelItsCreatorAtThatVeryMoment() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> assertThrowsGroup(
                    () -> taskGroup(group -> {
                        group.createTask(() -> {
                            group.createTask(() -> {
                                throw new IllegalArgumentException("third task");
                            });
                            trail.add("created");
                            assertThatThrownBy(() -> {
                                        yieldNow();
                                        yieldNow();
                                    })
                                    .isInstanceOf(CancelledError.class);
                            trail.add("cancelled");
                        });
                    }),
                    IllegalArgumentException.class));
        }
        assertThat(trail.entries()).containsExactly("created", "cancelled");
    }
}
