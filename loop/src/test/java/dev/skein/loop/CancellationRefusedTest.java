package dev.skein.loop;

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
import org.junit.jupiter.api.Test;

/** What a task may do with a request to cancel once it has it: clean up, refuse, fail, be asked again. */
class CancellationRefusedTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    void aFailureInTheLastStepWinsOverTheCancellation() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    thisTask().cancel();
                    throw new IllegalArgumentException("broken");
                });
                assertThatThrownBy(task::await).hasMessage("broken");
                assertThat(task.isCancelled()).isFalse();
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel_task_catching")
    void aTaskThatCatchesItAndReturnsHasRefused() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> first = loop.createFuture();
                Future<String> second = loop.createFuture();
                Task<Integer> task = createTask(() -> {
                    first.await();
                    try {
                        second.await();
                        return 1;
                    } catch (CancelledError refused) {
                        return 42;
                    }
                });
                yieldNow();
                first.setResult("x");
                yieldNow();
                task.cancel();

                assertThat(second.isCancelled()).isTrue();
                assertThat(task.await()).isEqualTo(42);
                assertThat(task.isCancelled()).isFalse();
                assertThat(task.cancelling()).isEqualTo(1);
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel_task_ignoring")
    void aTaskThatCatchesItAndGoesOnCanAwaitAgain() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> first = loop.createFuture();
                Future<String> second = loop.createFuture();
                Future<Integer> third = loop.createFuture();
                Task<Integer> task = createTask(() -> {
                    first.await();
                    try {
                        second.await();
                    } catch (CancelledError ignored) {
                        trail.add("ignored");
                    }
                    return third.await();
                });
                yieldNow();
                first.setResult("x");
                yieldNow();
                task.cancel();
                assertThat(second.isCancelled()).isTrue();
                yieldNow();
                third.setResult(42);

                assertThat(task.await()).isEqualTo(42);
                assertThat(third.isCancelled()).isFalse();
                assertThat(task.isCancelled()).isFalse();
            });
        }
        assertThat(trail.entries()).containsExactly("ignored");
    }

    @Test
    void eachRequestIsDelivered() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    for (int i = 0; i < 3; i++) {
                        try {
                            sleep(LONG);
                        } catch (CancelledError e) {
                            trail.add(e.getMessage() + " of " + thisTask().cancelling());
                        }
                    }
                });
                for (String message : new String[] {"first", "second", "third"}) {
                    yieldNow();
                    assertThat(task.cancel(message)).isTrue();
                }
                task.await();
                assertThat(task.isCancelled()).isFalse();
            });
        }
        assertThat(trail.entries()).containsExactly("first of 1", "second of 2", "third of 3");
    }

    @Test
    void twoRequestsBeforeTheTaskRunsAreDeliveredAsOneButBothCount() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    try {
                        sleep(LONG);
                    } catch (CancelledError e) {
                        trail.add(e.getMessage() + ", " + thisTask().cancelling());
                    }
                    sleep(Duration.ofSeconds(1));
                    trail.add("done");
                });
                yieldNow();
                task.cancel("first");
                task.cancel("second");
                task.await();
            });
        }
        assertThat(trail.entries()).containsExactly("first, 2", "done");
    }

    @Test
    void aFinallyThatAwaitsRunsToItsEnd() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    try {
                        sleep(LONG);
                    } finally {
                        trail.add("cleaning");
                        sleep(Duration.ofSeconds(1));
                        trail.add("clean");
                    }
                });
                yieldNow();
                task.cancel();
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                trail.add("ended");
            });
            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(1));
        }
        assertThat(trail.entries()).containsExactly("cleaning", "clean", "ended");
    }

    @Test
    void catchingExceptionDoesNotSwallowIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    try {
                        sleep(LONG);
                    } catch (Exception e) {
                        trail.add("swallowed");
                    }
                });
                yieldNow();
                task.cancel();
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_tasks.baseexception_during_cancel")
    void anErrorThrownWhileItIsCancelledIsTheTasksFailure() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                AssertionError error = new AssertionError("while cancelled");
                Task<?> task = createTask(() -> {
                    try {
                        sleep(LONG);
                    } catch (CancelledError e) {
                        throw error;
                    }
                });
                yieldNow();
                task.cancel();
                assertThat(task.isDone()).isFalse();
                yieldNow();
                assertThat(task.isDone()).isTrue();
                assertThat(task.isCancelled()).isFalse();
                assertThat(task.exception()).isSameAs(error);
            });
        }
    }
}
