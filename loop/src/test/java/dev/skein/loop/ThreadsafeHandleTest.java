package dev.skein.loop;

import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The handle of a callback from another thread, which any thread may cancel; and very many such callbacks. */
@Execution(ExecutionMode.CONCURRENT)
class ThreadsafeHandleTest {
    private final Trail trail = new Trail();
    private final Loop loop = newEventLoop();

    @AfterEach
    void close() {
        loop.close();
    }

    /** Runs {@code work} on a thread of its own while the loop runs, and then stops the loop. */
    private <T> T beside(Callable<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            } finally {
                loop.stop();
            }
        });
        loop.runForever();
        return result.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Opens {@code latch} when {@code waiter} waits. */
    private static void openWhenWaiting(Thread waiter, CountDownLatch latch) {
        Thread.ofPlatform().start(() -> {
            while (waiter.getState() != Thread.State.WAITING && waiter.getState() != Thread.State.TERMINATED) {
                Thread.onSpinWait();
            }
            latch.countDown();
        });
    }

    @Test
    @PortOf("test_events.call_soon_threadsafe")
    void theCallbackRunsInTheLoop() throws Exception {
        loop.runUntilComplete(() -> {
            CountDownLatch given = new CountDownLatch(1);
            Thread.ofPlatform().start(() -> {
                loop.callSoonThreadsafe(() -> trail.add("hello"));
                given.countDown();
            });
            await(given);
            loop.callSoonThreadsafe(() -> trail.add("world"));
            Future<String> over = loop.createFuture();
            loop.callSoonThreadsafe(() -> over.setResult("over"));
            over.await();
        });

        assertThat(trail.entries()).containsExactly("hello", "world");
    }

    @Test
    @PortOf("test_events.call_soon_threadsafe_handle_cancel_other_thread")
    void cancelledBeforeItsTurnItNeverRuns() throws Exception {
        Handle handle = beside(() -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            loop.callSoonThreadsafe(() -> await(cancelled));
            Handle mine = loop.callSoonThreadsafe(() -> trail.add("never"));
            mine.cancel();
            assertThat(mine.isCancelled()).isTrue();
            cancelled.countDown();
            return mine;
        });

        assertThat(handle).hasToString("ThreadsafeHandle[cancelled]");
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_events.call_soon_threadsafe_handle_block_cancellation")
    void cancelWaitsForTheEndOfACallbackThatHasBegun() throws Exception {
        beside(() -> {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Handle handle = loop.callSoonThreadsafe(() -> {
                begun.countDown();
                await(goOn);
                trail.add("ran");
            });
            await(begun);
            openWhenWaiting(Thread.currentThread(), goOn);
            handle.cancel();
            trail.add("cancel returned");
            return handle;
        });

        assertThat(trail.entries()).containsExactly("ran", "cancel returned");
    }

    @Test
    @PortOf("test_events.call_soon_threadsafe_handle_block_check_cancelled")
    void soDoesAskingWhetherItIsCancelled() throws Exception {
        beside(() -> {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Handle handle = loop.callSoonThreadsafe(() -> {
                begun.countDown();
                await(goOn);
                trail.add("ran");
            });
            await(begun);
            openWhenWaiting(Thread.currentThread(), goOn);
            trail.add(handle.isCancelled());
            return handle;
        });

        assertThat(trail.entries()).containsExactly("ran", "false");
    }

    @Test
    void anInterruptOfTheThreadThatWaitsIsKept() throws Exception {
        beside(() -> {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Handle handle = loop.callSoonThreadsafe(() -> {
                begun.countDown();
                await(goOn);
                trail.add("ran");
            });
            await(begun);
            Thread.currentThread().interrupt();
            openWhenWaiting(Thread.currentThread(), goOn);
            handle.cancel();
            trail.add("cancel returned, interrupted " + Thread.interrupted());
            return handle;
        });

        assertThat(trail.entries()).containsExactly("ran", "cancel returned, interrupted true");
    }

    @Test
    @PortOf("test_events.call_soon_threadsafe_handle_cancel_same_thread")
    void aCallbackThatCancelsItselfRunsToItsEnd() throws Exception {
        CompletableFuture<Handle> handle = new CompletableFuture<>();
        boolean cancelled = beside(() -> {
            CountDownLatch begun = new CountDownLatch(1);
            handle.complete(loop.callSoonThreadsafe(() -> {
                begun.countDown();
                handle.join().cancel();
                trail.add("ran");
            }));
            await(begun);
            return handle.join().isCancelled();
        });

        assertThat(cancelled).isTrue();
        assertThat(trail.entries()).containsExactly("ran");
    }

    @Test
    void aCoroutineThatItsCallbackStartsEagerlyMayCancelItToo() throws Exception {
        AtomicReference<Handle> handle = new AtomicReference<>();
        loop.runUntilComplete(() -> {
            handle.set(loop.callSoonThreadsafe(() -> {
                loop.createTask(() -> handle.get().cancel(), o -> o.withEagerStart(true));
                trail.add("ran");
            }));
            while (trail.entries().isEmpty()) {
                yieldNow();
            }
        });

        assertThat(handle.get().isCancelled()).isTrue();
    }

    @Test
    void aCallbackThatThrowsIsOverForThoseWhoWait() throws Exception {
        loop.runUntilComplete(() -> loop.setExceptionHandler((of, context) -> trail.add(context.message())));
        boolean cancelled = beside(() -> {
            CountDownLatch begun = new CountDownLatch(1);
            Handle handle = loop.callSoonThreadsafe(() -> {
                begun.countDown();
                throw new IllegalStateException("broken");
            });
            await(begun);
            return handle.isCancelled();
        });

        assertThat(cancelled).isFalse();
        assertThat(trail.entries()).singleElement().asString().startsWith("exception in callback ThreadsafeHandle[");
    }

    @Test
    void onAClosedLoopItIsRefused() {
        loop.close();
        assertThatThrownBy(() -> loop.callSoonThreadsafe(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("loop is closed");
    }

    @Test
    void aMillionCallbacksFromFourThreadsKeepTheOrderOfEach() throws Exception {
        int threads = 4;
        int each = 250_000;
        int[] next = new int[threads];
        CompletableFuture<Void> allRan = new CompletableFuture<>();
        int[] left = {threads * each};
        beside(() -> {
            List<java.util.concurrent.Future<?>> givers = new ArrayList<>();
            try (var pool = Executors.newFixedThreadPool(threads)) {
                for (int thread = 0; thread < threads; thread++) {
                    int me = thread;
                    givers.add(pool.submit(() -> {
                        for (int i = 0; i < each; i++) {
                            int number = i;
                            loop.callSoonThreadsafe(() -> {
                                if (next[me] == number) {
                                    next[me]++;
                                }
                                if (--left[0] == 0) {
                                    allRan.complete(null);
                                }
                            });
                        }
                    }));
                }
            }
            for (java.util.concurrent.Future<?> giver : givers) {
                giver.get();
            }
            return allRan.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        });

        assertThat(next).containsOnly(each);
        assertThat(left[0]).isZero();
    }

    @Test
    void ofThoseThatAreCancelledMeanwhileEachHasRunOrNeverWill() throws Exception {
        int count = 20_000;
        int[] ran = new int[count];
        int[] seen = new int[count];
        beside(() -> {
            for (int i = 0; i < count; i++) {
                int number = i;
                Handle handle = loop.callSoonThreadsafe(() -> ran[number]++);
                handle.cancel();
                synchronized (handle) {
                    seen[number] = ran[number];
                }
            }
            return seen;
        });

        assertThat(ran).containsExactly(seen);
    }
}
