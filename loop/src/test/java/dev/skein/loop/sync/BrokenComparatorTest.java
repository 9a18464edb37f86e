package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A comparator that throws in the middle: nothing is lost, and nothing is there twice. */
class BrokenComparatorTest {
    /** Compares by number, until it has compared so often. */
    private static final class Breaking implements Comparator<Integer> {
        private int left = Integer.MAX_VALUE;
        private boolean once;

        @Override
        public int compare(Integer one, Integer other) {
            if (left == 0) {
                left = once ? Integer.MAX_VALUE : 0;
                throw new IllegalStateException("not comparable now");
            }
            left--;
            return one.compareTo(other);
        }
    }

    private final Breaking order = new Breaking();
    private final Queue<Integer> queue = new PriorityQueue<>(order);

    private List<Integer> drain() {
        order.left = Integer.MAX_VALUE;
        List<Integer> all = new ArrayList<>();
        while (!queue.isEmpty()) {
            all.add(queue.getNowait());
        }
        return all;
    }

    @Test
    void aPutThatItBreaksOffAtAnyComparisonHasPutNothing() {
        for (int comparisons = 0; comparisons < 3; comparisons++) {
            order.left = Integer.MAX_VALUE;
            for (int i = 0; i < 7; i++) {
                queue.putNowait(i);
            }
            order.left = comparisons;
            assertThatThrownBy(() -> queue.putNowait(-1)).hasMessage("not comparable now");
            assertThat(queue.size()).isEqualTo(7);
            assertThat(drain()).containsExactly(0, 1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void aGetThatItBreaksOffAtAnyComparisonHasTakenNothing() {
        for (int comparisons = 0; comparisons < 4; comparisons++) {
            order.left = Integer.MAX_VALUE;
            for (int i = 0; i < 8; i++) {
                queue.putNowait(i);
            }
            order.left = comparisons;
            assertThatThrownBy(queue::getNowait).hasMessage("not comparable now");
            assertThat(queue.size()).isEqualTo(8);
            assertThat(drain()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        }
    }

    @Test
    void throughRandomFailuresItGivesWhatWasPutInOrder() {
        Random random = new Random(7);
        java.util.PriorityQueue<Integer> model = new java.util.PriorityQueue<>();
        for (int i = 0; i < 20_000; i++) {
            order.left = random.nextInt(8);
            int item = random.nextInt(1_000);
            if (random.nextInt(5) < 3) {
                if (succeeds(() -> queue.putNowait(item))) {
                    model.add(item);
                }
            } else if (!model.isEmpty()) {
                int[] taken = new int[1];
                if (succeeds(() -> taken[0] = queue.getNowait())) {
                    assertThat(taken[0]).isEqualTo(model.remove());
                }
            }
            assertThat(queue.size()).isEqualTo(model.size());
        }
        for (int item : drain()) {
            assertThat(item).isEqualTo(model.remove());
        }
        assertThat(model).isEmpty();
    }

    private static boolean succeeds(Runnable change) {
        try {
            change.run();
            return true;
        } catch (IllegalStateException broken) {
            return false;
        }
    }

    @Test
    void oneThatChangesTheQueueIsToldSo() {
        List<Queue<Integer>> itself = new ArrayList<>();
        PriorityQueue<Integer> changed = new PriorityQueue<>((one, other) -> {
            if (one == -1 && itself.getFirst().size() == 2) {
                itself.getFirst().putNowait(7);
            }
            return one.compareTo(other);
        });
        itself.add(changed);
        changed.putNowait(1);
        changed.putNowait(2);
        assertThatThrownBy(() -> changed.putNowait(-1))
                .isInstanceOf(ConcurrentModificationException.class)
                .hasMessageContaining("it must only compare");
        assertThat(List.of(changed.getNowait(), changed.getNowait(), changed.getNowait()))
                .containsExactly(1, 2, 7);
    }

    @Test
    void aRefusedItemIsNotCounted() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                queue.put(1);
                order.left = 0;
                assertThatThrownBy(() -> queue.put(0)).hasMessage("not comparable now");
                assertThat(queue).hasToString("PriorityQueue[size=1, unfinished=1]");
                order.left = 1;
                queue.get();
                queue.taskDone();
                queue.join();
            });
        }
    }

    @Test
    void aGetterThatItBreaksOffLeavesTheItemToTheNext() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<Task<Integer>> getters = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    getters.add(createTask(() -> queue.get()));
                }
                yieldNow();
                for (int i = 0; i < 3; i++) {
                    queue.putNowait(i);
                }
                order.once = true;
                order.left = 0;
                assertThatThrownBy(getters.get(0)::await).hasMessage("not comparable now");
                assertThat(getters.get(1).await()).isEqualTo(0);
                assertThat(getters.get(2).await()).isEqualTo(1);
                assertThat(getters.get(3).await()).isEqualTo(2);
            });
        }
    }

    @Test
    void aPutterThatItBreaksOffLeavesTheRoomToTheNext() {
        Queue<Integer> bounded = new PriorityQueue<>(2, order);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                bounded.put(1);
                bounded.put(2);
                Task<?> first = createTask(() -> bounded.put(3));
                Task<?> second = createTask(() -> bounded.put(4));
                yieldNow();
                bounded.getNowait();
                order.once = true;
                order.left = 0;
                assertThatThrownBy(first::await).hasMessage("not comparable now");
                second.await();
                assertThat(List.of(bounded.get(), bounded.get())).containsExactly(2, 4);
            });
        }
    }
}
