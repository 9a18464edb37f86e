package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.withTaskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks that begin and end within one body: who runs when, who may join, and until when. */
class TaskGroupTest extends TaskGroupFixture {
    private static Awaitable<Integer> after(int millis, int result) {
        return () -> {
            sleep(millis(millis));
            return result;
        };
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_01")
    void allItsTasksHaveEndedWhenItReturns() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<Task<Integer>> tasks = new ArrayList<>();
                taskGroup(group -> {
                    tasks.add(group.createTask(after(100, 42)));
                    tasks.add(group.createTask(after(200, 11)));
                });
                assertThat(tasks).extracting(Task::result).containsExactly(42, 11);
            });
            assertThat(loop.elapsed()).isEqualTo(millis(200));
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_02")
    void aTaskCanJoinWhileOthersRun() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<Task<Integer>> tasks = new ArrayList<>();
                taskGroup(group -> {
                    tasks.add(group.createTask(after(100, 42)));
                    sleep(millis(150));
                    tasks.add(group.createTask(after(200, 11)));
                });
                assertThat(tasks).extracting(Task::result).containsExactly(42, 11);
            });
            assertThat(loop.elapsed()).isEqualTo(millis(350));
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_03")
    void aTaskThatIsOnlyCancelledHasNotFailed() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<Task<Integer>> tasks = new ArrayList<>();
                taskGroup(group -> {
                    tasks.add(group.createTask(after(1000, 42)));
                    sleep(millis(150));
                    tasks.getFirst().cancel();
                    tasks.add(group.createTask(after(200, 11)));
                });
                assertThat(tasks.getFirst().isCancelled()).isTrue();
                assertThat(tasks.getLast().result()).isEqualTo(11);
            });
        }
    }

    @Test
    void aGroupReturnsWhatItsBodyReturns() {
        try (TestLoop loop = new TestLoop()) {
            String all = loop.run(() -> withTaskGroup(group -> {
                Task<String> a = group.createTask(() -> "a");
                Task<String> b = group.createTask(() -> "b");
                return a.await() + b.await();
            }));
            assertThat(all).isEqualTo("ab");
        }
    }

    @Test
    void theBodyOfAGroupRunsInTheCallersTaskAndAtOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> caller = thisTask();
                taskGroup(group -> {
                    assertThat(thisTask()).isSameAs(caller);
                    trail.add("body");
                });
                trail.add("after");
            });
        }
        assertThat(trail.entries()).containsExactly("body", "after");
    }

    @Test
    void withoutTasksItTakesNoTurnOfTheLoop() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> trail.add("next round"));
                taskGroup(group -> {});
                trail.add("returned");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("returned", "next round");
    }

    @Test
    void ofATaskThatEndsInItsFirstStepItReturnsTwoRoundsLater() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> rounds = createTask(() -> {
                    for (int i = 1; i < 10; i++) {
                        yieldNow();
                        trail.add(i);
                    }
                });
                taskGroup(group -> {
                    group.createTask(() -> trail.add("task"));
                });
                trail.add("returned");
                rounds.cancel();
            });
        }
        assertThat(trail.entries()).containsExactly("task", "1", "2", "returned");
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_23")
    void aGroupForgetsEachTaskThatHasEnded() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> taskGroup(group -> {
                for (int i = 0; i < 10; i++) {
                    sleep(millis(100));
                    group.createTask(after(299, i));
                    if (i == 5) {
                        assertThat(group).hasToString("TaskGroup[open, tasks=3]");
                    }
                }
                sleep(millis(1350));
                assertThat(group).hasToString("TaskGroup[open, tasks=0]");
            }));
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_24")
    void tasksCanAddToTheirGroupWhileItWaits() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                taskGroup(group -> {
                    group.createTask(() -> {
                        sleep(millis(100));
                        group.createTask(after(100, 1));
                        group.createTask(after(200, 2));
                    });
                });
            });
            assertThat(loop.elapsed()).isEqualTo(millis(300));
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_task_name")
    @PortOf("test_taskgroups.name")
    void aTaskCanHaveAName() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> taskGroup(group -> {
                Task<?> yolo = group.createTask(() -> trail.add(thisTask().name()), "yolo");
                assertThat(yolo.name()).isEqualTo("yolo");
                Task<String> named = group.createTask(() -> thisTask().name(), "example name");
                assertThat(named.await()).isEqualTo("example name");
            }));
        }
        assertThat(trail.entries()).containsExactly("yolo");
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_finished")
    @PortOf("test_taskgroups.coro_closed_when_tg_closed")
    void afterItsEndNobodyCanJoinAndTheRefusedNeverRuns() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                TaskGroup finished = withTaskGroup(group -> {
                    return group;
                });
                assertThatIllegalStateException()
                        .isThrownBy(() -> finished.createTask(() -> trail.add("ran")))
                        .withMessage("TaskGroup[finished, tasks=0] is finished: create its tasks in its body, or in its"
                                + " tasks while they run");
                assertThatIllegalStateException().isThrownBy(() -> finished.createTask(after(0, 1), "late"));
                sleep(millis(1));
                assertThat(loop.loop().allTasks()).hasSize(1);
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void betweenTheEndOfTheLastTaskAndTheReturnItIsFinished() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> taskGroup(group -> {
                Task<?> last = group.createTask(() -> {});
                last.addDoneCallback(done -> {
                    trail.add(group);
                    trail.add(catchThrowable(() -> group.createTask(() -> {})).getClass());
                });
            }));
        }
        assertThat(trail.entries())
                .containsExactly("TaskGroup[finished, tasks=0]", "class java.lang.IllegalStateException");
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_without_parent_task")
    void outsideACoroutineItIsRefused() {
        String refusal =
                "taskGroup() outside a coroutine: start one with run(...) or createTask(...), and call it there";
        assertThatIllegalStateException()
                .isThrownBy(() -> taskGroup((TaskGroup group) -> trail.add("ran")))
                .withMessage(refusal);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Throwable> caught = loop.createFuture();
                loop.callSoon(
                        () -> caught.setResult(catchThrowable(() -> taskGroup((TaskGroup group) -> trail.add("ran")))));
                assertThat(caught.await())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(refusal);
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void anotherThreadIsRefused() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> taskGroup(group -> {
                Throwable[] thrown = new Throwable[2];
                toThread(() -> {
                    thrown[0] = catchThrowable(() -> group.createTask(() -> trail.add("ran")));
                    thrown[1] = catchThrowable(group::cancel);
                    return 0;
                });
                assertThat(thrown).allSatisfy(t -> assertThat(t).isInstanceOf(WrongThreadException.class));
            }));
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake itself
    void nullIsRefused() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> taskGroup((TaskGroup.VoidBody) null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("body");
                assertThatThrownBy(() -> withTaskGroup((TaskGroup.Body<String>) null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("body");
                taskGroup(group -> {
                    assertThatThrownBy(() -> group.createTask((Awaitable<String>) null))
                            .isInstanceOf(NullPointerException.class)
                            .hasMessage("body");
                    assertThatThrownBy(() -> group.createTask((Action) null)).isInstanceOf(NullPointerException.class);
                });
            });
        }
    }

    @Test
    void theCallerOfAGroupShowsThatItWaitsForIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> parent = createTask(
                        () -> taskGroup(group -> {
                            group.createTask(() -> sleep(millis(5)), "child");
                        }),
                        "parent");
                yieldNow();
                assertThat(parent).hasToString("Task[name=parent, pending, waiting on TaskGroup]");
                parent.await();
            });
        }
    }
}
