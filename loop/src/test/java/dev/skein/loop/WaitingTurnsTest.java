package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.staggeredRace;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How many turns of the loop a wait takes that is over at once: as many as in CPython 3.14. */
class WaitingTurnsTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Action nothing = () -> {};
    private final Awaitable<@Nullable Void> atOnce = nothing.asAwaitable();
    private int turns;
    private boolean counting;

    private int turnsOf(Action action) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                counting = true;
                loop.callSoon(() -> count(loop.loop()));
                try {
                    action.run();
                } catch (TimeoutException e) {
                    // As expected where there is no time.
                } finally {
                    counting = false;
                }
            });
        }
        return turns;
    }

    private void count(Loop loop) {
        if (counting) {
            turns++;
            loop.callSoon(() -> count(loop));
        }
    }

    @Test
    void aTimeoutOfNothing() {
        assertThat(turnsOf(() -> timeout(Duration.ZERO, timeout -> {
                    sleep(LONG);
                })))
                .isEqualTo(2);
    }

    @Test
    void waitForALambdaThatDoesNotAwait() {
        assertThat(turnsOf(() -> waitFor(nothing, LONG))).isZero();
    }

    @Test
    void waitForALambdaWithNoTime() {
        assertThat(turnsOf(() -> waitFor(nothing, Duration.ZERO))).isEqualTo(3);
    }

    @Test
    void waitForAFutureWithNoTime() {
        assertThat(turnsOf(() -> waitFor(Loop.current().createFuture(), Duration.ZERO)))
                .isEqualTo(2);
    }

    @Test
    void waitForATaskWithNoTime() {
        assertThat(turnsOf(() -> waitFor(createTask(() -> sleep(LONG)), Duration.ZERO)))
                .isEqualTo(3);
    }

    @Test
    void waitForATaskThatSleepsWithNoTime() {
        assertThat(turnsOf(() -> {
                    Task<?> task = createTask(() -> sleep(LONG));
                    yieldNow();
                    waitFor(task, Duration.ZERO);
                }))
                .isEqualTo(4);
    }

    @Test
    void aRaceOfNobody() {
        assertThat(turnsOf(() -> staggeredRace(List.of(), Timeout.NEVER))).isEqualTo(3);
    }

    @Test
    void aRaceThatTheFirstWinsAtOnce() {
        assertThat(turnsOf(() -> staggeredRace(List.of(atOnce, atOnce), Timeout.NEVER)))
                .isEqualTo(4);
    }

    @Test
    void aRaceThatAllLose() {
        Awaitable<String> failing = () -> {
            throw new IllegalArgumentException("no");
        };
        assertThat(turnsOf(() -> staggeredRace(List.of(failing, failing), Timeout.NEVER)))
                .isEqualTo(5);
    }

    @Test
    void aRaceWithoutADelayThatTheSecondWins() {
        Action slow = () -> sleep(LONG);
        assertThat(turnsOf(() -> staggeredRace(List.of(slow.asAwaitable(), atOnce), Duration.ZERO)))
                .isEqualTo(8);
    }
}
