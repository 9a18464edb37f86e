package dev.skein.loop;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An interrupt of the thread that called {@code run} cancels main, and is not lost. */
class InterruptTest {
    private final Trail trail = new Trail();
    private final CountDownLatch begun = new CountDownLatch(1);

    /** Runs {@code main} on a thread of its own, interrupts that, and gives what came of it. */
    private Outcome interrupted(boolean virtual, Awaitable<String> main) throws Exception {
        Outcome outcome = new Outcome();
        Runnable body = () -> outcome.of(main);
        Thread caller =
                virtual ? Thread.ofVirtual().start(body) : Thread.ofPlatform().start(body);
        Await.latch(begun);
        caller.interrupt();
        Await.join(caller);
        return outcome;
    }

    private static final class Outcome {
        private @Nullable String value;
        private @Nullable Throwable thrown;
        private boolean flag;

        void of(Awaitable<String> main) {
            try {
                value = run(main);
            } catch (Throwable failure) {
                thrown = failure;
            }
            flag = Thread.currentThread().isInterrupted();
        }
    }

    private String sleepForEver() {
        begun.countDown();
        try {
            sleep(Duration.ofDays(1));
            return "slept";
        } finally {
            sleep(Duration.ofMillis(1));
            trail.add("is clean");
        }
    }

    private String takeTurnsForEver() {
        begun.countDown();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                yieldNow();
            }
            return "the coroutine was interrupted";
        } finally {
            yieldNow();
            trail.add("is clean");
        }
    }

    private void assertCancelled(Outcome outcome) {
        assertThat(outcome.thrown)
                .isInstanceOf(CancellationException.class)
                .hasMessage("interrupted: main was cancelled and has ended")
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(outcome.flag).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whileTheLoopIsIdleCancelsMainAndWaitsForIt(boolean virtual) throws Exception {
        assertCancelled(interrupted(virtual, this::sleepForEver));
        assertThat(trail.entries()).containsExactly("is clean");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whileTheLoopIsBusyCancelsMainAndWaitsForIt(boolean virtual) throws Exception {
        assertCancelled(interrupted(virtual, this::takeTurnsForEver));
        assertThat(trail.entries()).containsExactly("is clean");
    }

    @Test
    void beforeTheRunCancelsMain() throws Exception {
        Outcome outcome = new Outcome();
        Thread caller = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            outcome.of(this::sleepForEver);
        });
        Await.join(caller);

        assertCancelled(outcome);
    }

    @Test
    void ofAMainThatRefusesGivesItsValueAndKeepsTheFlag() throws Exception {
        Outcome outcome = interrupted(false, () -> {
            try {
                return sleepForEver();
            } catch (CancelledError refused) {
                return "refused: " + refused.getMessage();
            }
        });

        assertThat(outcome.thrown).isNull();
        assertThat(outcome.value).isEqualTo("refused: the thread that runs the loop was interrupted");
        assertThat(outcome.flag).isTrue();
    }

    @Test
    void ofAMainThatFailsMeanwhileGivesThatFailure() throws Exception {
        Outcome outcome = interrupted(false, () -> {
            try {
                return sleepForEver();
            } catch (CancelledError cancelled) {
                throw new IllegalArgumentException("clean-up failed");
            }
        });

        assertThat(outcome.thrown).isInstanceOf(IllegalArgumentException.class).hasMessage("clean-up failed");
        assertThat(outcome.flag).isTrue();
    }

    @Test
    void whileMainIsStoppedInTheJdkInterruptsItThere() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        Outcome outcome = interrupted(false, () -> {
            begun.countDown();
            Thread.sleep(60_000);
            return "slept";
        });

        assertCancelled(outcome);
    }
}
