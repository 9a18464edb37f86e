package dev.skein.loop;

import static dev.skein.loop.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.skein.loop.testing.TestLoop;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** A default executor that refuses work, or whose end does not go well: whoever asked is told, and virtual time goes on. */
class DefaultExecutorFailuresTest {
    private final ExecutorService executor = mock(ExecutorService.class);

    /** Has {@code body} run where {@code chosen} is the default, and looks whether work is still counted as under way. */
    private static void with(Executor chosen, Action body) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Loop.current().setDefaultExecutor(chosen);
                body.run();
            });
            assertThatThrownBy(() -> loop.run(() -> loop.createFuture().await()))
                    .as("nothing is under way outside, so this is a deadlock")
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
        }
    }

    private static void shutdown() {
        Loop.current().shutdownDefaultExecutor();
    }

    @Test
    void oneThatRefusesToShutDownIsNotWaitedFor() throws InterruptedException {
        IllegalStateException refused = new IllegalStateException("not now");
        doThrow(refused).doNothing().when(executor).shutdown();

        with(
                executor,
                () -> assertThatThrownBy(DefaultExecutorFailuresTest::shutdown).hasMessage("not now"));

        verify(executor, never()).awaitTermination(anyLong(), any());
    }

    @Test
    void oneThatEndsInTimeIsFirstShutDownAndThenWaitedForOnce() throws InterruptedException {
        when(executor.awaitTermination(anyLong(), any())).thenReturn(true);

        with(executor, DefaultExecutorFailuresTest::shutdown);

        InOrder order = inOrder(executor);
        order.verify(executor).shutdown();
        order.verify(executor).awaitTermination(anyLong(), any());
    }

    @Test
    void oneThatSaysThatItHasNotEndedIsNamed() throws InterruptedException {
        when(executor.awaitTermination(anyLong(), any())).thenReturn(false);
        when(executor.toString()).thenReturn("Pool[stuck]");

        with(
                executor,
                () -> assertThatThrownBy(DefaultExecutorFailuresTest::shutdown)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("executor has not terminated: Pool[stuck]"));
    }

    @Test
    void anInterruptOfTheThreadThatWaitsForItIsTold() throws InterruptedException {
        when(executor.awaitTermination(anyLong(), any())).thenThrow(new InterruptedException("by somebody"));

        with(
                executor,
                () -> assertThatThrownBy(DefaultExecutorFailuresTest::shutdown)
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOf(InterruptedException.class)
                        .hasMessage("by somebody"));
    }

    @Test
    void rejectedWorkFailsAtOnceAndIsNotTriedAgain() {
        Executor full = mock(Executor.class);
        doThrow(new RejectedExecutionException("full")).when(full).execute(any());

        with(full, () -> {
            assertThatThrownBy(() -> toThread(() -> "never"))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("full");
            assertThatThrownBy(() -> Loop.current().runInExecutor(() -> "never"))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("full");
        });

        verify(full, times(2)).execute(any());
    }
}
