package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** When a request to cancel arrives in a task: before its first step, in an await, between two, at its end. */
class CancellationTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    void cancelBeforeTheFirstStepNeverRunsTheBody() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    try {
                        trail.add("body");
                    } finally {
                        trail.add("finally");
                    }
                });
                trail.add(task.cancel());
                trail.add(task.isCancelled());
                yieldNow();
                trail.add(task.isCancelled());
            });
        }
        assertThat(trail.entries()).containsExactly("true", "false", "true");
    }

    @Test
    @PortOf("test_tasks.cancel_with_message_before_starting_task")
    void cancelBeforeTheFirstStepKeepsTheMessage() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> sleep(LONG));
                task.cancel("my message");
                assertThatThrownBy(task::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("my message");
                assertThatThrownBy(task::exception).hasMessage("my message");
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel")
    @PortOf("test_tasks.task_cancel_sleeping_task")
    void cancelEndsASleepAtOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> sleeper = createTask(() -> {
                    sleep(LONG);
                    trail.add("slept");
                });
                loop.callLater(Duration.ofMillis(100), sleeper::cancel);

                assertThatThrownBy(sleeper::await).isInstanceOf(CancelledError.class);
                assertThat(sleeper.isDone()).isTrue();
                assertThat(sleeper.isCancelled()).isTrue();
                assertThat(sleeper.cancel()).isFalse();
                assertThat(sleeper.cancelling()).isEqualTo(1);
            });
            assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(100));
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_tasks.cancel_yield")
    void cancelArrivesInAYield() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    try {
                        yieldNow();
                        trail.add("first");
                        yieldNow();
                        trail.add("second");
                    } catch (CancelledError e) {
                        trail.add("cancelled");
                        throw e;
                    }
                });
                yieldNow();
                task.cancel();
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                assertThat(task.isDone()).isTrue();
                assertThat(task.isCancelled()).isTrue();
                assertThat(task.cancel()).isFalse();
            });
        }
        assertThat(trail.entries()).containsExactly("cancelled");
    }

    @Test
    @PortOf("test_tasks.cancel_at_end")
    void cancelInTheLastStepWinsOverTheResult() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<Integer> task = createTask(() -> {
                    thisTask().cancel("at the end");
                    return 12;
                });
                assertThatThrownBy(task::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("at the end");
                assertThat(task.isCancelled()).isTrue();
                assertThat(task.cancel()).isFalse();
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel_current_task")
    void aTaskThatCancelsItselfGoesOnToItsNextAwait() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    thisTask().cancel();
                    trail.add("still here");
                    sleep(LONG);
                    trail.add("slept");
                });
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                assertThat(task.isCancelled()).isTrue();
                assertThat(task.cancel()).isFalse();
            });
            assertThat(loop.elapsed()).isZero();
        }
        assertThat(trail.entries()).containsExactly("still here");
    }

    @Test
    void awaitingWhatIsDoneDoesNotDeliverACancellation() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> done = loop.createFuture();
                done.setResult("x");
                Task<?> task = createTask(() -> {
                    thisTask().cancel();
                    trail.add(done.await());
                    yieldNow();
                    trail.add("never");
                });
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
            });
        }
        assertThat(trail.entries()).containsExactly("x");
    }

    @Test
    void aResultThatIsReadyIsLostToATaskThatIsCancelledThen() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<String> task = createTask(future);
                yieldNow();
                future.setResult("x");

                assertThat(task.cancel()).isTrue();
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                assertThat(task.isCancelled()).isTrue();
                assertThat(future.result()).isEqualTo("x");
            });
        }
    }

    @Test
    void aBodyThatThrowsItByItselfEndsAsCancelled() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CancelledError own = new CancelledError("my own");
                Task<?> task = createTask(() -> {
                    throw own;
                });
                assertThatThrownBy(task::await).isSameAs(own);
                assertThat(task.isCancelled()).isTrue();
                assertThat(task.cancelling()).isZero();
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel_traceback_for_future_result")
    @PortOf("test_tasks.cancel_traceback_for_future_exception")
    void theErrorShowsTheLineThatWasCancelled() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(CancellationTest::sleepLong);
                yieldNow();
                task.cancel();
                yieldNow();
                assertThatThrownBy(task::result).satisfies(CancellationTest::showsTheSleep);
                assertThatThrownBy(task::exception).satisfies(CancellationTest::showsTheSleep);
                assertThatThrownBy(() -> await(task)).satisfies(CancellationTest::showsTheSleep);
            });
        }
    }

    private static void sleepLong() {
        sleep(LONG);
    }

    private static void showsTheSleep(Throwable error) {
        assertThat(Arrays.stream(error.getStackTrace()).map(StackTraceElement::getMethodName))
                .contains("sleepLong");
    }
}
