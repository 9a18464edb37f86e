package dev.skein.loop;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A task whose first step runs inside {@code createTask}. */
class EagerStartTest {
    private final TestLoop loop = new TestLoop(LoopOptions::withEagerStart);
    private final Trail trail = new Trail();

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    @PortOf("test_eager_task_factory.eager_completion")
    void aBodyThatDoesNotAwaitIsDoneWhenCreateTaskReturns() {
        String result = loop.run(() -> {
            Task<String> task = createTask(() -> "hello");
            assertThat(task.isDone()).isTrue();
            return task.await();
        });

        assertThat(result).isEqualTo("hello");
    }

    @Test
    @PortOf("test_eager_task_factory.block_after_eager_step")
    void aBodyThatAwaitsGoesOnInItsTurn() {
        loop.run(() -> {
            Task<String> task = createTask(() -> {
                trail.add("first");
                sleep(Duration.ofMillis(100));
                return "after blocking";
            });
            trail.add("creator");
            assertThat(task.isDone()).isFalse();
            assertThat(task.await()).isEqualTo("after blocking");
        });

        assertThat(trail.entries()).containsExactly("first", "creator");
        assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void nobodyElseHasATurnBetweenTheFirstStepAndTheCreator() {
        loop.run(() -> {
            loop.callSoon(() -> trail.add("callback"));
            createTask(() -> {
                trail.add("child");
                createTask(() -> {
                    trail.add("grandchild");
                    yieldNow();
                    trail.add("grandchild again");
                });
                trail.add("child on");
                yieldNow();
                trail.add("child again");
            });
            trail.add("creator");
            yieldNow();
        });

        assertThat(trail.entries())
                .containsExactly(
                        "child", "grandchild", "child on", "creator", "callback", "grandchild again", "child again");
    }

    @Test
    @PortOf("test_eager_task_factory.await_future_during_eager_step")
    void theCreatorSeesTheEffectsOfTheFirstStep() {
        String result = loop.run(() -> {
            Future<String> future = loop.createFuture();
            Task<?> task = createTask(() -> future.setResult("my message"));
            assertThat(task.isDone()).isTrue();
            return future.await();
        });

        assertThat(result).isEqualTo("my message");
    }

    @Test
    @PortOf("test_eager_task_factory.cancellation_after_eager_completion")
    void cancellingOneThatIsDoneSaysNo() {
        loop.run(() -> {
            Task<String> task = createTask(() -> "finished without blocking");
            assertThat(task.cancel()).isFalse();
            assertThat(task.await()).isEqualTo("finished without blocking");
            assertThat(task.isCancelled()).isFalse();
        });
    }

    @Test
    @PortOf("test_eager_task_factory.cancellation_after_eager_step_blocks")
    void cancellingOneThatAwaitsIsOrdinary() {
        assertThatThrownBy(() -> loop.run(() -> {
                    Task<?> task = createTask(() -> sleep(Duration.ofMillis(100)));
                    task.cancel("cancellation message");
                    assertThat(task.cancelling()).isEqualTo(1);
                    task.await();
                }))
                .isInstanceOf(CancelledError.class)
                .hasMessage("cancellation message");
    }

    @Test
    @PortOf("test_eager_task_factory.current_task")
    void anEagerTaskIsTheCurrentTaskInItsOwnStepsOnly() {
        loop.run(() -> {
            Task<?> main = CurrentTask.thisTask();
            AtomicReference<Task<?>> captured = new AtomicReference<>();
            Task<?> task = createTask(() -> {
                captured.set(CurrentTask.thisTask());
                sleep(Duration.ofMillis(100));
                assertThat(currentTask()).isSameAs(captured.get());
            });
            assertThat(captured.get()).isSameAs(task);
            assertThat(currentTask()).isSameAs(main);
            task.await();
        });
    }

    @Test
    @PortOf("test_eager_task_factory.all_tasks_with_eager_completion")
    void allTasksHasItDuringItsFirstStepAndNotAfterItsEnd() {
        loop.run(() -> {
            AtomicReference<Iterable<Task<?>>> during = new AtomicReference<>();
            Task<?> task = createTask(() -> during.set(allTasks()));
            assertThat(during.get()).contains(task);
            assertThat(allTasks()).doesNotContain(task);
        });
    }

    @Test
    @PortOf("test_eager_task_factory.all_tasks_with_blocking")
    void allTasksHasOneThatAwaitsUntilItIsDone() {
        loop.run(() -> {
            AtomicReference<Iterable<Task<?>>> during = new AtomicReference<>();
            Future<String> goOn = loop.createFuture();
            Future<String> done = loop.createFuture();
            Task<?> task = createTask(() -> {
                during.set(allTasks());
                goOn.await();
                done.setResult("done");
            });
            assertThat(during.get()).contains(task);
            assertThat(allTasks()).contains(task);
            goOn.setResult("go on");
            done.await();
            assertThat(allTasks()).doesNotContain(task);
        });
    }

    @Test
    @PortOf("test_eager_task_factory.context_vars")
    void anEagerTaskInheritsThreadLocalsAndKeepsItsOwn() {
        InheritableThreadLocal<Integer> local = new InheritableThreadLocal<>();
        loop.run(() -> {
            local.set(1);
            Task<?> task = createTask(() -> {
                assertThat(local.get()).isEqualTo(1);
                local.set(2);
                trail.add("first step");
                sleep(Duration.ofMillis(100));
                assertThat(local.get()).isEqualTo(2);
                local.set(3);
                trail.add("second step " + local.get());
            });
            assertThat(trail.entries()).containsExactly("first step");
            assertThat(local.get()).isEqualTo(1);
            task.await();
            assertThat(local.get()).isEqualTo(1);
        });

        assertThat(trail.entries()).containsExactly("first step", "second step 3");
    }

    @Test
    @PortOf("test_eager_task_factory.eager_start_false")
    void oneTaskOfAnEagerLoopCanStartInItsTurn() {
        loop.run(() -> {
            Task<?> task = createTask(
                    () -> trail.add(CurrentTask.thisTask().name()),
                    o -> o.withEagerStart(false).withName("example"));
            assertThat(task.isDone()).isFalse();
            assertThat(trail.entries()).isEmpty();
            task.await();
        });

        assertThat(trail.entries()).containsExactly("example");
    }

    @Test
    @PortOf("test_eager_task_factory.name")
    void anEagerTaskKnowsItsNameInItsFirstStep() {
        loop.run(() -> {
            createTask(() -> trail.add(CurrentTask.thisTask().name()), "test name");
            assertThat(trail.entries()).containsExactly("test name");
        });
    }

    @Test
    @PortOf("test_eager_task_factory.issue122332")
    void oneThatIsDoneHasNoStackAndLetsGoOfItsBody() {
        List<WeakReference<Object>> used = new ArrayList<>();
        Task<?> done = loop.run(() -> {
            Task<?> task = usingAnObject(used);
            assertThat(task.stack()).isEmpty();
            task.await();
            assertThat(task.stack()).isEmpty();
            return task;
        });
        Await.until("what the body used is collected", () -> {
            System.gc();
            return used.getFirst().refersTo(null);
        });
        assertThat(done.name()).as("is still here").isNotEmpty();
    }

    private Task<?> usingAnObject(List<WeakReference<Object>> used) {
        Object object = new Object();
        used.add(new WeakReference<>(object));
        return createTask(() -> object.hashCode());
    }

    @Test
    @PortOf("test_eager_task_factory.awaitables_chain")
    void aLambdaThatIsAwaitedIsNoTaskSoMainAloneIsMade() {
        loop.loop().runUntilComplete(() -> loop.loop().onTaskCreated(trail::add));
        int depth = loop.run(() -> depthOf(100));

        assertThat(depth).isEqualTo(100);
        assertThat(trail.entries()).hasSize(1);
    }

    private static int depthOf(int depth) {
        return depth == 0 ? 0 : 1 + await(() -> depthOf(depth - 1));
    }

    @Test
    @PortOf("test_eager_task_factory.recursive_gather")
    void aGatherOfWhatDoesNotAwaitTakesNoTurnOfTheLoop() {
        List<Task<?>> tasks = new ArrayList<>();
        loop.run(() -> {
            loop.loop().onTaskCreated(tasks::add);
            loop.callSoon(() -> trail.add("a turn"));
            recursiveGather(5, 4);
            assertThat(trail.entries()).isEmpty();
            assertThat(tasks).hasSize(780).allMatch(Task::isDone);
        });
    }

    private static void recursiveGather(int width, int depth) {
        if (depth > 0) {
            List<Awaitable<Integer>> children = new ArrayList<>();
            for (int i = 0; i < width; i++) {
                children.add(() -> {
                    recursiveGather(width, depth - 1);
                    return depth;
                });
            }
            gather(children).await();
        }
    }

    @Test
    @PortOf("test_eager_task_factory.recursive_taskgroups")
    void groupsWithinGroupsEndAsTheyDoWithoutEagerTasks() {
        List<Task<?>> tasks = new ArrayList<>();
        loop.run(() -> {
            loop.loop().onTaskCreated(tasks::add);
            recursiveGroups(5, 4);
            assertThat(tasks).hasSize(780).allMatch(Task::isDone);
        });
    }

    private static void recursiveGroups(int width, int depth) throws Exception {
        if (depth > 0) {
            taskGroup(group -> {
                for (int i = 0; i < width; i++) {
                    group.createTask(() -> recursiveGroups(width, depth - 1));
                }
            });
        }
    }
}
