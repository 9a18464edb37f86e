package dev.skein.loop;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a task is found, named and shown. */
class TaskNameTest {
    private final Trail trail = new Trail();

    @Test
    @PortOf("test_tasks.current_task")
    @PortOf("test_tasks.current_task_no_running_loop_implicit")
    void currentTaskIsTheTaskOfTheCaller() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> main = currentTask();
                Task<?> other = createTask(() -> trail.add(currentTask() == main), "other");
                loop.callSoon(() -> trail.add("in a callback " + currentTask()));
                await(() -> {
                    trail.add("in a lambda " + (currentTask() == main));
                    return 0;
                });
                other.await();
            });
        }
        assertThat(trail.entries()).containsExactly("in a lambda true", "false", "in a callback null");
        assertThatThrownBy(dev.skein.loop.Asyncio::currentTask)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no running loop");
    }

    @Test
    @PortOf("test_tasks.current_task_with_interleaving_tasks")
    void currentTaskIsRightAlsoWhenTasksTakeTurns() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Boolean> future1 = loop.createFuture();
                Future<Boolean> future2 = loop.createFuture();
                gather(
                                () -> {
                                    Task<?> me = currentTask();
                                    future1.await();
                                    trail.add(currentTask() == me);
                                    future2.setResult(true);
                                },
                                () -> {
                                    Task<?> me = currentTask();
                                    future1.setResult(true);
                                    trail.add(currentTask() == me);
                                    future2.await();
                                    trail.add(currentTask() == me);
                                })
                        .await();
            });
        }
        assertThat(trail.entries()).containsExactly("true", "true", "true");
    }

    @Test
    void allTasksAreThoseNotDoneOldestFirst() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> main = currentTask();
                Task<?> quick = createTask(() -> {}, "quick");
                Task<?> slow = createTask(() -> sleep(Duration.ofSeconds(2)), "slow");
                Task<?> slower = createTask(() -> sleep(Duration.ofSeconds(3)), "slower");
                assertThat(allTasks()).map(t -> (Object) t).containsExactly(main, quick, slow, slower);

                yieldNow();
                assertThat(allTasks()).map(t -> (Object) t).containsExactly(main, slow, slower);
                slow.await();
                assertThat(allTasks()).map(t -> (Object) t).containsExactly(main, slower);
                slower.await();
                assertThat(allTasks()).map(t -> (Object) t).containsExactly(main);
            });
        }
    }

    @Test
    @PortOf("test_tasks.bare_create_named_task")
    @PortOf("test_base_events.create_named_task_with_default_factory")
    void aTaskHasTheNameItWasGiven() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> task = createTask(() -> Thread.currentThread().getName(), "reader-7");
                assertThat(task.name()).isEqualTo("reader-7");
                assertThat(task.await()).isEqualTo("reader-7");
            });
        }
    }

    @Test
    void aTaskCanBeRenamedAndSoIsItsThread() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> task = createTask(() -> Thread.currentThread().getName(), "before");
                task.setName("after");
                assertThat(task.name()).isEqualTo("after");
                assertThat(task.await()).isEqualTo("after");
                task.setName("later still");
                assertThat(task).hasToString("Task[name=later still, result=after]");
            });
        }
    }

    @Test
    @PortOf("test_tasks.task_repr_autogenerated")
    void namesThatNobodyGaveCountUp() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<Integer> first = createTask(() -> 123);
                Task<Integer> second = createTask(() -> 123);
                gather(first, second).await();

                assertThat(first.name()).matches("Task-\\d+");
                assertThat(Long.parseLong(second.name().substring(5)))
                        .isGreaterThan(Long.parseLong(first.name().substring(5)));
            });
        }
    }

    @Test
    @PortOf("test_tasks.task_repr")
    @PortOf("test_tasks.task_repr_wait_for")
    void toStringShowsTheStateAndWhatItWaitsFor() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<String> task = createTask(future, "reader");
                trail.add(task);
                yieldNow();
                trail.add(task);
                future.setResult("abc");
                task.await();
                trail.add(task);

                Task<?> cancelled = createTask(() -> {}, "cancelled");
                cancelled.addDoneCallback(done -> {});
                trail.add(cancelled);
                cancelled.cancel();
                trail.add(cancelled);
                yieldNow();
                trail.add(cancelled);
            });
        }
        assertThat(trail.entries())
                .containsExactly(
                        "Task[name=reader, pending]",
                        "Task[name=reader, pending, waiting on Future]",
                        "Task[name=reader, result=abc]",
                        "Task[name=cancelled, pending, waiters=1]",
                        "Task[name=cancelled, cancelling, waiters=1]",
                        "Task[name=cancelled, cancelled]");
    }

    @Test
    void toStringOfTasksThatWaitForEachOtherEnds() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Task<?>> second = loop.createFuture();
                Task<?> one = createTask(() -> second.await().await(), "one");
                Task<?> two = createTask(() -> one.await(), "two");
                second.setResult(two);
                sleep(Duration.ofSeconds(1));

                assertThat(one).hasToString("Task[name=one, pending, waiters=1, waiting on Task 'two']");
                assertThat(two).hasToString("Task[name=two, pending, waiters=1, waiting on Task 'one']");
            });
        }
    }

    @Test
    @PortOf("test_futures2.recursive_repr_for_pending_tasks")
    void toStringOfATaskWhoseResultHoldsItEnds() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> all = createTask(() -> allTasks());
                all.await();
                assertThat(all.toString())
                        .startsWith("Task[name=" + all.name() + ", result=[")
                        .contains("...");
            });
        }
    }

    @Test
    @PortOf("test_tasks.get_stack")
    void stackShowsWhereTheBodyStands() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(TaskNameTest::outerFrame);
                yieldNow();
                assertThat(Arrays.stream(task.stack()).map(StackTraceElement::getMethodName))
                        .containsSubsequence("sleep", "innerFrame", "outerFrame");
                assertThat(createTask(TaskNameTest::namesOfItsOwnStack).await()).contains("namesOfItsOwnStack");
                task.await();
                assertThat(task.stack()).isEmpty();
            });
        }
    }

    @Test
    void aThreadThatLooksFromOutsideSeesWhereATaskStandsToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(TaskNameTest::innerFrame);
                assertThat(TaskStacks.isSuspended(task)).isFalse();
                yieldNow();
                assertThat(TaskStacks.isSuspended(task)).isTrue();
                assertThat(TaskStacks.seenFromOutside(task).stream().map(StackTraceElement::getMethodName))
                        .contains("innerFrame");
                assertThat(TaskStacks.isSuspended(CurrentTask.thisTask())).isFalse();
                task.await();
                assertThat(TaskStacks.isSuspended(task)).isFalse();
                assertThat(TaskStacks.seenFromOutside(task)).isEmpty();
            });
        }
    }

    private static List<String> namesOfItsOwnStack() {
        return Arrays.stream(CurrentTask.thisTask().stack())
                .map(StackTraceElement::getMethodName)
                .toList();
    }

    private static void outerFrame() {
        innerFrame();
        afterwards();
    }

    private static void innerFrame() {
        sleep(Duration.ofSeconds(1));
    }

    private static void afterwards() {}
}
