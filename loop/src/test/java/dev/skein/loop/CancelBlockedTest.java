package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cancelling a coroutine that is stopped inside the JDK interrupts it. */
class CancelBlockedTest {
    private final Trail trail = new Trail();

    @BeforeEach
    void mounted() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
    }

    /** Lets {@code body} begin and block, cancels its task, and gives the task when it is done. */
    private static Task<@Nullable Void> cancelled(Action body) {
        Task<@Nullable Void> task = createTask(body, "blocked");
        yieldNow();
        assertThat(task.cancel("enough")).isTrue();
        while (!task.isDone()) {
            yieldNow();
        }
        return task;
    }

    /** Blocks in the JDK until another task has had its turn; throws at once if the interrupt flag is up. */
    private static void blockForATurn() throws InterruptedException {
        CountDownLatch turn = new CountDownLatch(1);
        createTask(turn::countDown);
        turn.await();
    }

    @Test
    void endsAThreadSleepAsCancelled() {
        run(() -> {
            Task<@Nullable Void> task = cancelled(() -> Thread.sleep(60_000));

            assertThat(task.isCancelled()).isTrue();
            assertThatThrownBy(task::result)
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("enough")
                    .hasCauseInstanceOf(InterruptedException.class);
        });
    }

    /** As code does that cannot throw an InterruptedException. */
    @Test
    void endsWhatFailsWithTheFlagUpAsCancelled() {
        run(() -> {
            Task<@Nullable Void> task = cancelled(() -> {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("closed by the interrupt", e);
                }
            });

            assertThat(task.isCancelled()).isTrue();
            assertThatThrownBy(task::result)
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("enough")
                    .hasCauseInstanceOf(IOException.class);
        });
    }

    @Test
    void endsAQueueTakeAsCancelled() {
        run(() -> {
            SynchronousQueue<Integer> queue = new SynchronousQueue<>();

            assertThat(cancelled(() -> trail.add(queue.take())).isCancelled()).isTrue();
        });
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void endsAnAwaitedLambdaThatBlocksAsCancelled() {
        run(() -> {
            Awaitable<@Nullable Void> sleeps = () -> {
                Thread.sleep(60_000);
                return null;
            };

            assertThat(cancelled(() -> await(sleeps)).isCancelled()).isTrue();
        });
    }

    @Test
    void closesTheSocketThatItReads() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            run(() -> {
                Task<@Nullable Void> task =
                        cancelled(() -> trail.add(socket.getInputStream().read()));

                assertThat(task.isCancelled() || task.exception() instanceof SocketException)
                        .as(task.toString())
                        .isTrue();
            });
            assertThat(socket.isClosed()).isTrue();
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void letsAFinallyAwait() {
        run(() -> {
            cancelled(() -> {
                try {
                    Thread.sleep(60_000);
                } finally {
                    trail.add("cleans up");
                    sleep(Duration.ofMillis(1));
                    yieldNow();
                    trail.add("is clean");
                }
            });
        });
        assertThat(trail.entries()).containsExactly("cleans up", "is clean");
    }

    @Test
    void letsAFinallyBlockAgain() {
        run(() -> {
            cancelled(() -> {
                try {
                    Thread.sleep(60_000);
                } finally {
                    blockForATurn();
                    trail.add("is clean");
                }
            });
        });
        assertThat(trail.entries()).containsExactly("is clean");
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // held and let go for the waiting alone
    void reachesACoroutineInAnUninterruptibleLockAtItsNextAwait() {
        ReentrantLock lock = new ReentrantLock();
        run(() -> {
            lock.lock();
            Task<@Nullable Void> task = createTask(() -> cleanUpAfter(() -> {
                lock.lock();
                lock.unlock();
                trail.add("has the lock");
                sleep(Duration.ofSeconds(60));
            }));
            yieldNow();
            task.cancel();
            yieldNow();
            lock.unlock();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        });
        assertThat(trail.entries()).containsExactly("has the lock", "cancelled, interrupted=false", "has blocked");
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // held and let go for the waiting alone
    void reachesACoroutineInAnUninterruptibleLockAtItsNextYield() {
        ReentrantLock lock = new ReentrantLock();
        run(() -> {
            lock.lock();
            Task<@Nullable Void> task = createTask(() -> cleanUpAfter(() -> {
                lock.lock();
                lock.unlock();
                yieldNow();
            }));
            yieldNow();
            task.cancel();
            yieldNow();
            lock.unlock();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        });
        assertThat(trail.entries()).containsExactly("cancelled, interrupted=false", "has blocked");
    }

    /** A body whose clean-up blocks: it can only if the interrupt flag went with the delivery of the error. */
    private void cleanUpAfter(Action body) throws Exception {
        try {
            body.run();
        } catch (CancelledError delivered) {
            trail.add("cancelled, interrupted=" + Thread.currentThread().isInterrupted());
            blockForATurn();
            trail.add("has blocked");
            throw delivered;
        }
    }

    @Test
    void isRefusedByATaskThatSwallowsTheInterrupt() {
        String result = run(() -> {
            Task<String> task = createTask(() -> {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException refused) {
                    yieldNow();
                }
                return "went on";
            });
            yieldNow();
            task.cancel();
            return await(task);
        });
        assertThat(result).isEqualTo("went on");
    }

    @Test
    void isDeliveredToATaskThatSetsTheInterruptFlagAgain() {
        run(() -> {
            Task<@Nullable Void> task = cancelled(() -> {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException passedOn) {
                    Thread.currentThread().interrupt();
                }
                yieldNow();
                trail.add("not reached");
            });
            assertThat(task.isCancelled()).isTrue();
        });
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void anInterruptByAStrangerIsNoCancellation() {
        run(() -> {
            Thread[] thread = new Thread[1];
            Task<@Nullable Void> task = createTask(() -> {
                thread[0] = Thread.currentThread();
                Thread.sleep(60_000);
            });
            yieldNow();
            thread[0].interrupt();

            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(task.isCancelled()).isFalse();
        });
    }

    @Test
    void inAStormOfCancellationsEveryTaskEndsOnce() {
        int tasks = 2_000;
        int[] ends = new int[3];
        run(() -> {
            List<Task<Integer>> all = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                // However slow the machine is, some still sleep when they are cancelled.
                Duration length = i % 200 == 199 ? Duration.ofMinutes(1) : Duration.ofNanos(1_000L * (i % 200));
                all.add(createTask(() -> {
                    Thread.sleep(length);
                    return 1;
                }));
            }
            yieldNow();
            for (Task<Integer> task : all) {
                task.cancel();
                yieldNow();
            }
            for (Task<Integer> task : all) {
                try {
                    ends[0] += await(task);
                } catch (CancelledError cancelled) {
                    ends[task.isCancelled() ? 1 : 2]++;
                }
            }
        });

        assertThat(ends[0] + ends[1]).isEqualTo(tasks);
        assertThat(ends[1]).isGreaterThanOrEqualTo(tasks / 200);
    }
}
