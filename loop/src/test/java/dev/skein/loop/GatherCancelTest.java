package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Cancelling a gather, one of its children, or who awaits it. */
class GatherCancelTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_tasks.one_cancellation")
    void aCancelledChildCountsAsOneThatFailed() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> a = loop.createFuture();
                Future<Integer> b = loop.createFuture();
                Future<Integer> c = loop.createFuture();
                Future<Integer> d = loop.createFuture();
                Future<Integer> e = loop.createFuture();
                Future<List<Integer>> all = gather(a, b, c, d, e);
                all.addDoneCallback(done -> trail.add("done"));
                a.setResult(1);
                b.cancel("b");
                yieldNow();

                assertThat(all.isDone()).isTrue();
                assertThat(all.isCancelled()).isFalse();
                assertThat(all.exception()).isInstanceOf(CancelledError.class).hasMessage("b");
                assertThatThrownBy(all::await).isInstanceOf(CancelledError.class);
                assertThat(c.isDone()).isFalse();
                c.setResult(3);
                d.cancel();
                e.setException(new RuntimeException("e"));
                sleep(Duration.ofSeconds(1));
            });
        }
        assertThat(trail.entries()).containsExactly("done");
    }

    @Test
    @PortOf("test_tasks.cancellation_broadcast")
    void cancellingWhoAwaitsItCancelsAllTheChildren() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> waiter = loop.createFuture();
                Task<?> child1 = createTask(() -> {
                    waiter.await();
                    trail.add("child 1");
                });
                Task<?> child2 = createTask(() -> {
                    sleep(LONG);
                    trail.add("child 2");
                });
                Future<?> both = gather(child1, child2);
                Task<?> outer = createTask(() -> {
                    both.await();
                    trail.add("outer");
                });
                yieldNow();
                assertThat(outer.cancel("why")).isTrue();

                assertThatThrownBy(outer::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("why");
                assertThat(both.cancel()).isFalse();
                assertThat(waiter.isCancelled()).isTrue();
                assertThat(child1.isCancelled()).isTrue();
                assertThat(child2.isCancelled()).isTrue();
                assertThat(outer.isCancelled()).isTrue();
            });
            assertThat(loop.elapsed()).isZero();
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void cancelledItHoldsTheErrorAsItsException() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> child1 = loop.createFuture();
                Future<String> child2 = loop.createFuture();
                Future<List<String>> both = gather(child1, child2);

                assertThat(both.cancel("why")).isTrue();
                assertThat(child1.isCancelled()).isTrue();
                assertThat(child2.isCancelled()).isTrue();
                assertThat(both.isDone()).isFalse();
                yieldNow();
                assertThat(both.isDone()).isTrue();
                assertThat(both.isCancelled()).isFalse();
                assertThat(both.exception()).isInstanceOf(CancelledError.class).hasMessage("why");
            });
        }
    }

    @Test
    @PortOf("test_tasks.gather_shield")
    void cancellingAGatherOfShieldsLeavesWhatTheyShieldAlone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> child1 = loop.createFuture();
                Future<Integer> child2 = loop.createFuture();
                Future<Integer> inner1 = shield(child1);
                Future<Integer> inner2 = shield(child2);
                Future<List<Integer>> parent = gather(inner1, inner2);
                yieldNow();
                parent.cancel();
                yieldNow();
                assertThat(parent.exception()).isInstanceOf(CancelledError.class);
                assertThat(inner1.isCancelled()).isTrue();
                assertThat(inner2.isCancelled()).isTrue();
                child1.setResult(1);
                child2.setResult(2);
                yieldNow();
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel_gather_1")
    void onceAllChildrenAreDoneItCannotBeCancelledAnyMore() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> future = loop.createFuture();
                Future<List<Integer>> all = gather(createTask(future));
                yieldNow();
                future.addDoneCallback(done -> trail.add(all.isDone() + " " + all.cancel()));
                future.setResult(42);

                assertThat(all.await()).containsExactly(42);
            });
        }
        assertThat(trail.entries()).containsExactly("false false");
    }

    @Test
    @PortOf("test_tasks.cancel_gather_2")
    void aTaskThatGathersInALoopIsCancelledWithTheMessage() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    while (true) {
                        gather(() -> sleep(Duration.ofMillis(50))).await();
                    }
                });
                sleep(Duration.ofMillis(220));
                task.cancel("my message");
                assertThatThrownBy(task::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("my message");
            });
        }
    }

    @Test
    void cancelledItEndsCancelledEvenIfAllChildrenRefuse() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> stubborn = createTask(GatherCancelTest::refuse);
                AtomicReference<Future<?>> outer = new AtomicReference<>();
                stubborn.addDoneCallback(
                        done -> trail.add("second request: " + outer.get().cancel()));
                Future<List<String>> all = gather(stubborn);
                outer.set(all);
                yieldNow();
                trail.add("first request: " + all.cancel());

                assertThatThrownBy(all::await).isInstanceOf(CancelledError.class);
                assertThat(stubborn.result()).isEqualTo("refused");
            });
        }
        // The second has nothing left to cancel, though the gather itself is not done yet.
        assertThat(trail.entries()).containsExactly("first request: true", "second request: false");
    }

    private static String refuse() {
        try {
            sleep(LONG);
            return "slept";
        } catch (CancelledError refused) {
            return "refused";
        }
    }

    @Test
    void aCancelledGatherEndsWithItsFirstCancelledChild() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> quick = createTask(() -> sleep(LONG));
                Task<?> slow = createTask(() -> {
                    try {
                        sleep(LONG);
                    } finally {
                        sleep(Duration.ofSeconds(5));
                        trail.add("slow has cleaned up");
                    }
                });
                Future<?> both = gather(quick, slow);
                yieldNow();
                both.cancel();
                assertThatThrownBy(both::await).isInstanceOf(CancelledError.class);
                trail.add("gather is done");
                assertThatThrownBy(slow::await).isInstanceOf(CancelledError.class);
            });
        }
        assertThat(trail.entries()).containsExactly("gather is done", "slow has cleaned up");
    }
}
