package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** In which order what is ready runs: asyncio's rounds. */
class OrderTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private Trail trail = new Trail();

    @Test
    @PortOf("test_base_events.call_soon")
    void callbacksRunInTheOrderTheyWereGiven() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int i = 0; i < 5; i++) {
                    loop.callSoon(adds(String.valueOf(i)));
                }
                trail.add("given");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("given", "0", "1", "2", "3", "4");
    }

    private Runnable adds(String word) {
        return () -> trail.add(word);
    }

    @Test
    void aRoundRunsOnlyWhatWasReadyWhenItBegan() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> {
                    trail.add("a");
                    loop.callSoon(adds("made by a"));
                });
                loop.callSoon(adds("b"));
                yieldNow();
                trail.add("first round over");
                yieldNow();
                trail.add("second round over");
            });
        }
        assertThat(trail.entries()).containsExactly("a", "b", "first round over", "made by a", "second round over");
    }

    @Test
    @PortOf("test_base_events._run_once_schedule_handle")
    void callbacksThatATimerAddsWaitForTheNextRound() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                sleep(SECOND);
                loop.callAt(0, () -> {
                    trail.add("timer");
                    loop.callSoon(adds("made by the timer"));
                });
                yieldNow();
                trail.add("first round over");
                yieldNow();
                trail.add("second round over");
            });
        }
        assertThat(trail.entries())
                .containsExactly("first round over", "timer", "second round over", "made by the timer");
    }

    @Test
    void aCallbackThatAlwaysMakesAnotherStarvesNobody() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                int[] turns = new int[1];
                loop.callSoon(new Runnable() {
                    @Override
                    public void run() {
                        turns[0]++;
                        loop.callSoon(this);
                    }
                });
                for (int i = 1; i <= 5; i++) {
                    yieldNow();
                    trail.add(turns[0]);
                }
                loop.loop().stop();
            });
        } catch (IllegalStateException stopped) {
            trail.add("stopped");
        }
        assertThat(trail.entries()).startsWith("1", "2", "3", "4", "5");
    }

    @Test
    void aCancelledCallbackDoesNotRun() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Handle[] second = new Handle[1];
                loop.callSoon(() -> {
                    trail.add("first");
                    second[0].cancel();
                });
                second[0] = loop.callSoon(adds("second"));
                loop.callSoon(adds("third"));
                yieldNow();
                trail.add(second[0].isCancelled() + " " + second[0]);
            });
        }
        assertThat(trail.entries()).containsExactly("first", "third", "true Handle[cancelled]");
    }

    @Test
    void theFirstStepOfATaskWaitsItsTurn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(adds("ready before"));
                Task<?> task = createTask(() -> trail.add("first step"));
                loop.callSoon(adds("ready after"));
                trail.add("created");
                task.await();
                trail.add("awaited");
            });
        }
        assertThat(trail.entries()).containsExactly("created", "ready before", "first step", "ready after", "awaited");
    }

    @Test
    void aWakeUpCostsARound() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                createTask(() -> trail.add("woken " + future.await()));
                yieldNow();
                loop.callSoon(adds("ready before"));
                future.setResult("x");
                loop.callSoon(adds("ready after"));
                trail.add("set");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("set", "ready before", "woken x", "ready after");
    }

    @Test
    void awaitingWhatIsDoneCostsNone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> done = loop.createFuture();
                done.setResult("x");
                loop.callSoon(adds("a round later"));
                for (int i = 0; i < 1_000; i++) {
                    done.await();
                    await(done);
                    await(() -> 1);
                }
                trail.add("a thousand awaits");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("a thousand awaits", "a round later");
    }

    @Test
    void theEndOfATaskWakesItsAwaiterARoundLater() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    trail.add("ends");
                    loop.callSoon(adds("ready when it ended"));
                });
                task.await();
                trail.add("awaiter");
            });
        }
        assertThat(trail.entries()).containsExactly("ends", "ready when it ended", "awaiter");
    }

    @Test
    void readyNowThenDueTimersThenWhatTheReadyOnesMade() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callLater(SECOND, adds("timer"));
                loop.callLater(Duration.ZERO, adds("due now"));
                loop.callSoon(() -> {
                    trail.add("ready");
                    loop.callSoon(adds("made by ready"));
                });
                sleep(SECOND);
            });
        }
        assertThat(trail.entries()).containsExactly("ready", "due now", "made by ready", "timer");
    }

    @Test
    void equalDeadlinesKeepTheOrderTheyWereSetIn() {
        List<Integer> called = new ArrayList<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                long when = loop.loop().time() + SECOND.toNanos();
                for (int i = 0; i < 1_000; i++) {
                    int number = i;
                    loop.callAt(when, () -> called.add(number));
                }
                sleep(SECOND);
            });
        }
        assertThat(called).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
    }

    @Test
    void timersThatAreSetInAnyOrderComeInTheOrderOfTheirDeadlines() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int seconds : new int[] {3, 1, 4, 1, 5, 9, 2, 6}) {
                    loop.callLater(Duration.ofSeconds(seconds), adds(seconds + "s"));
                }
                sleep(Duration.ofSeconds(10));
            });
        }
        assertThat(trail.entries()).containsExactly("1s", "1s", "2s", "3s", "4s", "5s", "6s", "9s");
    }

    @Test
    void momentsInThePastKeepTheOrderOfTheMoments() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                sleep(SECOND);
                long now = loop.loop().time();
                loop.callAt(now - 1, adds("later"));
                loop.callAt(now - 2, adds("earlier"));
                sleep(SECOND);
            });
        }
        assertThat(trail.entries()).containsExactly("earlier", "later");
    }

    @Test
    @PortOf("test_base_events.call_later_negative_delays")
    void delaysOfLessThanZeroComeInTheNextRoundTheEarliestFirst() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callLater(Duration.ofSeconds(-1), adds("a"));
                loop.callLater(Duration.ofSeconds(-2), adds("b"));
                loop.callSoon(adds("ready"));
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("ready", "b", "a");
    }

    @Test
    void callbacksFromOtherThreadsQueueUpBehindWhatIsReady() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().callSoonThreadsafe(adds("threadsafe"));
                loop.callSoon(adds("soon"));
                sleep(SECOND);
            });
        }
        assertThat(trail.entries()).containsExactly("soon", "threadsafe");
    }

    /** CPython 3.13 prints this order. */
    private static final List<String> WITHOUT_DELAY = List.of(
            "a",
            "b",
            "-",
            "c",
            "d",
            "-",
            "past",
            "negative",
            "timer",
            "now",
            "e",
            "-",
            "made by the timer",
            "-",
            "-",
            "-");

    private void setTimersWithoutDelay() {
        Loop loop = Loop.current();
        loop.callSoon(() -> {
            trail.add("a");
            loop.callSoon(() -> {
                trail.add("c");
                loop.callSoon(adds("e"));
            });
            loop.callLater(Duration.ZERO, () -> {
                trail.add("timer");
                loop.callSoon(adds("made by the timer"));
            });
            loop.callAt(loop.time() - SECOND.toNanos(), adds("past"));
            loop.callAt(loop.time(), adds("now"));
            loop.callLater(SECOND.negated(), adds("negative"));
            loop.callSoon(adds("d"));
        });
        loop.callSoon(adds("b"));
        for (int i = 0; i < 6; i++) {
            yieldNow();
            trail.add("-");
        }
    }

    @Test
    void timersWithoutDelayComeInTheNextRoundBehindWhatIsReadyAndBeforeWhatThatMakesReady() {
        for (int i = 0; i < 200; i++) {
            trail = new Trail();
            Asyncio.run(this::setTimersWithoutDelay);
            assertThat(trail.entries()).isEqualTo(WITHOUT_DELAY);
        }
    }

    @Test
    void timersWithoutDelayHaveThatOrderInVirtualTimeToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(this::setTimersWithoutDelay);
        }
        // With moments that are equal, and so in the order in which they were set.
        assertThat(trail.entries()).isEqualTo(WITHOUT_DELAY);
    }

    /** CPython 3.13 prints this order. */
    @Test
    void aDeadlineThatPassesWhileACallbackBlocksComesInTheNextRound() {
        Asyncio.run(() -> {
            Loop loop = Loop.current();
            TimerHandle timer = loop.callLater(Duration.ofMillis(5), adds("due"));
            loop.callSoon(() -> {
                while (loop.time() < timer.when()) {
                    Thread.onSpinWait();
                }
                trail.add("blocked");
                loop.callSoon(() -> {
                    trail.add("next");
                    loop.callSoon(adds("after"));
                });
            });
            for (int i = 0; i < 4; i++) {
                yieldNow();
                trail.add("-");
            }
        });
        assertThat(trail.entries()).containsExactly("blocked", "-", "next", "-", "due", "after", "-", "-");
    }

    /** Coroutines alone: the carrier begins rounds by itself. */
    @Test
    void aTimerWithoutDelayComesBetweenTwoRoundsOfCoroutinesToo() {
        for (int i = 0; i < 200; i++) {
            trail = new Trail();
            Asyncio.run(() -> {
                Task<?> other = createTask(() -> {
                    yieldNow();
                    trail.add("first");
                    Loop.current().callLater(Duration.ZERO, adds("timer"));
                    yieldNow();
                    trail.add("second");
                    yieldNow();
                    trail.add("third");
                });
                other.await();
            });
            assertThat(trail.entries()).containsExactly("first", "second", "timer", "third");
        }
    }

    @Test
    void aFloodOfCallbacksDoesNotMixUpTheTimers() {
        List<Integer> fired = new ArrayList<>();
        Loop loop = newEventLoop();
        try (loop) {
            loop.runUntilComplete(() -> {
                for (int i = 0; i < 100_000; i++) {
                    loop.callSoonThreadsafe(() -> {});
                }
                long first = loop.time() + Duration.ofMillis(5).toNanos();
                for (int i = 0; i < 500; i++) {
                    int number = i;
                    loop.callAt(first + i * 10_000L, () -> fired.add(number));
                }
                while (loop.time() < first) {
                    Thread.onSpinWait();
                }
                sleep(Duration.ofMillis(100));
            });
        }
        assertThat(fired).hasSize(500).isSorted();
    }
}
