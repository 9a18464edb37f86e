package dev.skein.loop;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The time that an {@code asCompleted} has in all. */
class AsCompletedTimeoutTest {
    private final Trail trail = new Trail();

    private static Awaitable<String> sleeper(int millis) {
        return () -> {
            sleep(Duration.ofMillis(millis));
            return "slept " + millis;
        };
    }

    @Test
    @PortOf("test_tasks.as_completed_with_timeout")
    void whenTheTimeIsOverTheLoopThrowsAndTheOthersGoOn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> a = createTask(sleeper(100));
                Task<String> b = createTask(sleeper(150));
                assertThatThrownBy(() -> {
                            for (Future<String> done : asCompleted(Duration.ofMillis(120), a, b)) {
                                trail.add(done.result());
                            }
                        })
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("asCompleted: 1 not done within 120 ms: " + b.toName());
                assertThat(loop.elapsed()).hasMillis(120);
                trail.add(b.await());
            });
        }
        assertThat(trail.entries()).containsExactly("slept 100", "slept 150");
    }

    @Test
    void afterItNextThrowsOnceForEachThatIsNotDone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Iterator<Future<String>> all = asCompleted(
                                Duration.ofMillis(15), List.of(sleeper(10), sleeper(20), sleeper(30)))
                        .iterator();
                sleep(Duration.ofMillis(50));
                assertThat(all.next().result()).isEqualTo("slept 10");
                assertThatThrownBy(all::next).isInstanceOf(TimeoutException.class);
                assertThat(all.hasNext()).isTrue();
                assertThatThrownBy(all::next).isInstanceOf(TimeoutException.class);
                assertThat(all.hasNext()).isFalse();
            });
        }
    }

    @Test
    void allWhoWaitForTheNextAreTold() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Iterator<Future<String>> all = asCompleted(Duration.ofMillis(5), sleeper(10), sleeper(20))
                        .iterator();
                Action next = () -> assertThatThrownBy(all::next).isInstanceOf(TimeoutException.class);
                gather(next, next).await();
                assertThat(loop.elapsed()).hasMillis(5);
            });
        }
    }

    @Test
    @PortOf("test_tasks.as_completed_with_unused_timeout")
    void aTimeThatIsNotUsedUpLeavesNoTimer() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Future<String> done : asCompleted(Duration.ofSeconds(1), sleeper(10))) {
                    trail.add(done.result());
                }
            });
            assertThatThrownBy(() -> loop.run(() -> loop.createFuture().await()))
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
            assertThat(loop.elapsed()).hasMillis(10);
        }
        assertThat(trail.entries()).containsExactly("slept 10");
    }

    @Test
    void withNoTimeOnlyWhatWasDoneBeforeComes() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> done = loop.createFuture();
                done.setResult("done before");
                Iterator<Future<String>> both =
                        asCompleted(Duration.ZERO, sleeper(10), done).iterator();
                assertThat(both.next().result()).isEqualTo("done before");
                assertThatThrownBy(both::next).isInstanceOf(TimeoutException.class);
            });
        }
    }

    @Test
    @PortOf("test_tasks.as_completed_reverse_wait")
    void theTaskThatAsksFirstGetsTheFirstFuture() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Iterator<Future<String>> both =
                        asCompleted(sleeper(50), sleeper(100)).iterator();
                Task<String> later = createTask(() -> both.next().result());
                Task<String> first = createTask(() -> both.next().result());
                assertThat(first.await() + " at " + loop.elapsed().toMillis()).isEqualTo("slept 100 at 100");
                assertThat(later.await()).isEqualTo("slept 50");
            });
        }
    }

    @Test
    void actionsAndNettysFuturesHaveATimeToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (var done : asCompleted(Duration.ofSeconds(1), () -> trail.add("action"), () -> yieldNow())) {
                    assertThat(done.isDone()).isTrue();
                }
                var never = loop.loop().eventLoop().<String>newPromise();
                assertThatThrownBy(asCompleted(Duration.ofSeconds(1), never).iterator()::next)
                        .isInstanceOf(TimeoutException.class);
            });
        }
        assertThat(trail.entries()).containsExactly("action");
    }

    @Test
    void whenTheTimeIsOverNobodyWaitsForTheOthersAnyMore() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> never = loop.createFuture();
                Iterator<Future<String>> one =
                        asCompleted(Duration.ofMillis(1), never).iterator();
                assertThat(never).hasToString("Future[pending, waiters=1]");
                assertThatThrownBy(one::next).isInstanceOf(TimeoutException.class);
                assertThat(never).hasToString("Future[pending]");
            });
        }
    }

    @Test
    void whereNothingIsToComeNoTimerIsSet() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThat(asCompleted(Duration.ofSeconds(1), List.<Awaitable<String>>of()))
                        .isEmpty();
            });
            assertThatThrownBy(() -> loop.run(() -> loop.createFuture().await()))
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
            assertThat(loop.elapsed()).isZero();
        }
    }
}
