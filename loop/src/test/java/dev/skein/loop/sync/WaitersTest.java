package dev.skein.loop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The list of those who wait, without coroutines: its order, and its marks. */
class WaitersTest {
    private final Waiters waiters = new Waiters();

    private final List<Future<@Nullable Void>> turns = new ArrayList<>();
    private final List<Waiters.Place> places = new ArrayList<>();

    private void add(int number) {
        for (int i = 0; i < number; i++) {
            Future<@Nullable Void> turn = Loop.current().createFuture();
            turns.add(turn);
            places.add(waiters.add(turn));
        }
    }

    private List<Integer> woken() {
        List<Integer> woken = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            if (Waiters.wasGranted(turns.get(i))) {
                woken.add(i);
            }
        }
        return woken;
    }

    private static void inLoop(Runnable body) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(body::run);
        }
    }

    @Test
    void theOldestThatStillWaitAreWoken() {
        inLoop(() -> {
            add(5);
            turns.get(0).cancel();
            turns.get(2).cancel();
            assertThat(waiters.wake(2)).isEqualTo(2);
            assertThat(woken()).containsExactly(1, 3);
            assertThat(waiters.wake(2)).isEqualTo(1);
            assertThat(waiters.wake(1)).isZero();
            assertThat(woken()).containsExactly(1, 3, 4);
        });
    }

    @Test
    void aWaiterThatComesAfterAllWereWokenIsWokenNext() {
        inLoop(() -> {
            add(2);
            assertThat(waiters.wake(3)).isEqualTo(2);
            add(1);
            assertThat(waiters.wake(1)).isEqualTo(1);
            assertThat(woken()).containsExactly(0, 1, 2);
        });
    }

    @Test
    void aRemovedWaiterIsPassedOverWhereverItStands() {
        inLoop(() -> {
            add(5);
            waiters.wake(1);
            for (int leaving : new int[] {1, 0, 4}) {
                waiters.remove(places.get(leaving));
            }
            assertThat(waiters.size()).isEqualTo(2);
            assertThat(waiters.describe()).isEqualTo(", waiters=2");
            assertThat(waiters.wake(5)).isEqualTo(2);
            assertThat(woken()).containsExactly(0, 2, 3);
        });
    }

    @Test
    void oneThatIsWokenStillLivesAndOneThatIsCancelledDoesNot() {
        inLoop(() -> {
            assertThat(waiters.hasLive()).isFalse();
            add(3);
            turns.get(0).cancel();
            assertThat(waiters.hasLive()).isTrue();
            waiters.wake(1);
            turns.get(2).cancel();
            assertThat(waiters.hasLive()).isTrue();
            waiters.remove(places.get(1));
            assertThat(waiters.hasLive()).isFalse();
            add(1);
            assertThat(waiters.hasLive()).isTrue();
        });
    }

    @Test
    void theFirstIsNotPassedOver() {
        inLoop(() -> {
            add(2);
            turns.get(0).cancel();
            waiters.wakeFirst();
            assertThat(woken()).isEmpty();
            waiters.remove(places.get(0));
            waiters.wakeFirst();
            assertThat(woken()).containsExactly(1);
        });
    }

    /** Looking at each of those who are woken already would take hours. */
    @Test
    void aBurstOverVeryManyLooksAtEachOfThemOnce() {
        inLoop(() -> {
            int number = 300_000;
            add(number);
            int lives = 0;
            int woken = 0;
            for (int i = 0; i < number; i++) {
                lives += waiters.hasLive() ? 1 : 0;
                woken += waiters.wake(1);
            }
            assertThat(lives).isEqualTo(number);
            assertThat(woken).isEqualTo(number);
            assertThat(waiters.wake(1)).isZero();
            for (int i = number - 1; i >= 0; i--) {
                waiters.remove(places.get(i));
            }
            assertThat(waiters.size()).isZero();
        });
    }
}
