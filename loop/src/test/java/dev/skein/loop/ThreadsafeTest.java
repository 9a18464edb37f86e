package dev.skein.loop;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What other threads may do to a loop: hand it callbacks and coroutines. */
class ThreadsafeTest {
    private final Trail trail = new Trail();

    private static int add(int a, int b) {
        yieldNow();
        return a + b;
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    @PortOf("test_tasks.run_coroutine_threadsafe")
    void aCoroutineGivesItsResultToAnotherThread() {
        try (TestLoop loop = new TestLoop()) {
            int result = loop.run(() -> toThread(() -> get(runCoroutineThreadsafe(() -> add(1, 2), loop.loop()))));
            assertThat(result).isEqualTo(3);
        }
    }

    @Test
    @PortOf("test_tasks.run_coroutine_threadsafe_with_exception")
    void aFailureArrivesOnTheOtherThreadAsItWasThrown() {
        IOException gone = new IOException("gone");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> toThread(() -> {
                CompletableFuture<?> future = runCoroutineThreadsafe(
                        () -> {
                            yieldNow();
                            throw gone;
                        },
                        loop.loop());
                assertThatThrownBy(() -> get(future))
                        .isInstanceOf(ExecutionException.class)
                        .hasCause(gone);
                return 0;
            }));
        }
    }

    @Test
    @PortOf("test_tasks.run_coroutine_threadsafe_with_timeout")
    void cancellingTheResultCancelsTheTask() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> ended = loop.createFuture();
                CountDownLatch started = new CountDownLatch(1);
                toThread(() -> {
                    CompletableFuture<?> future = runCoroutineThreadsafe(
                            () -> {
                                started.countDown();
                                try {
                                    return loop.createFuture().await();
                                } catch (CancelledError e) {
                                    ended.setResult("cancelled");
                                    throw e;
                                }
                            },
                            loop.loop());
                    assertThat(started.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                            .isTrue();
                    assertThatThrownBy(() -> future.get(0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
                    return future.cancel(false);
                });
                assertThat(ended.await()).isEqualTo("cancelled");
                yieldNow();
                assertThat(allTasks()).hasSize(1);
            });
        }
    }

    @Test
    @PortOf("test_tasks.run_coroutine_threadsafe_task_cancelled")
    void aTaskThatIsCancelledCancelsTheResult() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> toThread(() -> {
                CompletableFuture<?> future = runCoroutineThreadsafe(
                        () -> {
                            CurrentTask.thisTask().cancel();
                            return add(1, 2);
                        },
                        loop.loop());
                assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
                assertThat(future.isCancelled()).isTrue();
                return 0;
            }));
        }
    }

    @Test
    void cancelledBeforeTheLoopHearsOfItTheBodyNeverRuns() {
        try (Loop loop = newEventLoop()) {
            CompletableFuture<?> future = runCoroutineThreadsafe(() -> trail.add("ran"), loop);
            future.cancel(false);
            CompletableFuture<Integer> second = runCoroutineThreadsafe(() -> 2, loop);
            loop.runUntilComplete(() -> {
                yieldNow();
                yieldNow();
            });
            assertThat(second.join()).isEqualTo(2);
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void aFutureOfTheLoopCanBeHandedOverToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                String result = toThread(() -> {
                    CompletableFuture<String> theirs = runCoroutineThreadsafe(future, loop.loop());
                    loop.loop().callSoonThreadsafe(() -> future.setResult("x"));
                    return get(theirs);
                });
                assertThat(result).isEqualTo("x");
            });
        }
    }

    @Test
    void aFutureOfAnotherThreadIsCancelledWhenTheLoopCloses() {
        Loop loop = newEventLoop();
        CompletableFuture<?> future =
                runCoroutineThreadsafe(() -> loop.createFuture().await(), loop);
        loop.runUntilComplete(() -> {
            yieldNow();
            yieldNow();
        });
        assertThat(future).isNotDone();
        loop.close();
        assertThat(future).isCancelled();
    }

    @Test
    void aCoroutineHandedToALoopThatNeverRunsIsNotLeftOpenByItsClose() {
        Loop loop = newEventLoop();
        CompletableFuture<?> future =
                runCoroutineThreadsafe(() -> loop.createFuture().await(), loop);
        loop.close();
        assertThat(future).isCancelled();
    }

    @Test
    void ofCallbacksFromSeveralThreadsNoneIsLostAndNoneRunsTwice() throws InterruptedException {
        int threads = 4;
        int each = 25_000;
        int[] next = new int[threads];
        List<String> wrong = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        int[] left = {threads * each};
        try (Loop loop = newEventLoop()) {
            List<Thread> senders = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int sender = t;
                senders.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < each; i++) {
                        int number = i;
                        loop.callSoonThreadsafe(() -> {
                            if (next[sender]++ != number) {
                                wrong.add(sender + ": " + number);
                            }
                            if (--left[0] == 0) {
                                loop.stop();
                            }
                        });
                    }
                    done.countDown();
                }));
            }
            loop.runForever();
            for (Thread sender : senders) {
                assertThat(sender.join(Await.LIMIT)).isTrue();
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(next).containsOnly(each);
        assertThat(left[0]).isZero();
    }

    @Test
    void manyCoroutinesFromSeveralThreadsAllGiveTheirResults() {
        int sum = run(() -> {
            Loop loop = Loop.current();
            List<Future<Integer>> senders = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                senders.add(loop.runInExecutor(work -> Thread.ofPlatform().start(work), () -> {
                    int mine = 0;
                    for (int i = 0; i < 250; i++) {
                        int number = i;
                        mine += get(runCoroutineThreadsafe(
                                () -> {
                                    yieldNow();
                                    return number;
                                },
                                loop));
                    }
                    return mine;
                }));
            }
            return gather(senders).await().stream().mapToInt(i -> i).sum();
        });
        assertThat(sum).isEqualTo(4 * 249 * 250 / 2);
    }

    @Test
    @PortOf("test_events.call_soon_threadsafe_same_thread")
    void theLoopItselfMayUseThemToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().callSoonThreadsafe(() -> trail.add("callback"));
                CompletableFuture<String> future = runCoroutineThreadsafe(() -> "coroutine", loop.loop());
                trail.add(await(future));
            });
        }
        assertThat(trail.entries()).containsExactly("callback", "coroutine");
    }

    /** Unlike in asyncio, where both go into one queue: what is handed over comes in when the loop next looks outside. */
    @Test
    @PortOf("test_events.call_soon_threadsafe")
    @PortOf("test_events.call_soon_threadsafe_same_thread")
    void aThreadsafeCallbackComesBehindALaterOneOfTheLoop() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop().callSoonThreadsafe(() -> trail.add("hello"));
                loop.callSoon(() -> trail.add("world"));
                yieldNow();
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("world", "hello");
    }
}
