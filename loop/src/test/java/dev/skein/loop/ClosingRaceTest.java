package dev.skein.loop;

import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Strangers who are still at it while a loop closes: nothing that they wait for is forgotten. */
@Execution(ExecutionMode.CONCURRENT)
class ClosingRaceTest {
    private static final int ROUNDS = 100;

    /** Hands in one coroutine after the other, each when the one before is done, until the loop refuses. */
    private static int handInUntilRefused(Loop loop, CountDownLatch begun) {
        int results = 0;
        while (true) {
            try {
                CompletableFuture<Integer> future = runCoroutineThreadsafe(
                        () -> {
                            yieldNow();
                            return 1;
                        },
                        loop);
                begun.countDown();
                results += resultOrZero(future);
            } catch (IllegalStateException closed) {
                assertThat(closed).hasMessage("loop is closed");
                return results;
            }
        }
    }

    /** What the coroutine gave, or 0 if the loop closed first; for ever is a failure. */
    private static int resultOrZero(CompletableFuture<Integer> future) {
        try {
            return future.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (CancellationException ended) {
            return 0;
        } catch (ExecutionException refused) {
            assertThat(refused.getCause()).isInstanceOf(IllegalStateException.class);
            return 0;
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyCoroutineThatIsHandedInEndsOrIsRefused() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            LoopGroup group = new LoopGroup(1);
            CountDownLatch begun = new CountDownLatch(3);
            List<Throwable> failures = new ArrayList<>();
            Thread[] strangers = new Thread[3];
            for (int i = 0; i < strangers.length; i++) {
                strangers[i] = Thread.ofPlatform()
                        .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
                        .start(() -> handInUntilRefused(Loop.of(group.next()), begun));
            }
            Await.latch(begun);
            group.close();
            for (Thread stranger : strangers) {
                Await.join(stranger);
            }
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void everyCoroutineThatIsStoppedInTheJdkGoesOn() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        for (int round = 0; round < ROUNDS; round++) {
            SynchronousQueue<String> queue = new SynchronousQueue<>();
            CompletableFuture<String> end = new CompletableFuture<>();
            LoopGroup group = new LoopGroup(1, o -> o.withCloseTimeout(Duration.ZERO));
            CountDownLatch blocked = new CountDownLatch(1);
            runCoroutineThreadsafe(
                    () -> {
                        Loop.current().setExceptionHandler((loop, expected) -> {});
                        try {
                            blocked.countDown();
                            end.complete(takeWhateverHappens(queue));
                            return "";
                        } catch (Throwable failure) {
                            end.completeExceptionally(failure);
                            throw failure;
                        }
                    },
                    Loop.of(group.next()));
            Await.latch(blocked);
            group.shutdownGracefully(0, round % 3, TimeUnit.MILLISECONDS);
            for (int i = 0; i < 20; i++) {
                queue.put("item " + i);
            }
            assertThat(end.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("item 19");
            assertThat(group.terminationFuture().await(Await.LIMIT.toMillis())).isTrue();
        }
    }

    /** Takes twenty items, and does not mind interrupts: the last one. */
    private static String takeWhateverHappens(SynchronousQueue<String> queue) {
        String item = "";
        for (int taken = 0; taken < 20; ) {
            try {
                item = queue.take();
                taken++;
            } catch (InterruptedException refused) {
                // Goes on.
            }
        }
        return item;
    }
}
