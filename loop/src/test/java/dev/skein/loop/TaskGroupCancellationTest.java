package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import org.junit.jupiter.api.Test;

/** The caller of a group is cancelled from outside, alone or while something fails. */
class TaskGroupCancellationTest extends TaskGroupFixture {
    private static void failInstead() {
        try {
            sleep(LONG);
        } catch (CancelledError e) {
            throw new ArithmeticException("/ by zero");
        }
    }

    /** Starts {@code body}, cancels it after 100 ms, and gives the task, done. */
    private static Task<?> cancelled(Action body) {
        Task<?> runner = createTask(body, "runner");
        sleep(millis(100));
        assertThat(runner.isDone()).isFalse();
        runner.cancel("from outside");
        while (!runner.isDone()) {
            sleep(millis(1));
        }
        return runner;
    }

    /** What it failed with, whose members must be of this type. */
    private static ExceptionGroup assertFailedWith(Class<?> member, Task<?> task) {
        ExceptionGroup failure = catchThrowableOfType(ExceptionGroup.class, task::result);
        assertThat(failure).as(task.toString()).isNotNull();
        assertThat(failure.members()).isNotEmpty().hasOnlyElementsOfType(member);
        return failure;
    }

    @Test
    @PortOf("test_taskgroups.cancellation")
    @PortOf("test_taskgroups.taskgroup_22")
    void aCancellationWhileItWaitsEndsItsTasksAndGoesOn() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = cancelled(() -> taskGroup(group -> {
                    for (int i = 0; i < 5; i++) {
                        group.createTask(sleeper("task"));
                    }
                }));
                assertThat(runner.isCancelled()).isTrue();
                assertThatThrownBy(runner::await).hasMessage("from outside");
            });
        }
        assertThat(trail.entries())
                .containsExactly(
                        "task cancelled", "task cancelled", "task cancelled", "task cancelled", "task cancelled");
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_07")
    void aCancellationInTheBodyEndsItsTasksAndGoesOn() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = cancelled(() -> taskGroup(group -> {
                    group.createTask(sleeper("task"));
                    group.createTask(sleeper("task"));
                    sleeper("body").run();
                }));
                assertThat(runner.isCancelled()).isTrue();
            });
        }
        assertThat(trail.entries()).containsExactly("body cancelled", "task cancelled", "task cancelled");
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_17")
    void aCancellationInABodyWithoutTasksGoesOn() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = cancelled(() -> taskGroup(group -> {
                    sleeper("body").run();
                }));
                assertThat(runner.isCancelled()).isTrue();
            });
        }
        assertThat(trail.entries()).containsExactly("body cancelled");
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_08")
    void tasksThatFailWhileTheyAreCancelledAreThrownInstead() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = cancelled(() -> taskGroup(group -> {
                    for (int i = 0; i < 5; i++) {
                        group.createTask(() -> failInstead());
                    }
                    sleep(LONG);
                }));
                assertThat(assertFailedWith(ArithmeticException.class, runner).members())
                        .hasSize(5);
            });
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_11")
    void failuresOfAnInnerGroupAreAGroupInTheOuter() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = cancelled(() -> taskGroup(outer -> {
                    taskGroup(inner -> {
                        inner.createTask(() -> failInstead());
                        sleep(LONG);
                    });
                }));
                Throwable inner =
                        assertFailedWith(ExceptionGroup.class, runner).members().getFirst();
                assertThat(((ExceptionGroup) inner).members()).hasOnlyElementsOfType(ArithmeticException.class);
            });
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_12")
    void theOuterGroupsTasksAreCancelledBesideAFailedInnerGroup() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = cancelled(() -> taskGroup(outer -> {
                    outer.createTask(sleeper("outer task"));
                    taskGroup(inner -> {
                        inner.createTask(() -> failInstead());
                        sleep(LONG);
                    });
                }));
                Throwable inner =
                        assertFailedWith(ExceptionGroup.class, runner).members().getFirst();
                assertThat(((ExceptionGroup) inner).members()).hasOnlyElementsOfType(ArithmeticException.class);
            });
        }
        assertThat(trail.entries()).containsExactly("outer task cancelled");
    }

    /** A body that is cancelled at 100 ms, cleans up until 600, and whose task fails at 300. */
    private void failsWhileTheBodyCleansUp() {
        taskGroup(group -> {
            group.createTask(fail(300));
            try {
                sleep(LONG);
            } catch (CancelledError e) {
                sleep(millis(500));
                trail.add("cleaned up");
                throw e;
            }
        });
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_15")
    void aFailureDuringCleanUpIsThrownInsteadOfTheCancellation() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = cancelled(this::failsWhileTheBodyCleansUp);
                assertFailedWith(ArithmeticException.class, runner);
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_16")
    void anAwaiterAlsoGetsTheFailureInsteadOfTheCancellation() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> outer = cancelled(
                        () -> createTask(this::failsWhileTheBodyCleansUp).await());
                assertFailedWith(ArithmeticException.class, outer);
            });
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_18")
    void aBodyThatThrowsSomethingElseInsteadHasFailed() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = cancelled(() -> taskGroup(group -> {
                    failInstead();
                }));
                assertFailedWith(ArithmeticException.class, runner);
                assertThat(runner.cancelling()).isEqualTo(1);
            });
        }
    }

    @Test
    void howeverOftenItIsCancelledItWaitsForAllItsTasks() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = createTask(() -> taskGroup(group -> {
                    group.createTask(() -> {
                        try {
                            sleep(LONG);
                        } finally {
                            sleep(millis(500));
                            trail.add("clean");
                        }
                    });
                }));
                loop.settle();
                for (int i = 1; i <= 3; i++) {
                    runner.cancel("number " + i);
                    sleep(millis(100));
                }
                assertThat(runner.isDone()).isFalse();
                assertThatThrownBy(runner::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("number 1");
                assertThat(runner.cancelling()).isEqualTo(3);
            });
            assertThat(loop.elapsed()).isEqualTo(millis(500));
        }
        assertThat(trail.entries()).containsExactly("clean");
    }
}
