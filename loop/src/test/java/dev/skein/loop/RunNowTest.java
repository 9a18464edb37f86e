package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A coroutine's first step inside the step, or the callback, of whoever starts it. */
class RunNowTest {
    private final Trail trail = new Trail();

    /** A task that has not started, known to the loop. */
    private static Task<@Nullable Void> unstarted(Action body) {
        Loop loop = Loop.current();
        Task<@Nullable Void> task = new Task<>(loop, body.asAwaitable(), "now");
        loop.tasks().add(task);
        return task;
    }

    private void startNow(String name, Action body) {
        trail.add("start " + name);
        unstarted(() -> {
                    trail.add(name);
                    body.run();
                    trail.add(name + " ends");
                })
                .startNow();
        trail.add("started " + name);
    }

    @Test
    void aBodyThatNeverAwaitsRunsToItsEndBeforeItsCaller() {
        inLoop(() -> {
            Loop.current().callSoon(() -> trail.add("callback"));
            startNow("a", () -> {});
            yieldNow();
        });

        assertThat(trail.entries()).containsExactly("start a", "a", "a ends", "started a", "callback");
    }

    @Test
    void theCallerGoesOnWithinTheRoundWhereItSuspends() {
        inLoop(() -> {
            Loop.current().callSoon(() -> trail.add("callback"));
            startNow("a", Asyncio::yieldNow);
            yieldNow();
        });

        assertThat(trail.entries()).containsExactly("start a", "a", "started a", "callback", "a ends");
    }

    @Test
    void oneInsideTheOtherEachWaitsForItsOwn() {
        inLoop(() -> {
            Loop.current().callSoon(() -> trail.add("callback"));
            startNow("a", () -> startNow("b", Asyncio::yieldNow));
            yieldNow();
        });

        assertThat(trail.entries())
                .containsExactly(
                        "start a", "a", "start b", "b", "started b", "a ends", "started a", "callback", "b ends");
    }

    @Test
    void aCallbackStartsOneInsideItselfWithAllThatThatStarts() {
        inLoop(() -> {
            Loop.current().callSoon(() -> startNow("a", () -> startNow("b", Asyncio::yieldNow)));
            Loop.current().callSoon(() -> trail.add("callback"));
            yieldNow();
            yieldNow();
        });

        assertThat(trail.entries())
                .containsExactly(
                        "start a", "a", "start b", "b", "started b", "a ends", "started a", "callback", "b ends");
    }

    @Test
    void theCallerGoesOnWhereItBlocksInTheJdk() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        inLoop(() -> {
            Thread[] blocked = new Thread[1];
            startNow("a", () -> {
                blocked[0] = Thread.currentThread();
                LockSupport.park();
            });
            LockSupport.unpark(blocked[0]);
            yieldNow();
            yieldNow();
        });

        assertThat(trail.entries()).containsExactly("start a", "a", "started a", "a ends");
    }

    @Test
    void oneThatIsRunningCannotBeRunAgain() {
        inLoop(() -> {
            Task<?> me = CurrentTask.thisTask();
            assertThatThrownBy(me::startNow)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("cannot resume now: Coroutine[");
            Task<?> queued = createTask(() -> trail.add("once"));
            assertThatThrownBy(queued::startNow).hasMessageContaining("QUEUED");
            await(queued);
        });

        assertThat(trail.entries()).containsExactly("once");
    }

    private static void inLoop(Action main) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(main);
        }
    }
}
