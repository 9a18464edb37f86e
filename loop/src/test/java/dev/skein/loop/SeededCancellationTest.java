package dev.skein.loop;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What cancellation promises whatever the order of the coroutines: some programs, with a thousand seeds. Several tasks of
 * each are ready in the same round, so that the seeds do make a difference.
 */
@Execution(ExecutionMode.CONCURRENT)
class SeededCancellationTest {
    private static final int SEEDS = 1_000;
    private static final Duration LONG = Duration.ofHours(1);

    /** How many are still inside a body. */
    private int inside;

    private void stay(Action body) throws Exception {
        inside++;
        try {
            body.run();
        } finally {
            // Whatever takes time to end is awaited too.
            yieldNow();
            inside--;
        }
    }

    private static void assertCancelled(Future<?> future) {
        assertThatThrownBy(future::await).isInstanceOf(CancelledError.class);
        assertThat(future.isCancelled()).isTrue();
    }

    @Test
    void theProgramsEndTheSameWithEachSeed() {
        TestLoop.forEachSeed(SEEDS, loop -> {
            loop.run(this::eachTaskThatIsCancelledEndsCancelledWhereverItStands);
            loop.run(this::aRequestGoesDownAChainOfTasksAndAllOfItEnds);
            loop.run(this::aResultAndARequestInTheSameRoundLeaveOneOfTheTwo);
            loop.run(this::oneThatRefusesGoesOnAndIsCancelledByTheNextRequest);
            loop.run(this::aGatherThatIsCancelledEndsWhenItsChildrenHave);
            loop.run(this::whatIsCancelledBeforeItsFirstStepNeverRuns);
            loop.run(this::leaveTasksForClose);
            loop.close();
            assertThat(inside).isZero();
        });
    }

    private void eachTaskThatIsCancelledEndsCancelledWhereverItStands() throws Exception {
        Future<String> never = Loop.current().createFuture();
        Task<?> sleeper = createTask(() -> stay(() -> sleep(LONG)));
        Task<?> waiter = createTask(() -> stay(never::await));
        Task<?> yielder = createTask(() -> stay(() -> {
            while (true) {
                yieldNow();
            }
        }));
        Task<?> gatherer = createTask(() -> stay(() ->
                gather(() -> stay(() -> sleep(LONG)), Asyncio::yieldNow).await()));
        yieldNow();
        yieldNow();
        List<Task<?>> all = List.of(sleeper, waiter, yielder, gatherer);
        for (Task<?> task : all) {
            createTask(() -> task.cancel());
        }
        for (Task<?> task : all) {
            assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
            assertThat(task.cancelling()).isEqualTo(1);
        }
        assertThat(never.isCancelled()).isTrue();
        while (allTasks().size() > 1) {
            yieldNow();
        }
        assertThat(inside).isZero();
    }

    private void aRequestGoesDownAChainOfTasksAndAllOfItEnds() throws Exception {
        List<Task<?>> chain = new ArrayList<>();
        chain.add(createTask(() -> stay(() -> sleep(LONG))));
        for (int i = 1; i < 5; i++) {
            Task<?> inner = chain.getLast();
            chain.add(createTask(() -> stay(inner::await)));
        }
        yieldNow();
        yieldNow();
        chain.getLast().cancel("down");
        for (Task<?> task : chain) {
            assertCancelled(task);
        }
        assertThat(inside).isZero();
    }

    private void aResultAndARequestInTheSameRoundLeaveOneOfTheTwo() throws Exception {
        Future<String> future = Loop.current().createFuture();
        Task<String> waiter = createTask(future);
        yieldNow();
        createTask(() -> {
            if (!future.isDone()) {
                future.setResult("result");
            }
        });
        createTask(() -> waiter.cancel());
        assertCancelled(waiter);
        assertThat(future.isDone()).isTrue();
    }

    private void oneThatRefusesGoesOnAndIsCancelledByTheNextRequest() throws Exception {
        Task<?> stubborn = createTask(() -> {
            try {
                sleep(LONG);
            } catch (CancelledError refused) {
                CurrentTask.thisTask().uncancel();
            }
            sleep(LONG);
        });
        Task<?> outer = createTask(() -> stubborn.await());
        yieldNow();
        yieldNow();
        outer.cancel();
        yieldNow();
        yieldNow();
        assertThat(outer.isDone()).isFalse();
        assertThat(stubborn.isDone()).isFalse();
        outer.cancel();
        assertCancelled(outer);
        assertThat(stubborn.isCancelled()).isTrue();
    }

    private void aGatherThatIsCancelledEndsWhenItsChildrenHave() throws Exception {
        Task<String> a = createTask(() -> {
            stay(() -> sleep(LONG));
            return "a";
        });
        Task<String> b = createTask(() -> "b");
        Task<String> c = createTask(() -> {
            stay(() -> sleep(LONG));
            return "c";
        });
        Future<List<String>> all = gather(a, b, c);
        yieldNow();
        yieldNow();
        all.cancel();
        assertThatThrownBy(all::await).isInstanceOf(CancelledError.class);
        assertCancelled(a);
        assertCancelled(c);
        assertThat(b.await()).isEqualTo("b");
        assertThat(inside).isZero();
    }

    private void whatIsCancelledBeforeItsFirstStepNeverRuns() throws Exception {
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tasks.add(createTask(() -> stay(() -> {})));
        }
        tasks.forEach(Task::cancel);
        for (Task<?> task : tasks) {
            assertCancelled(task);
        }
        assertThat(inside).isZero();
    }

    private void leaveTasksForClose() {
        for (int i = 0; i < 3; i++) {
            createTask(() -> stay(() -> sleep(LONG)));
            createTask(() ->
                    stay(() -> createTask(() -> stay(() -> sleep(LONG))).await()));
        }
        yieldNow();
        yieldNow();
    }
}
