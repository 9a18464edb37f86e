package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.waitUntil;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code Loop.callWhenIdle}. */
class IdleTest {
    /** More rounds than fit into a pass of virtual time. */
    private static final int MANY_ROUNDS = 250;

    private final Trail trail = new Trail();

    /** Calls back round after round, and then says so. */
    private void chain(Loop loop, int rounds) {
        if (rounds == 0) {
            trail.add("chain");
        } else {
            loop.callSoon(() -> chain(loop, rounds - 1));
        }
    }

    @ParameterizedTest
    @EnumSource(Time.class)
    void anIdleCallbackRunsWhenNothingElseIsReady(Time time) {
        try (Loop loop = newEventLoop(time.options())) {
            loop.runUntilComplete(() -> {
                Future<Void> idle = loop.createFuture();
                loop.callWhenIdle(() -> {
                    trail.add("idle");
                    idle.cancel();
                });
                chain(loop, MANY_ROUNDS);
                idle.addDoneCallback(_ -> trail.add("next round"));
                waitUntil(List.of(idle), ReturnWhen.ALL_COMPLETED);
            });
        }
        assertThat(trail.entries()).containsExactly("chain", "idle", "next round");
    }

    @ParameterizedTest
    @EnumSource(Time.class)
    void anIdleCallbackRunsWhileItsLoopCloses(Time time) {
        try (Loop loop = newEventLoop(time.options())) {
            loop.runUntilComplete(() -> {
                createTask(() -> {
                    try {
                        await(loop.createFuture());
                    } finally {
                        Future<String> idle = loop.createFuture();
                        loop.callWhenIdle(() -> idle.setResult("idle"));
                        trail.add(await(idle));
                    }
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("idle");
    }

    @Test
    void virtualTimeDoesNotJumpBeforeAnIdleCallback() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> timer = loop.createFuture();
                loop.callLater(Duration.ofSeconds(1), () -> timer.setResult("timer"));
                loop.loop()
                        .callWhenIdle(
                                () -> trail.add("idle at " + loop.elapsed().toMillis()));
                trail.add(await(timer));
            });
        }
        assertThat(trail.entries()).containsExactly("idle at 0", "timer");
    }

    @Test
    void aCancelledIdleCallbackDoesNotRun() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Handle handle = loop.loop().callWhenIdle(() -> trail.add("cancelled"));
                handle.cancel();
                loop.loop().callWhenIdle(() -> trail.add("idle"));
                loop.settle();
            });
        }
        assertThat(trail.entries()).containsExactly("idle");
    }

    @Test
    void theFailureOfAnIdleCallbackIsReported() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().callWhenIdle(() -> {
                    throw new ArithmeticException("idle");
                });
                loop.settle();
            });
            assertThat(loop.errors()).hasSize(1);
            assertThat(loop.errors().getFirst().exception()).containsInstanceOf(ArithmeticException.class);
        }
    }

    @Test
    void anIdleCallbackThatIsLeftRunsInTheNextRun() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().callWhenIdle(() -> trail.add("idle"));
            });
            trail.add("between");
            loop.settle();
        }
        assertThat(trail.entries()).containsExactly("between", "idle");
    }
}
