package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes into a queue and comes out of it, and who waits for that. */
class QueueTest {
    private static final Duration MOMENT = Duration.ofMillis(10);

    private final TestLoop loop = new TestLoop();
    private final Trail trail = new Trail();

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    @SafeVarargs
    private static <T> List<T> throughQueue(Queue<T> queue, T... items) {
        for (T item : items) {
            queue.put(item);
        }
        return IntStream.range(0, items.length).mapToObj(i -> queue.get()).toList();
    }

    @Test
    @PortOf("test_queues.repr")
    @PortOf("test_queues.str")
    @PortOf("test_queues._QueueJoinTestMixin.format")
    @PortOf("test_queues._QueueShutdownTestMixin.format")
    void aQueueShowsWhatIsNotAsInANewOne() {
        Queue<Integer> queue = new Queue<>(1);
        assertThat(new Queue<>()).hasToString("Queue[size=0]");
        assertThat(new PriorityQueue<>(3)).hasToString("PriorityQueue[size=0, capacity=3]");
        loop.run(() -> {
            Task<?> getter = createTask(() -> queue.get());
            yieldNow();
            assertThat(queue).hasToString("Queue[size=0, capacity=1, getters=1]");
            assertThat(getter.toString()).contains("waiting on Queue.get");
            queue.putNowait(1);
            getter.await();

            queue.putNowait(2);
            Task<?> putter = createTask(() -> queue.put(3));
            yieldNow();
            assertThat(queue).hasToString("Queue[size=1, capacity=1, putters=1, unfinished=2]");
            assertThat(putter.toString()).contains("waiting on Queue.put");
            queue.getNowait();
            putter.await();
            Task<?> joiner = createTask(queue::join);
            yieldNow();
            assertThat(joiner.toString()).contains("waiting on Queue.join");
            queue.shutdown();
            assertThat(queue).hasToString("Queue[size=1, capacity=1, unfinished=3, shut down]");
            queue.shutdownNow();
            queue.taskDone();
            queue.taskDone();
            assertThat(queue).hasToString("Queue[size=0, capacity=1, shut down]");
            joiner.await();
        });
    }

    @Test
    @PortOf("test_queues.empty")
    void aQueueIsEmptyUntilSomethingIsPut() {
        Queue<Integer> queue = new Queue<>();
        loop.run(() -> {
            assertThat(queue.isEmpty()).isTrue();
            queue.put(1);
            assertThat(queue.isEmpty()).isFalse();
            assertThat(queue.size()).isEqualTo(1);
            assertThat(queue.get()).isEqualTo(1);
            assertThat(queue.isEmpty()).isTrue();
        });
    }

    @Test
    @PortOf("test_queues.full")
    void aQueueIsFullAtItsCapacityAndNeverWithoutOne() {
        Queue<Integer> unbounded = new Queue<>(-1);
        Queue<Integer> one = new Queue<>(1);
        loop.run(() -> {
            unbounded.put(1);
            assertThat(unbounded.isFull()).isFalse();
            assertThat(one.isFull()).isFalse();
            one.put(1);
            assertThat(one.isFull()).isTrue();
        });
    }

    @Test
    @PortOf("test_queues.QueueBasicTests.order")
    @PortOf("test_queues.LifoQueueTests.order")
    @PortOf("test_queues.PriorityQueueTests.order")
    void eachKindOfQueueHasItsOrder() {
        loop.run(() -> {
            assertThat(throughQueue(new Queue<>(), 1, 3, 2)).containsExactly(1, 3, 2);
            assertThat(throughQueue(new LifoQueue<>(), 1, 3, 2)).containsExactly(2, 3, 1);
            assertThat(throughQueue(new PriorityQueue<>(), 1, 3, 2)).containsExactly(1, 2, 3);
            assertThat(throughQueue(new PriorityQueue<>(Comparator.reverseOrder()), 1, 3, 2))
                    .containsExactly(3, 2, 1);
            assertThat(throughQueue(new PriorityQueue<>(3, Comparator.reverseOrder()), 1, 3, 2))
                    .containsExactly(3, 2, 1);
        });
    }

    @Test
    @PortOf("test_queues.maxsize")
    void putWaitsAtTheCapacity() {
        Queue<Integer> queue = new Queue<>(2);
        assertThat(queue.capacity()).isEqualTo(2);
        loop.run(() -> {
            Task<?> putter = createTask(() -> {
                for (int i = 0; i < 3; i++) {
                    queue.put(i);
                    trail.add(i);
                }
            });
            loop.settle();
            assertThat(trail.entries()).containsExactly("0", "1");
            assertThat(queue.get()).isZero();
            yieldNow();
            assertThat(trail.entries()).containsExactly("0", "1", "2");
            assertThat(queue.get()).isEqualTo(1);
            assertThat(queue.get()).isEqualTo(2);
            assertThat(putter.isDone()).isTrue();
        });
    }

    @Test
    @PortOf("test_queues.blocking_get")
    @PortOf("test_queues.blocking_put")
    void operationsThatNeedNotWaitCostNoRound() {
        Queue<Integer> queue = new Queue<>();
        loop.run(() -> {
            loop.callSoon(() -> trail.add("next round"));
            queue.put(1);
            assertThat(queue.get()).isEqualTo(1);
            assertThat(trail.entries()).isEmpty();
        });
    }

    @Test
    @PortOf("test_queues.get_with_putters")
    void getWakesOneWhoWaitsToPut() {
        Queue<Integer> queue = new Queue<>(1);
        loop.run(() -> {
            queue.put(1);
            Task<?> putter = createTask(() -> queue.put(2));
            yieldNow();
            assertThat(queue.get()).isEqualTo(1);
            assertThat(queue).hasToString("Queue[size=0, capacity=1, unfinished=1]");
            yieldNow();
            assertThat(putter.isDone()).isTrue();
        });
    }

    @Test
    @PortOf("test_queues.blocking_get_wait")
    void getWaitsForAnItem() {
        Queue<Integer> queue = new Queue<>();
        Event started = new Event();
        loop.run(() -> {
            Task<Integer> getter = createTask(() -> {
                started.set();
                return queue.get();
            });
            started.await();
            assertThat(getter.isDone()).isFalse();
            loop.callLater(MOMENT, () -> queue.putNowait(1));
            assertThat(getter.await()).isEqualTo(1);
        });
        assertThat(loop.elapsed()).isEqualTo(MOMENT);
    }

    @Test
    @PortOf("test_queues.blocking_put_wait")
    void putWaitsForRoom() {
        Queue<Integer> queue = new Queue<>(1);
        Event started = new Event();
        loop.run(() -> {
            loop.callLater(MOMENT, () -> trail.add(queue.getNowait()));
            Task<?> putter = createTask(() -> {
                started.set();
                queue.put(1);
                queue.put(2);
                trail.add("put");
            });
            started.await();
            assertThat(trail.entries()).isEmpty();
            putter.await();
        });
        assertThat(trail.entries()).containsExactly("1", "put");
        assertThat(loop.elapsed()).isEqualTo(MOMENT);
    }

    @Test
    @PortOf("test_queues.nonblocking_get")
    @PortOf("test_queues.nonblocking_put")
    void withoutWaitingItNeedsNoLoop() {
        Queue<Integer> queue = new Queue<>();
        queue.putNowait(1);
        assertThat(queue.getNowait()).isEqualTo(1);
    }

    @Test
    @PortOf("test_queues.nonblocking_get_exception")
    void getNowaitFromAnEmptyQueueThrows() {
        assertThatThrownBy(new Queue<>(2)::getNowait)
                .isInstanceOf(QueueEmptyException.class)
                .hasMessage("getNowait() from an empty queue: Queue[size=0, capacity=2]");
    }

    @Test
    @PortOf("test_queues.nonblocking_put_exception")
    void putNowaitToAFullQueueThrows() {
        Queue<Integer> queue = new Queue<>(1);
        queue.putNowait(1);
        assertThatThrownBy(() -> queue.putNowait(2))
                .isInstanceOf(QueueFullException.class)
                .hasMessage("putNowait() to a full queue: Queue[size=1, capacity=1, unfinished=1]");
        assertThat(queue.getNowait()).isEqualTo(1);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake
    void nullIsRefused() {
        Queue<String> queue = new Queue<>();
        String text = "a queue does not permit null: put an Optional instead";
        assertThatNullPointerException().isThrownBy(() -> queue.putNowait(null)).withMessage(text);
        loop.run(() -> {
            assertThatNullPointerException().isThrownBy(() -> queue.put(null)).withMessage(text);
        });
        assertThat(queue).hasToString("Queue[size=0]");
    }

    @Test
    void anItemThatCannotBeComparedIsRefusedAndNotCounted() {
        Queue<Object> queue = new PriorityQueue<>();
        assertThatThrownBy(() -> queue.putNowait(new Object())).isInstanceOf(ClassCastException.class);
        assertThat(queue).hasToString("PriorityQueue[size=0]");
    }

    @Test
    @PortOf("test_queues.get_with_waiting_putters")
    void itemsComeInTheOrderOfThoseWhoWaitToPut() {
        Queue<String> queue = new Queue<>(1);
        loop.run(() -> {
            createTask(() -> queue.put("a"));
            createTask(() -> queue.put("b"));
            assertThat(queue.get()).isEqualTo("a");
            assertThat(queue.get()).isEqualTo("b");
        });
    }

    @Test
    @PortOf("test_queues.put_with_waiting_getters")
    void anItemGoesToOneWhoWaits() {
        Queue<String> queue = new Queue<>();
        loop.run(() -> {
            Task<String> getter = createTask(() -> queue.get());
            yieldNow();
            queue.put("a");
            assertThat(getter.await()).isEqualTo("a");
        });
    }

    @Test
    @PortOf("test_queues.why_are_getters_waiting")
    void aProducerAndAConsumerOfOneItemAtATimeBothEnd() {
        Queue<Integer> queue = new Queue<>(1);
        Action producer = () -> {
            for (int i = 0; i < 5; i++) {
                queue.put(i);
            }
        };
        Action consumer = () -> {
            for (int i = 0; i < 5; i++) {
                trail.add(queue.get());
            }
        };
        loop.run(() -> gather(producer, consumer).await());
        assertThat(trail.entries()).containsExactly("0", "1", "2", "3", "4");
    }

    @Test
    @PortOf("test_queues.why_are_putters_waiting")
    void eachItemThatIsTakenWakesOneWhoWaitsToPut() {
        Queue<Integer> queue = new Queue<>(2);
        Action getter = () -> {
            yieldNow();
            for (int left = queue.size(); left > 0; left--) {
                queue.getNowait();
            }
        };
        loop.run(() -> gather(getter, () -> queue.put(0), () -> queue.put(1), () -> queue.put(2), () -> queue.put(3))
                .await());
        assertThat(queue.size()).isEqualTo(2);
    }
}
