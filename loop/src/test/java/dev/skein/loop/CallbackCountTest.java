package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import dev.skein.loop.testing.TestLoop;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How often callbacks are called: once for each time they were given, and not at all when they were taken back. */
class CallbackCountTest {
    private final Consumer<Future<String>> callback = mock();
    private final Consumer<Task<?>> observer = mock();

    private static void inLoop(Action main) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(main);
        }
    }

    private static Future<String> newFuture() {
        return Loop.current().createFuture();
    }

    @Test
    void aDoneCallbackIsCalledOnceWhateverElseHappensToTheFuture() {
        inLoop(() -> {
            Future<String> future = newFuture();
            future.addDoneCallback(callback);
            Task<String> awaits = createTask(future);
            yieldNow();
            verifyNoInteractions(callback);

            future.setResult("done");
            assertThat(awaits.await()).isEqualTo("done");
            assertThat(future.cancel()).isFalse();
            assertThatThrownBy(() -> future.setResult("again")).isInstanceOf(InvalidStateException.class);
            assertThat(future.await()).isEqualTo("done");
            yieldNow();

            verify(callback, times(1)).accept(future);
            verifyNoMoreInteractions(callback);
        });
    }

    @Test
    void oneThatWasAddedThreeTimesIsCalledThreeTimes() {
        inLoop(() -> {
            Future<String> future = newFuture();
            for (int i = 0; i < 3; i++) {
                future.addDoneCallback(callback);
            }
            future.cancel();
            yieldNow();

            verify(callback, times(3)).accept(future);
        });
    }

    @Test
    void oneThatWasTakenBackIsNeverCalledAndOneThatWasAddedAgainOnce() {
        Consumer<Future<String>> again = mock();
        inLoop(() -> {
            Future<String> future = newFuture();
            future.addDoneCallback(callback);
            future.addDoneCallback(again);
            future.addDoneCallback(again);
            assertThat(future.removeDoneCallback(callback)).isEqualTo(1);
            assertThat(future.removeDoneCallback(again)).isEqualTo(2);
            future.addDoneCallback(again);
            future.setResult("done");
            yieldNow();

            verify(callback, never()).accept(any());
            verify(again, times(1)).accept(future);
        });
    }

    @Test
    void oneThatIsAddedToADoneFutureIsCalledOnce() {
        inLoop(() -> {
            Future<String> future = newFuture();
            future.setResult("done");
            future.addDoneCallback(callback);
            verifyNoInteractions(callback);
            yieldNow();
            yieldNow();

            verify(callback, times(1)).accept(future);
        });
    }

    @Test
    void aTaskObserverSeesEachTaskOnce() {
        inLoop(() -> {
            Loop.current().onTaskCreated(observer);
            Task<?> lazy = createTask(() -> {});
            Task<?> eager = createTask(() -> {}, options -> options.withEagerStart(true));
            gather(lazy, eager).await();

            verify(observer, times(1)).accept(lazy);
            verify(observer, times(1)).accept(eager);
            verifyNoMoreInteractions(observer);
        });
    }

    @Test
    void aTaskIsSeenOnceWhoeverMakesIt() {
        inLoop(() -> {
            Loop loop = Loop.current();
            loop.onTaskCreated(observer);
            taskGroup(group -> {
                group.createTask(() -> {});
            });
            verify(observer, times(1)).accept(any());
            gather(() -> "one", () -> "two").await();
            verify(observer, times(3)).accept(any());
            CompletableFuture<String> threadsafe = runCoroutineThreadsafe(() -> "of another thread", loop);
            await(threadsafe);
            verify(observer, times(4)).accept(any());
        });
    }

    @Test
    void noTaskIsSeenWhereNoneIsMade() {
        inLoop(() -> {
            Loop.current().onTaskCreated(observer);
            Future<String> future = newFuture();
            future.setResult("done");
            assertThat(await(future)).isEqualTo("done");
            await(() -> "inline");
            Loop.current().callSoon(() -> {});
            yieldNow();

            verifyNoInteractions(observer);
        });
    }

    @Test
    void anObserverThatIsAddedTwiceSeesEachTaskTwice() {
        inLoop(() -> {
            Loop.current().onTaskCreated(observer);
            Loop.current().onTaskCreated(observer);
            Task<?> task = createTask(() -> {});

            verify(observer, times(2)).accept(task);
        });
    }
}
