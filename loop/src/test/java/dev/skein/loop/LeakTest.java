package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.testing.TestLoop;
import dev.skein.testsupport.Await;
import java.io.File;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What loops and coroutines take, and that they give it back. */
class LeakTest {
    private static final File DESCRIPTORS = new File("/proc/self/fd");
    /** Without the flag a step costs about five times as much, and far more on a busy machine. */
    private static final int SLEEPERS = RuntimeMode.isMounted() ? 100_000 : 10_000;

    static void assumeDescriptorsAreSeen() {
        assumeTrue(DESCRIPTORS.isDirectory(), "no /proc here");
    }

    static int descriptors() {
        String[] open = DESCRIPTORS.list();
        return open == null ? 0 : open.length;
    }

    /** Runs a loop, and gives its thread. */
    private static Thread runOnce(Transport transport) {
        return run(
                () -> {
                    createTask(() -> sleep(Duration.ofDays(1)));
                    yieldNow();
                    return Loop.current().thread().own();
                },
                o -> o.withTransport(transport));
    }

    @ParameterizedTest
    @EnumSource
    void twoHundredRunsLeaveNoDescriptorAndNoThread(Transport transport) throws Exception {
        TransportTest.assumeAvailable(transport);
        assumeDescriptorsAreSeen();
        List<Thread> threads = new ArrayList<>();
        threads.add(runOnce(transport));
        int before = descriptors();
        for (int i = 0; i < 200; i++) {
            threads.add(runOnce(transport));
        }
        assertThat(descriptors()).isLessThan(before + 20);

        for (Thread thread : threads) {
            // The last one says that it has terminated a moment before it has.
            Await.join(thread);
        }
    }

    @Test
    void aLoopThatHasClosedIsCollected() {
        WeakReference<Loop> loop = run(() -> {
            createTask(() -> sleep(Duration.ofDays(1)));
            yieldNow();
            return new WeakReference<>(Loop.current());
        });

        assertCollected(loop);
    }

    @Test
    void aVirtualThreadThatOutlivesItsLoopDoesNotKeepIt() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread[] child = new Thread[1];
        WeakReference<Loop> loop = run(() -> {
            child[0] = Thread.ofVirtual().start(() -> awaitUninterrupted(end));
            return new WeakReference<>(Loop.current());
        });

        assertCollected(loop);
        end.countDown();
        Await.join(child[0]);
    }

    private static void awaitUninterrupted(CountDownLatch event) {
        try {
            event.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertCollected(WeakReference<Loop> loop) {
        Await.until("the closed loop is collected", () -> {
            System.gc();
            return loop.refersTo(null);
        });
    }

    @Test
    void aHundredThousandSleepersWakeInTheOrderOfTheirDeadlines() {
        List<Integer> lengths = new ArrayList<>();
        for (int i = 1; i <= SLEEPERS; i++) {
            lengths.add(i);
        }
        List<Integer> shuffled = new ArrayList<>(lengths);
        Collections.shuffle(shuffled, new Random(42));
        List<Integer> woken = new ArrayList<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int length : shuffled) {
                    createTask(() -> {
                        sleep(Duration.ofMillis(length));
                        woken.add(length);
                    });
                }
                sleep(Duration.ofMillis(SLEEPERS + 1L));
            });
            assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(SLEEPERS + 1L));
        }

        assertThat(woken).isEqualTo(lengths);
    }
}
