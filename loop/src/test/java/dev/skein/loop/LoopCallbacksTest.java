package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** CPython's cases of callbacks, handles and timers, and of what stops a loop. */
class LoopCallbacksTest {
    private final Trail trail = new Trail();
    private final TestLoop test = new TestLoop();
    private final Loop loop = test.loop();

    @AfterEach
    void close() {
        test.close();
    }

    /** Runs the loop until it is stopped, after {@code first} has prepared it. */
    private void runForever(Runnable first) {
        loop.callSoonThreadsafe(first);
        loop.runForever();
    }

    @Test
    @PortOf("test_events.call_soon")
    @PortOf("test_base_events.run_once")
    void aCallbackThatIsSoonMayStopTheLoop() {
        runForever(() -> loop.callSoon(() -> {
            trail.add("hello");
            loop.stop();
        }));

        assertThat(trail.entries()).containsExactly("hello");
    }

    @Test
    @PortOf("test_events.call_later")
    void aCallbackThatIsLaterRunsWhenItsTimeHasCome() {
        runForever(() -> loop.callLater(Duration.ofMillis(100), () -> {
            trail.add("hello " + test.elapsed().toMillis());
            loop.stop();
        }));

        assertThat(trail.entries()).containsExactly("hello 100");
    }

    @Test
    @PortOf("test_events.run_until_complete_stopped")
    void aMainThatStopsItsLoopIsNotDone() {
        assertThatThrownBy(() -> loop.runUntilComplete(() -> {
                    loop.stop();
                    sleep(Duration.ofMillis(100));
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the loop was stopped before its main was done: Task[");
    }

    @Test
    @PortOf("test_events.timeout_rounding")
    void sleepsShorterThanTheClocksStepDoNotSpinTheLoop() {
        try (Loop real = newEventLoop()) {
            long steps = real.runUntilComplete(() -> {
                long before = real.watch().steps();
                for (long nanos = 10_000_000; nanos > 0; nanos /= 100) {
                    sleep(Duration.ofNanos(nanos));
                }
                return real.watch().steps() - before;
            });
            // Three for each pass, one for each callback or coroutine in it; waiting in a spin takes thousands.
            assertThat(steps).isLessThan(100);
        }
    }

    @Test
    @PortOf("test_events.handle")
    @PortOf("test_base_events._add_callback_handle")
    @PortOf("test_base_events._add_callback_cancelled_handle")
    void aHandleRunsUnlessItIsCancelled() {
        test.run(() -> {
            Handle kept = loop.callSoon(() -> trail.add("kept"));
            Handle cancelled = loop.callSoon(() -> trail.add("cancelled"));
            assertThat(cancelled.isCancelled()).isFalse();
            cancelled.cancel();
            assertThat(cancelled.isCancelled()).isTrue();
            assertThat(kept.isCancelled()).isFalse();
            yieldNow();
        });

        assertThat(trail.entries()).containsExactly("kept");
    }

    @Test
    void aHandleShowsHowItStands() {
        test.run(() -> {
            Handle runs = loop.callSoon(() -> {});
            Handle never = loop.callSoon(() -> {});
            never.cancel();
            yieldNow();
            assertThat(runs).hasToString("Handle[done]");
            assertThat(never).hasToString("Handle[cancelled]");
        });
    }

    @Test
    @PortOf("test_events.when")
    @PortOf("test_events.timer")
    void aTimerKnowsItsMomentAlsoWhenItIsCancelled() {
        test.run(() -> {
            TimerHandle timer = loop.callAt(5_000, () -> trail.add("never"));
            assertThat(timer.when()).isEqualTo(5_000);
            assertThat(timer.isCancelled()).isFalse();
            timer.cancel();
            assertThat(timer.isCancelled()).isTrue();
            assertThat(timer.when()).isEqualTo(5_000);
            assertThat(timer).hasToString("TimerHandle[cancelled]");
            sleep(Duration.ofNanos(10_000));
        });

        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_base_events._run_once")
    void theLoopDoesNotWaitForATimerThatIsCancelled() {
        runForever(() -> {
            TimerHandle five = loop.callLater(Duration.ofSeconds(5), () -> trail.add("never"));
            loop.callLater(Duration.ofSeconds(10), () -> {
                trail.add("after " + test.elapsed().toSeconds());
                loop.stop();
            });
            five.cancel();
        });

        assertThat(trail.entries()).containsExactly("after 10");
    }

    @Test
    @PortOf("test_base_events.single_selecter_event_callback_after_stopping")
    void aCallbackFromNettyInAStoppedRunRunsOnce() {
        runForever(() -> {
            loop.eventLoop().execute(() -> loop.callSoon(() -> trail.add("event")));
            loop.stop();
        });
        for (int run = 0; run < 2; run++) {
            runForever(loop::stop);
        }

        assertThat(trail.entries()).containsExactly("event");
    }

    @Test
    @PortOf("test_base_events.run_until_complete_baseexception")
    @PortOf("test_base_events.run_forever_keyboard_interrupt")
    void anErrorOfMainLeavesNoStopBehindAndIsNotReported() {
        assertThatThrownBy(() -> test.run(() -> {
                    throw new LinkageError("fatal");
                }))
                .isInstanceOf(LinkageError.class)
                .hasMessage("fatal");
        runForever(() -> loop.callSoon(() -> loop.callSoon(() -> {
            trail.add("called");
            loop.stop();
        })));

        assertThat(trail.entries()).containsExactly("called");
        assertThat(test.errors()).isEmpty();
    }

    @Test
    void aTaskObserverSeesTheNameOfTheTask() {
        test.run(() -> {
            loop.onTaskCreated(task -> trail.add(task.name()));
            assertThat(createTask(() -> {}, "test_task").name()).isEqualTo("test_task");
        });

        assertThat(trail.entries()).containsExactly("test_task");
    }

    @Test
    @PortOf("test_base_events.create_task_error_closes_coro")
    @PortOf("test_events.new_event_loop")
    void aClosedLoopMakesNoTaskAndTheBodyNeverRuns() {
        Loop closed = newEventLoop();
        closed.close();
        assertThatThrownBy(() -> closed.createTask(() -> trail.add("never")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("loop is closed");
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_events.get_running_loop_already_running")
    void aRunThatIsRefusedLeavesTheRunningLoopCurrent() {
        test.run(() -> {
            try (Loop other = newEventLoop()) {
                assertThatThrownBy(other::runForever).isInstanceOf(IllegalStateException.class);
            }
            assertThat(Loop.current()).isSameAs(loop);
        });
    }

    @Test
    @PortOf("test_events.get_event_loop_returns_running_loop")
    @PortOf("test_events.get_event_loop_returns_running_loop2")
    void currentIsTheLoopInsideAndNoneOutside() {
        assertThatThrownBy(Loop::current)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running");
        test.run(() -> assertThat(Loop.current()).isSameAs(loop));
        assertThatThrownBy(Loop::current)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running");
    }
}
