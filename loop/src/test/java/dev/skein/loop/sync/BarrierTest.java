package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Awaitable;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Coroutines that wait for each other at a barrier, again and again, and some that give up. */
class BarrierTest {
    private static final int PARTIES = 5;

    private final TestLoop loop = new TestLoop();
    private final Trail trail = new Trail();

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private static <T> List<T> runAll(int count, Awaitable<T> body) {
        return gather(Collections.nCopies(count, body)).await();
    }

    private static void runAll(int count, Action body) {
        Awaitable<@Nullable Void> awaitable = () -> {
            body.run();
            return null;
        };
        Future<List<@Nullable Void>> all = gather(Collections.nCopies(count, awaitable));
        all.await();
    }

    private static void assertEmpty(Barrier barrier) {
        assertThat(barrier).hasToString("Barrier[filling, waiters=0/" + barrier.parties() + "]");
        assertThat(barrier.waiting()).isZero();
        assertThat(barrier.isBroken()).isFalse();
    }

    @Test
    @PortOf("test_locks.barrier_parties")
    void lessThanOnePartyIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Barrier(0)).withMessage("parties < 1: 0");
        assertThatIllegalArgumentException().isThrownBy(() -> new Barrier(-4)).withMessage("parties < 1: -4");
        assertThat(new Barrier(PARTIES).parties()).isEqualTo(PARTIES);
    }

    @Test
    @PortOf("test_locks.BarrierTests.repr")
    void aBarrierShowsItsStateAndItsWaiters() {
        Barrier barrier = new Barrier(PARTIES);
        assertThat(barrier).hasToString("Barrier[filling, waiters=0/5]");
        loop.run(() -> {
            Action body = () -> {
                try {
                    barrier.await();
                } catch (BrokenBarrierException e) {
                    trail.add("broken");
                }
            };
            createTask(body);
            Task<?> second = createTask(body);
            yieldNow();
            assertThat(barrier).hasToString("Barrier[filling, waiters=2/5]");
            assertThat(second.toString()).contains("waiting on Barrier.await");

            for (int i = barrier.waiting(); i < PARTIES; i++) {
                createTask(body);
            }
            yieldNow();
            assertThat(barrier).hasToString("Barrier[draining, waiters=0/5]");

            createTask(body);
            createTask(body);
            yieldNow();
            barrier.reset();
            assertThat(barrier).hasToString("Barrier[resetting, waiters=0/5]");

            createTask(body);
            Task<?> last = createTask(body);
            yieldNow();
            barrier.abort();
            assertThat(barrier).hasToString("Barrier[broken]");
            assertThat(barrier.isBroken()).isTrue();
            last.await();
        });
    }

    @Test
    @PortOf("test_locks.BarrierTests.context_manager")
    void eachPartyGetsAnotherIndex() {
        Barrier barrier = new Barrier(3);
        loop.run(() -> {
            assertThat(runAll(3, barrier::await)).containsExactlyInAnyOrder(0, 1, 2);
            assertEmpty(barrier);
        });
    }

    @Test
    @PortOf("test_locks.filling_one_task")
    void aBarrierForOneLetsEverybodyPass() {
        Barrier barrier = new Barrier(1);
        loop.run(() -> {
            loop.callSoon(() -> trail.add("next round"));
            assertThat(barrier.await()).isZero();
            assertThat(trail.entries()).isEmpty();
            assertEmpty(barrier);
        });
    }

    @Test
    @PortOf("test_locks.filling_one_task_twice")
    void aBarrierForOneLetsEverybodyPassAgain() {
        Barrier barrier = new Barrier(1);
        loop.run(() -> {
            Task<Integer> first = createTask(() -> barrier.await());
            yieldNow();
            assertThat(barrier.waiting()).isZero();
            Task<Integer> second = createTask(() -> barrier.await());
            yieldNow();
            assertThat(first.result()).isZero();
            assertThat(second.result()).isZero();
            assertEmpty(barrier);
        });
    }

    @Test
    @PortOf("test_locks.filling_task_by_task")
    void aBarrierCountsItsWaiters() {
        Barrier barrier = new Barrier(3);
        loop.run(() -> {
            Task<?> first = createTask(() -> barrier.await());
            yieldNow();
            assertThat(barrier).hasToString("Barrier[filling, waiters=1/3]");
            Task<?> second = createTask(() -> barrier.await());
            yieldNow();
            assertThat(barrier).hasToString("Barrier[filling, waiters=2/3]");
            assertThat(barrier.waiting()).isEqualTo(2);
            Task<?> third = createTask(() -> barrier.await());
            yieldNow();
            gather(first, second, third).await();
            assertEmpty(barrier);
        });
    }

    @Test
    @PortOf("test_locks.filling_tasks_wait_twice")
    void allPassBeforeOnePassesTwice() {
        Barrier barrier = new Barrier(PARTIES);
        loop.run(() -> {
            runAll(PARTIES, () -> {
                barrier.await();
                trail.add("first");
                barrier.await();
                trail.add("second");
            });
            assertEmpty(barrier);
        });
        assertThat(trail.entries().subList(0, PARTIES)).containsOnly("first");
        assertThat(trail.entries().subList(PARTIES, 2 * PARTIES)).containsOnly("second");
    }

    @Test
    @PortOf("test_locks.filling_tasks_check_return_value")
    void eachPartyGetsAnotherIndexTheSecondTimeToo() {
        Barrier barrier = new Barrier(PARTIES);
        loop.run(() -> {
            List<Integer> indexes = runAll(PARTIES, () -> {
                barrier.await();
                trail.add("first");
                int index = barrier.await();
                trail.add("second");
                return index;
            });
            assertThat(indexes).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
            assertEmpty(barrier);
        });
        assertThat(trail.entries()).hasSize(2 * PARTIES);
    }

    @Test
    @PortOf("test_locks.draining_state")
    void aBarrierDrainsUntilTheLastPartyHasLeft() {
        Barrier barrier = new Barrier(PARTIES);
        loop.run(() -> {
            runAll(PARTIES, () -> {
                barrier.await();
                trail.add(barrier);
            });
            assertEmpty(barrier);
        });
        String draining = "Barrier[draining, waiters=0/5]";
        assertThat(trail.entries())
                .containsExactly(draining, draining, draining, draining, "Barrier[filling, waiters=0/5]");
    }

    @Test
    @PortOf("test_locks.blocking_tasks_while_draining")
    void aPartyThatComesDuringDrainingWaitsForTheNextFilling() {
        int again = 2;
        Barrier barrier = new Barrier(PARTIES);
        Barrier others = new Barrier(PARTIES - again);
        int[] left = {again};
        loop.run(() -> {
            runAll(PARTIES, () -> {
                barrier.await();
                if (left[0]-- <= 0) {
                    others.await();
                }
                barrier.await();
            });
            assertEmpty(barrier);
            assertEmpty(others);
        });
    }

    @Test
    @PortOf("test_locks.filling_tasks_cancel_one")
    void theBarrierWaitsForAnotherInPlaceOfACancelledOne() {
        Barrier barrier = new Barrier(3);
        Action body = () -> {
            barrier.await();
            trail.add("passed");
        };
        loop.run(() -> {
            Task<?> first = createTask(body);
            yieldNow();
            assertThat(barrier.waiting()).isEqualTo(1);
            Task<?> second = createTask(body);
            yieldNow();
            assertThat(barrier.waiting()).isEqualTo(2);

            first.cancel();
            yieldNow();
            assertThat(barrier.waiting()).isEqualTo(1);
            assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
            assertThat(first.isCancelled()).isTrue();

            Task<?> third = createTask(body);
            yieldNow();
            assertThat(barrier.waiting()).isEqualTo(2);
            gather(second, third, createTask(body)).await();
            assertEmpty(barrier);
        });
        assertThat(trail.entries()).containsExactly("passed", "passed", "passed");
    }

    @Test
    void theIndexesDifferAlsoWhenOneWhoWaitedWasCancelled() {
        Barrier barrier = new Barrier(3);
        loop.run(() -> {
            Task<Integer> first = createTask(() -> barrier.await());
            Task<Integer> second = createTask(() -> barrier.await());
            yieldNow();
            first.cancel();
            yieldNow();
            Task<Integer> third = createTask(() -> barrier.await());
            Task<Integer> fourth = createTask(() -> barrier.await());
            assertThat(gather(second, third, fourth).await()).containsExactlyInAnyOrder(0, 1, 2);
        });
    }
}
