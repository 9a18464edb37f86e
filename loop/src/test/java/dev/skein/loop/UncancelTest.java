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

/** The count of requests to cancel, and how code takes back those that it asked for itself. */
class UncancelTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_tasks.cancelling")
    void everyRequestCounts() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> sleep(LONG));
                assertThat(task.cancelling()).isZero();
                assertThat(task.toString()).doesNotContain("cancelling");
                assertThat(task.cancel()).isTrue();
                assertThat(task.cancelling()).isEqualTo(1);
                assertThat(task.toString()).contains(", cancelling");
                assertThat(task.cancel()).isTrue();
                assertThat(task.cancelling()).isEqualTo(2);
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Test
    @PortOf("test_tasks.uncancel_basic")
    void aTaskThatTookItsRequestBackCanBeCancelledAnew() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    try {
                        sleep(LONG);
                    } catch (CancelledError e) {
                        thisTask().uncancel();
                        sleep(LONG);
                    }
                });
                yieldNow();
                assertThat(task.cancel()).isTrue();
                assertThat(task.cancelling()).isEqualTo(1);
                assertThat(task.toString()).contains(", cancelling");
                yieldNow();
                assertThat(task.toString()).doesNotContain("cancelling");
                assertThat(task.cancelling()).isZero();
                assertThat(task.isDone()).isFalse();

                assertThat(task.cancel()).isTrue();
                assertThat(task.cancelling()).isEqualTo(1);
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                assertThat(task.isCancelled()).isTrue();

                task.uncancel();
                assertThat(task.isCancelled()).isTrue();
                assertThat(task.isDone()).isTrue();
            });
        }
    }

    @Test
    @PortOf("test_tasks.uncancel_structured_blocks")
    void aBlockCanBeTimedOutWithoutATraceInTheCodeAroundIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> timedOut = createTask(() -> requestWithTimeout(LONG, Duration.ofMillis(100)), "slow");
                timedOut.await();
                assertThat(timedOut.cancelling()).isZero();
                Task<?> inTime = createTask(() -> requestWithTimeout(Duration.ZERO, LONG), "fast");
                inTime.await();
                assertThat(inTime.cancelling()).isZero();
            });
        }
        assertThat(trail.entries()).containsExactly("slow timed out", "slow goes on", "fast finished", "fast goes on");
    }

    /** What a timeout does, in short: cancel, and take that back where the block is left. */
    private void requestWithTimeout(Duration length, Duration timeout) {
        Task<?> me = thisTask();
        boolean[] expired = new boolean[1];
        TimerHandle timer = me.loop().callLater(timeout, () -> {
            expired[0] = true;
            me.cancel();
        });
        try {
            sleep(length);
            trail.add(me.name() + " finished");
        } catch (CancelledError e) {
            if (!expired[0] || me.uncancel() > 0) {
                throw e;
            }
            trail.add(me.name() + " timed out");
        } finally {
            timer.cancel();
        }
        yieldNow();
        trail.add(me.name() + " goes on");
    }

    @Test
    @PortOf("test_tasks.uncancel_resets_must_cancel")
    void takingBackTheLastRequestForgetsOneThatWasNotDelivered() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<Integer> task = createTask(() -> {
                    future.await();
                    return 42;
                });
                yieldNow();
                future.setResult("x");
                task.cancel();
                assertThat(task.cancelling()).isEqualTo(1);
                assertThat(task.uncancel()).isZero();
                assertThat(task.await()).isEqualTo(42);
            });
        }
    }

    @Test
    void takingBackOneOfTwoDoesNotForget() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<String> task = createTask(future);
                yieldNow();
                future.setResult("x");
                task.cancel();
                task.cancel();
                assertThat(task.uncancel()).isEqualTo(1);
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Test
    void takenBackBeforeTheFirstStepTheBodyRuns() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> task = createTask(() -> "ran");
                task.cancel();
                task.uncancel();
                assertThat(task.await()).isEqualTo("ran");
            });
        }
    }

    @Test
    void theCountDoesNotGoBelowZero() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> me = thisTask();
                assertThat(me.uncancel()).isZero();
                assertThat(me.uncancel()).isZero();
                me.cancel();
                assertThat(me.cancelling()).isEqualTo(1);
                assertThat(me.uncancel()).isZero();
                yieldNow();
            });
        }
    }
}
