package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the work on a queue ends: each item is done, or the queue is shut down. The same for every kind of queue. */
class QueueEndTest {
    private final TestLoop loop = new TestLoop();

    enum Kind {
        FIFO,
        LIFO,
        PRIORITY;

        <T> Queue<T> create(int capacity) {
            return switch (this) {
                case FIFO -> new Queue<>(capacity);
                case LIFO -> new LifoQueue<>(capacity);
                case PRIORITY -> new PriorityQueue<>(capacity);
            };
        }
    }

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private static void assertRefusesAll(Queue<String> queue) {
        for (Action put : List.<Action>of(() -> queue.put("data"), () -> queue.putNowait("data"))) {
            assertThatThrownBy(put::run)
                    .isInstanceOf(QueueShutDownException.class)
                    .hasMessage("put() after the queue was shut down: " + queue);
        }
        for (Action get : List.<Action>of(queue::get, queue::getNowait)) {
            assertThatThrownBy(get::run)
                    .isInstanceOf(QueueShutDownException.class)
                    .hasMessage("get() after the queue was shut down: " + queue);
        }
    }

    private static void assertNothingUnfinished(Queue<String> queue) {
        assertThatIllegalStateException()
                .isThrownBy(queue::taskDone)
                .withMessage("taskDone() called more often than items were put: " + queue);
    }

    @ParameterizedTest
    @EnumSource
    @PortOf("test_queues.task_done_underflow")
    void taskDoneMoreOftenThanPutIsRefused(Kind kind) {
        assertNothingUnfinished(kind.create(0));
    }

    @ParameterizedTest
    @EnumSource
    @PortOf("test_queues.task_done")
    void joinWaitsUntilEachItemIsDone(Kind kind) {
        Queue<Integer> queue = kind.create(0);
        int[] sum = {0};
        boolean[] running = {true};
        for (int i = 0; i < 100; i++) {
            queue.putNowait(i);
        }
        Action worker = () -> {
            while (running[0]) {
                sum[0] += queue.get();
                yieldNow();
                queue.taskDone();
            }
        };
        loop.run(() -> {
            Task<?> first = createTask(worker);
            Task<?> second = createTask(worker);
            queue.join();
            assertThat(sum[0]).isEqualTo(99 * 100 / 2);
            running[0] = false;
            queue.putNowait(0);
            queue.putNowait(0);
            gather(first, second).await();
        });
    }

    @ParameterizedTest
    @EnumSource
    @PortOf("test_queues.join_empty_queue")
    void joinOfAnEmptyQueueDoesNotWait(Kind kind) {
        Queue<Integer> queue = kind.create(0);
        loop.run(() -> {
            queue.join();
            queue.join();
        });
    }

    @ParameterizedTest
    @EnumSource
    @PortOf("test_queues.shutdown_empty")
    void shutdownOfAnEmptyQueueEndsThoseWhoWaitToGet(Kind kind) {
        Queue<String> queue = kind.create(0);
        loop.run(() -> {
            Task<?> getter = createTask(() -> queue.get());
            yieldNow();
            queue.shutdown();
            assertThat(queue.size()).isZero();
            queue.join();
            yieldNow();
            assertThat(getter.isDone()).isTrue();
            assertThatThrownBy(getter::await).isInstanceOf(QueueShutDownException.class);
            assertRefusesAll(queue);
        });
    }

    @ParameterizedTest
    @EnumSource
    @PortOf("test_queues.shutdown_nonempty")
    void shutdownEndsThoseWhoWaitToPutAndLeavesTheItems(Kind kind) {
        Queue<String> queue = kind.create(1);
        loop.run(() -> {
            queue.putNowait("data");
            Task<?> joiner = createTask(queue::join);
            Task<?> putter = createTask(() -> queue.put("data2"));
            yieldNow();
            assertThat(putter.isDone()).isFalse();
            queue.shutdown();
            assertThat(queue.size()).isEqualTo(1);
            yieldNow();
            assertThat(putter.isDone()).isTrue();
            assertThatThrownBy(putter::await).isInstanceOf(QueueShutDownException.class);

            assertThat(queue.get()).isEqualTo("data");
            yieldNow();
            assertThat(joiner.isDone()).isFalse();
            assertRefusesAll(queue);
            queue.taskDone();
            yieldNow();
            assertThat(joiner.isDone()).isTrue();
            assertNothingUnfinished(queue);
        });
    }

    @ParameterizedTest
    @EnumSource
    @PortOf("test_queues.shutdown_immediate")
    void shutdownNowDropsTheItems(Kind kind) {
        Queue<String> queue = kind.create(0);
        loop.run(() -> {
            queue.putNowait("data");
            Task<?> joiner = createTask(queue::join);
            queue.shutdownNow();
            assertThat(queue.size()).isZero();
            yieldNow();
            assertThat(joiner.isDone()).isTrue();
            assertRefusesAll(queue);
            assertNothingUnfinished(queue);
        });
    }

    @ParameterizedTest
    @EnumSource
    @PortOf("test_queues.shutdown_immediate_with_unfinished")
    void shutdownNowLeavesJoinWaitingForTheItemsThatWereTaken(Kind kind) {
        Queue<String> queue = kind.create(0);
        loop.run(() -> {
            queue.putNowait("data");
            queue.putNowait("data");
            Task<?> joiner = createTask(queue::join);
            assertThat(queue.get()).isEqualTo("data");
            queue.shutdownNow();
            assertThat(queue.size()).isZero();
            yieldNow();
            assertThat(joiner.isDone()).isFalse();
            assertRefusesAll(queue);
            queue.taskDone();
            assertNothingUnfinished(queue);
            yieldNow();
            assertThat(joiner.isDone()).isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource
    void shutdownNowMayFollowShutdown(Kind kind) {
        Queue<String> queue = kind.create(1);
        loop.run(() -> {
            queue.putNowait("data");
            Task<?> joiner = createTask(queue::join);
            Task<?> putter = createTask(() -> queue.put("data2"));
            yieldNow();
            queue.shutdown();
            queue.shutdown();
            queue.shutdownNow();
            assertThatThrownBy(putter::await).isInstanceOf(QueueShutDownException.class);
            joiner.await();
            assertRefusesAll(queue);
        });
    }
}
