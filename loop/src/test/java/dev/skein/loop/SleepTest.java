package dev.skein.loop;

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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sleeping coroutines and the timers below them. */
class SleepTest {
    private final Trail trail = new Trail();

    @Test
    @PortOf("test_tasks.sleep")
    void aSleepTakesAsLongAsItSays() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                sleep(Duration.ofMillis(50));
                assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(50));
                sleep(Duration.ofNanos(50_000_001));
                assertThat(loop.elapsed()).isEqualTo(Duration.ofNanos(100_000_001));
            });
        }
    }

    @Test
    @PortOf("test_tasks.sleep_zero")
    void zeroLetsWhatIsReadyHaveItsTurn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> trail.add("ready"));
                trail.add("before");
                sleep(Duration.ZERO);
                trail.add("after");
                assertThat(loop.elapsed()).isZero();
            });
        }
        assertThat(trail.entries()).containsExactly("before", "ready", "after");
    }

    @Test
    void lessThanZeroIsZero() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> trail.add("ready"));
                sleep(Duration.ofSeconds(-5));
                trail.add("after");
                assertThat(loop.elapsed()).isZero();
            });
        }
        assertThat(trail.entries()).containsExactly("ready", "after");
    }

    @Test
    void sleepersWakeInTheOrderOfTheirDeadlines() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> gather(sleeper(3), sleeper(1), sleeper(2)).await());
            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(3));
        }
        assertThat(trail.entries()).containsExactly("1", "2", "3");
    }

    private Action sleeper(int seconds) {
        return () -> {
            sleep(Duration.ofSeconds(seconds));
            trail.add(seconds);
        };
    }

    @Test
    void manySleepersAllWakeInTheOrderOfTheirDeadlines() {
        Random random = new Random(42);
        List<Long> woken = new ArrayList<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<Task<?>> all = new ArrayList<>();
                for (int i = 0; i < 10_000; i++) {
                    Duration length = Duration.ofMillis(1 + random.nextInt(5_000));
                    all.add(createTask(() -> {
                        sleep(length);
                        woken.add(loop.loop().time());
                    }));
                }
                for (Task<?> task : all) {
                    task.await();
                }
            });
        }
        assertThat(woken).hasSize(10_000).isSorted();
    }

    @Test
    @PortOf("test_tasks.sleep_cancel")
    @PortOf("test_tasks.cancel")
    void aCancelledSleepTakesItsTimerBack() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> sleeper = createTask(() -> sleep(Duration.ofHours(1)));
                yieldNow();
                sleeper.cancel();
                assertThatThrownBy(sleeper::await).isInstanceOf(CancelledError.class);
            });
            assertThatThrownBy(() -> loop.run(() -> loop.createFuture().await()))
                    .as("no timer is left")
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
            assertThat(loop.elapsed()).isZero();
        }
    }

    @Test
    void aSleepTooLongToCountNeverEnds() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> forEver = createTask(() -> sleep(ChronoUnit.FOREVER.getDuration()));
                sleep(Duration.ofDays(365_000 / 4));
                assertThat(forEver.isDone()).isFalse();
                forEver.cancel();
            });
        }
    }

    @Test
    void outsideACoroutineItSaysWhereItBelongs() {
        assertThatThrownBy(() -> sleep(Duration.ofSeconds(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "sleep() outside a coroutine: start one with run(...) or createTask(...), and call it there");
        assertThatThrownBy(() -> sleep(Duration.ZERO)).hasMessageStartingWith("yieldNow() outside a coroutine");
    }

    @Test
    @PortOf("test_base_events.call_later")
    void callLaterKnowsItsMoment() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                sleep(Duration.ofSeconds(1));
                TimerHandle timer = loop.callLater(Duration.ofSeconds(10), () -> trail.add("due"));
                assertThat(timer.when()).isEqualTo(Duration.ofSeconds(11).toNanos());
                sleep(Duration.ofSeconds(9));
                assertThat(trail.entries()).isEmpty();
                sleep(Duration.ofSeconds(1));
                assertThat(timer.when()).isEqualTo(Duration.ofSeconds(11).toNanos());
            });
        }
        assertThat(trail.entries()).containsExactly("due");
    }

    @Test
    @PortOf("test_base_events.time_and_call_at")
    void callAtComesAtTheVeryMoment() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                long when = loop.loop().time() + 123_456_789;
                Future<Long> called = loop.createFuture();
                loop.callAt(when, () -> called.setResult(loop.loop().time()));
                assertThat(called.await()).isEqualTo(when);
            });
        }
    }

    @Test
    void aCancelledTimerDoesNotRunAndHoldsNothingUp() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                TimerHandle timer = loop.callLater(Duration.ofHours(1), () -> trail.add("due"));
                timer.cancel();
                timer.cancel();
                assertThat(timer.isCancelled()).isTrue();
                assertThat(timer).hasToString("TimerHandle[cancelled]");
                sleep(Duration.ofHours(2));
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void aTimerThatIsDueCanStillBeCancelledInTheSameRound() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                TimerHandle[] second = new TimerHandle[1];
                loop.callLater(Duration.ofSeconds(1), () -> {
                    trail.add("first");
                    second[0].cancel();
                });
                second[0] = loop.callLater(Duration.ofSeconds(1), () -> trail.add("second"));
                sleep(Duration.ofSeconds(2));
            });
        }
        assertThat(trail.entries()).containsExactly("first");
    }

    @Test
    void aMomentLongPastIsNow() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                sleep(Duration.ofSeconds(5));
                loop.callAt(0, () -> trail.add("at zero"));
                loop.callAt(Long.MIN_VALUE, () -> trail.add("before all time"));
                sleep(Duration.ofSeconds(1));
            });
        }
        assertThat(trail.entries()).containsExactlyInAnyOrder("at zero", "before all time");
    }
}
