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
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A future whose cancellation stops before what it stands for; and what becomes of the orphan's failure. */
class ShieldTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    /** As asyncio's own tests: what is ready, and what that makes ready at once. */
    private static void runBriefly() {
        yieldNow();
        yieldNow();
    }

    @Test
    @PortOf("test_tasks.shield_result")
    void aShieldHasTheResultOfItsInnerFuture() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> inner = loop.createFuture();
                Future<Integer> outer = shield(inner);
                inner.setResult(42);
                assertThat(outer.isDone()).isFalse();
                assertThat(outer.await()).isEqualTo(42);
            });
        }
    }

    @Test
    @PortOf("test_tasks.shield_exception")
    void aShieldFailsAsItsInnerFutureDoes() {
        IOException failure = new IOException("expected");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> inner = loop.createFuture();
                Future<Integer> outer = shield(inner);
                inner.setException(failure);
                yieldNow();
                assertThat(outer.exception()).isSameAs(failure);
            });
        }
    }

    @Test
    @PortOf("test_tasks.shield_cancel_inner")
    void ifTheInnerIsCancelledSoIsIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> inner = loop.createFuture();
                Future<Integer> outer = shield(inner);
                inner.cancel("why");
                yieldNow();
                assertThat(outer.isCancelled()).isTrue();
                assertThatThrownBy(outer::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("why");
            });
        }
    }

    @Test
    @PortOf("test_tasks.shield_cancel_outer")
    void cancellingItLeavesTheInnerAlone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> inner = loop.createFuture("Lock.acquire");
                Future<Integer> outer = shield(inner);
                assertThat(outer.cancel()).isTrue();
                runBriefly();
                assertThat(outer.isCancelled()).isTrue();
                assertThat(outer).hasToString("Shield[cancelled, of Lock.acquire]");
                assertThat(inner.isDone()).isFalse();
                inner.setResult(1);
            });
        }
    }

    @Test
    @PortOf("test_tasks.shield_cancel_outer_result")
    void theResultOfAnOrphanIsNoError() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> inner = loop.createFuture();
                shield(inner).cancel();
                runBriefly();
                inner.setResult(1);
                runBriefly();
                assertThat(loop.errors()).isEmpty();
            });
        }
    }

    @Test
    @PortOf("test_tasks.shield_cancel_outer_exception")
    void theFailureOfAnOrphanIsReportedAtOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> inner = createTask(
                        () -> {
                            sleep(Duration.ofSeconds(1));
                            throw new IllegalStateException("foo");
                        },
                        "orphan");
                shield(inner).cancel();
                sleep(Duration.ofSeconds(2));
                assertThat(loop.errors()).hasSize(1);
            });
            assertThat(loop.errors().getFirst())
                    .hasToString("exception of Task 'orphan', which no task awaits since its shield was cancelled");
            assertThat(loop.errors().getFirst().exception().orElseThrow()).hasMessage("foo");
        }
    }

    @Test
    @PortOf("test_tasks.shield_duplicate_log_once")
    void severalShieldsReportTheOrphanOnce() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Future<Integer> inner = loop.createFuture();
            for (int i = 0; i < 3; i++) {
                shield(inner).cancel();
                runBriefly();
            }
            inner.setException(new IllegalStateException("foo"));
            runBriefly();
            assertThat(loop.errors()).hasSize(1);
        });
        loop.close();
        assertThat(loop.errors()).hasSize(1);
    }

    @Test
    void anOrphanThatIsCancelledIsNoError() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> inner = createTask(() -> sleep(LONG));
                shield(inner).cancel();
                inner.cancel();
                sleep(Duration.ofSeconds(1));
            });
        }
    }

    @Test
    void anOrphanThatSomebodyElseAwaitsIsNotReported() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> inner = loop.createFuture();
                Future<Integer> cancelled = shield(inner);
                Task<?> other = createTask(
                        () -> assertThatThrownBy(shield(inner)::await).hasMessage("foo"));
                yieldNow();
                cancelled.cancel();
                inner.setException(new IllegalStateException("foo"));
                other.await();
            });
        }
    }

    @Test
    void aFailureThatCameJustBeforeTheCancellationIsReportedToo() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Future<Integer> inner = loop.createFuture();
            Task<?> waiting = createTask(() -> shield(inner).await());
            yieldNow();
            inner.setException(new IllegalStateException("foo"));
            waiting.cancel();
            assertThatThrownBy(waiting::await).isInstanceOf(CancelledError.class);
            runBriefly();
            assertThat(loop.errors()).hasSize(1);
        });
        loop.close();
        assertThat(loop.errors()).hasSize(1);
    }

    @Test
    @PortOf("test_tasks.shield_shortcut")
    void oneThatIsDoneIsGivenAsItIs() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> done = loop.createFuture();
                done.setResult(42);
                assertThat((Object) shield(done)).isSameAs(done);
                assertThat(shield(done).await()).isEqualTo(42);
            });
        }
    }

    @Test
    @PortOf("test_tasks.shield_effect")
    void cancellingWhoAwaitsItLetsTheBodyGoOn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> waiter = loop.createFuture();
                Action inner = () -> {
                    waiter.await();
                    trail.add("inner");
                };
                Task<?> outer = createTask(() -> {
                    shield(inner).await();
                    trail.add("outer");
                });
                runBriefly();
                outer.cancel();
                assertThatThrownBy(outer::await).isInstanceOf(CancelledError.class);
                waiter.setResult("x");
                runBriefly();
            });
        }
        assertThat(trail.entries()).containsExactly("inner");
    }

    @Test
    @PortOf("test_tasks.shield_gather")
    void aGatherCanBeShielded() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> child1 = loop.createFuture();
                Future<Integer> child2 = loop.createFuture();
                Future<List<Integer>> parent = gather(child1, child2);
                Future<List<Integer>> outer = shield(parent);
                runBriefly();
                outer.cancel();
                runBriefly();
                assertThat(outer.isCancelled()).isTrue();
                child1.setResult(1);
                child2.setResult(2);
                runBriefly();
                assertThat(parent.result()).containsExactly(1, 2);
            });
        }
    }

    @Test
    void theFailureOfAShieldedGatherIsReportedOnce() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Future<Integer> child = loop.createFuture();
            shield(gather(child)).cancel();
            child.setException(new IllegalStateException("foo"));
            sleep(Duration.ofSeconds(1));
            assertThat(loop.errors()).hasSize(1);
        });
        loop.close();
        assertThat(loop.errors()).hasSize(1);
    }

    @Test
    @PortOf("test_tasks.shield_coroutine_without_loop")
    void outsideALoopItIsRefused() {
        assertThatThrownBy(() -> shield(() -> 42))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running loop");
    }

    @Test
    @PortOf("test_tasks.shield_coroutine_use_running_loop")
    void aShieldIsAFutureOfTheCallersLoop() {
        try (TestLoop loop = new TestLoop()) {
            Future<Integer> outer = loop.run(() -> {
                Awaitable<Integer> body = () -> 42;
                return shield(body);
            });
            assertThat(outer.loop()).isSameAs(loop.loop());
            assertThat(loop.run(outer)).isEqualTo(42);
        }
    }

    @Test
    void theEndOfTheLoopCancelsWhatIsShielded() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<?> outer = shield(() -> {
                    try {
                        sleep(LONG);
                    } finally {
                        trail.add("cleaned up");
                    }
                });
                yieldNow();
                outer.cancel();
            });
        }
        assertThat(trail.entries()).containsExactly("cleaned up");
    }

    @Test
    void oneThatIsDoneCannotBeCancelled() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> inner = loop.createFuture();
                Future<Integer> outer = shield(inner);
                inner.setResult(42);
                assertThat(outer.await()).isEqualTo(42);
                assertThat(outer.cancel()).isFalse();
            });
        }
    }
}
