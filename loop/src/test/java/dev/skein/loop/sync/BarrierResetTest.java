package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A barrier that is reset or aborted, while it is empty, fills or drains. */
class BarrierResetTest {
    private static final int PARTIES = 5;

    private final TestLoop loop = new TestLoop();
    private final Trail trail = new Trail();
    private final Barrier barrier = new Barrier(PARTIES);
    private int passed;

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private static List<Task<@Nullable Void>> start(int count, Action body) {
        return Stream.generate(() -> createTask(body)).limit(count).toList();
    }

    private void runAll(Action body) {
        loop.run(() -> gather(start(PARTIES, body)).await());
    }

    private static void assertEmpty(Barrier barrier) {
        assertThat(barrier).hasToString("Barrier[filling, waiters=0/" + barrier.parties() + "]");
    }

    /** Adds {@code broken} to the trail where it throws. */
    private void await(Object broken) {
        try {
            barrier.await();
        } catch (BrokenBarrierException e) {
            trail.add(broken);
        }
    }

    @Test
    @PortOf("test_locks.reset_barrier")
    void resetOfAnEmptyBarrierChangesNothing() {
        loop.run(() -> {
            createTask(barrier::reset);
            yieldNow();
            assertEmpty(barrier);
        });
    }

    @Test
    @PortOf("test_locks.reset_barrier_while_tasks_waiting")
    void resetEndsTheWaitOfAllWhoWait() {
        loop.run(() -> {
            List<Task<@Nullable Void>> waiters = start(PARTIES - 1, () -> await("broken"));
            yieldNow();
            createTask(barrier::reset);
            gather(waiters).await();
            assertEmpty(barrier);
        });
        assertThat(trail.entries()).hasSize(PARTIES - 1).containsOnly("broken");
    }

    @Test
    void theErrorSaysWhetherItWasAbortedBeforeOrMeanwhile() {
        loop.run(() -> {
            Task<Integer> waiter = createTask(() -> barrier.await());
            yieldNow();
            barrier.abort();
            assertThatThrownBy(waiter::await)
                    .isInstanceOf(BrokenBarrierException.class)
                    .hasMessage("the barrier was aborted or reset while this task waited: Barrier[broken]");
            assertThatThrownBy(barrier::await)
                    .isInstanceOf(BrokenBarrierException.class)
                    .hasMessage("the barrier was aborted: call reset() to use it again: Barrier[broken]");
            barrier.reset();
            assertEmpty(barrier);
        });
    }

    @Test
    @PortOf("test_locks.reset_barrier_when_tasks_half_draining")
    void aResetWhileHalfHaveLeftBreaksTheOtherHalf() {
        runAll(() -> {
            try {
                barrier.await();
                if (++passed == PARTIES - PARTIES / 2) {
                    barrier.reset();
                }
            } catch (BrokenBarrierException e) {
                trail.add("broken");
            }
        });
        assertThat(trail.entries()).containsExactly("broken", "broken");
        assertEmpty(barrier);
    }

    @Test
    @PortOf("test_locks.reset_barrier_when_tasks_half_draining_half_blocking")
    void aResetWhileHalfDrainDoesNotBreakThoseWhoCameAgain() {
        int blocked = PARTIES / 2;
        runAll(() -> {
            try {
                barrier.await();
            } catch (BrokenBarrierException e) {
                trail.add("was draining");
                barrier.await();
                return;
            }
            if (++passed > blocked) {
                barrier.reset();
                barrier.await();
            } else {
                await("was blocked");
            }
        });
        assertThat(trail.entries()).containsExactly("was draining", "was draining");
        assertEmpty(barrier);
    }

    @Test
    @PortOf("test_locks.reset_barrier_while_tasks_waiting_and_waiting_again")
    void aWaiterThatAResetBrokeCanWaitAgainAtOnce() {
        loop.run(() -> {
            List<Task<@Nullable Void>> waiters = start(PARTIES - 1, () -> {
                await("broken");
                barrier.await();
                trail.add("passed");
            });
            createTask(barrier::reset);
            yieldNow();
            createTask(() -> {
                barrier.await();
                trail.add("passed");
            });
            gather(waiters).await();
            assertEmpty(barrier);
        });
        assertThat(trail.entries()).filteredOn("broken"::equals).hasSize(PARTIES - 1);
        assertThat(trail.entries()).filteredOn("passed"::equals).hasSize(PARTIES);
    }

    @Test
    @PortOf("test_locks.reset_barrier_while_tasks_draining")
    void aResetByTheLastWhoLeavesBreaksNobody() {
        runAll(() -> {
            barrier.await();
            if (++passed == PARTIES) {
                barrier.reset();
                barrier.await();
            } else {
                await("never");
                trail.add("second");
            }
            barrier.await();
            trail.add("third");
        });
        assertThat(trail.entries()).filteredOn("second"::equals).hasSize(PARTIES - 1);
        assertThat(trail.entries()).filteredOn("third"::equals).hasSize(PARTIES);
        assertThat(trail.entries()).doesNotContain("never");
        assertEmpty(barrier);
    }

    @Test
    @PortOf("test_locks.abort_barrier")
    void abortOfAnEmptyBarrierBreaksIt() {
        loop.run(() -> {
            createTask(barrier::abort);
            yieldNow();
            assertThat(barrier.waiting()).isZero();
            assertThat(barrier.isBroken()).isTrue();
        });
    }

    @Test
    @PortOf("test_locks.abort_barrier_when_tasks_half_draining_half_blocking")
    void anAbortBreaksThoseWhoDrainAndThoseWhoCameAgain() {
        int blocked = PARTIES / 2;
        runAll(() -> {
            try {
                barrier.await();
            } catch (BrokenBarrierException e) {
                trail.add("was draining");
                return;
            }
            if (++passed > blocked) {
                barrier.abort();
            } else {
                await("was blocked");
            }
        });
        assertThat(trail.entries()).filteredOn("was draining"::equals).hasSize(blocked);
        assertThat(trail.entries()).filteredOn("was blocked"::equals).hasSize(PARTIES - blocked - 1);
        assertThat(barrier).hasToString("Barrier[broken]");
        assertThat(barrier.waiting()).isZero();
    }

    @Test
    @PortOf("test_locks.abort_barrier_when_exception")
    void onePartyThatFailsCanBreakItForTheOthers() {
        runAll(() -> {
            try {
                if (barrier.await() == PARTIES / 2) {
                    barrier.abort();
                    return;
                }
                barrier.await();
                trail.add("passed");
            } catch (BrokenBarrierException e) {
                trail.add("broken");
            }
        });
        assertThat(trail.entries()).hasSize(PARTIES - 1).containsOnly("broken");
        assertThat(barrier).hasToString("Barrier[broken]");
        assertThat(barrier.waiting()).isZero();
    }

    @Test
    @PortOf("test_locks.abort_barrier_when_exception_then_resetting")
    void aBrokenBarrierIsUsableAgainAfterAReset() {
        Barrier other = new Barrier(PARTIES);
        runAll(() -> {
            try {
                if (barrier.await() == PARTIES / 2) {
                    barrier.abort();
                } else {
                    barrier.await();
                    trail.add("never");
                }
            } catch (BrokenBarrierException e) {
                trail.add("broken");
            }
            // All have left when one of them resets it, and nobody comes before.
            if (other.await() == PARTIES / 2) {
                barrier.reset();
            }
            other.await();
            barrier.await();
            trail.add("passed");
        });
        assertThat(trail.entries()).filteredOn("broken"::equals).hasSize(PARTIES - 1);
        assertThat(trail.entries()).filteredOn("passed"::equals).hasSize(PARTIES);
        assertThat(trail.entries()).doesNotContain("never");
        assertEmpty(barrier);
    }
}
