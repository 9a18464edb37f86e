package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import dev.skein.loop.TimeoutException;
import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A queue's waiters that are cancelled: no item is lost, the next is woken, nobody stays in the queue. */
class QueueCancelTest {
    private final TestLoop loop = new TestLoop();
    private final Queue<String> queue = new Queue<>();
    private final Queue<String> one = new Queue<>(1);

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private static void assertCancelled(Task<?> task) {
        assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
        assertThat(task.isCancelled()).isTrue();
    }

    @Test
    @PortOf("test_queues.get_cancelled_race")
    void anItemGoesToTheNextIfTheFirstWasCancelled() {
        loop.run(() -> {
            Task<?> first = createTask(() -> queue.get());
            Task<String> second = createTask(() -> queue.get());
            yieldNow();
            first.cancel();
            yieldNow();
            assertThat(first.isDone()).isTrue();
            queue.put("a");
            yieldNow();
            assertThat(second.result()).isEqualTo("a");
        });
    }

    @Test
    @PortOf("test_queues.cancelled_getters_not_being_held_in_self_getters")
    void aGetterThatTimesOutLeaves() {
        loop.run(() -> {
            assertThatThrownBy(() -> waitFor(() -> queue.get(), Duration.ofMillis(100)))
                    .isInstanceOf(TimeoutException.class);
            assertThat(queue).hasToString("Queue[size=0]");
        });
    }

    @Test
    @PortOf("test_queues.get_cancel_drop_one_pending_reader")
    void anItemThatACancelledGetterWasWokenForStays() {
        loop.run(() -> {
            Task<?> getter = createTask(() -> queue.get());
            yieldNow();
            queue.putNowait("1");
            queue.putNowait("2");
            getter.cancel();
            assertCancelled(getter);
            assertThat(queue.get()).isEqualTo("1");
        });
    }

    @Test
    @PortOf("test_queues.get_cancel_drop_many_pending_readers")
    void aWokenGetterThatIsCancelledWakesTheNext() {
        loop.run(() -> {
            Task<?> first = createTask(() -> queue.get());
            Task<String> second = createTask(() -> queue.get());
            Task<String> third = createTask(() -> queue.get());
            yieldNow();
            queue.putNowait("1");
            queue.putNowait("2");
            first.cancel();
            assertCancelled(first);
            third.await();
            assertThat(gather(second, third).await()).containsExactlyInAnyOrder("1", "2");
        });
    }

    @Test
    @PortOf("test_queues.put_cancel_drop")
    void aPutThatIsCancelledCanBeTriedAgain() {
        loop.run(() -> {
            one.putNowait("1");
            Task<?> putter = createTask(() -> one.put("2"));
            yieldNow();
            assertThat(one.getNowait()).isEqualTo("1");
            putter.cancel();
            assertCancelled(putter);
            assertThat(one.isEmpty()).isTrue();
            one.put("2");
            assertThat(one.getNowait()).isEqualTo("2");
            assertThat(one.size()).isZero();
        });
    }

    @Test
    @PortOf("test_queues.put_cancelled")
    void aPutThatNeedNotWaitIsDoneBeforeItsItemIsTaken() {
        loop.run(() -> {
            Task<Boolean> putter = createTask(() -> {
                queue.put("1");
                return true;
            });
            assertThat(queue.get()).isEqualTo("1");
            assertThat(putter.result()).isTrue();
        });
    }

    @Test
    @PortOf("test_queues.put_cancelled_race")
    void roomGoesToTheNextIfAnotherWasCancelled() {
        loop.run(() -> {
            Task<?> a = createTask(() -> one.put("a"));
            Task<?> b = createTask(() -> one.put("b"));
            Task<?> c = createTask(() -> one.put("X"));
            yieldNow();
            assertThat(a.isDone()).isTrue();
            assertThat(b.isDone()).isFalse();
            c.cancel();
            yieldNow();
            assertThat(c.isDone()).isTrue();
            assertThat(one.getNowait()).isEqualTo("a");
            yieldNow();
            assertThat(one.getNowait()).isEqualTo("b");
            b.await();
        });
    }

    @Test
    void aWokenPutterThatIsCancelledWakesTheNext() {
        loop.run(() -> {
            one.put("a");
            Task<?> b = createTask(() -> one.put("b"));
            Task<?> c = createTask(() -> one.put("c"));
            yieldNow();
            assertThat(one.getNowait()).isEqualTo("a");
            b.cancel();
            c.await();
            assertThat(b.isCancelled()).isTrue();
            assertThat(one.getNowait()).isEqualTo("c");
        });
    }

    @Test
    @PortOf("test_queues.cancelled_puts_not_being_held_in_self_putters")
    void aCancelledPutterLeaves() {
        loop.run(() -> {
            one.putNowait("1");
            Task<?> putter = createTask(() -> one.put("2"));
            yieldNow();
            assertThat(one).hasToString("Queue[size=1, capacity=1, putters=1, unfinished=1]");
            putter.cancel();
            assertCancelled(putter);
            assertThat(one).hasToString("Queue[size=1, capacity=1, unfinished=1]");
        });
    }

    @Test
    @PortOf("test_queues.cancelled_put_silence_value_error_exception")
    void aPutterThatWasWokenIsCancelledAllTheSame() {
        loop.run(() -> {
            one.putNowait("1");
            Task<?> putter = createTask(() -> one.put("2"));
            yieldNow();
            one.getNowait();
            putter.cancel();
            assertCancelled(putter);
            assertThat(one.isEmpty()).isTrue();
        });
    }
}
