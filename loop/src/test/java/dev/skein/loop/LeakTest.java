package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.testing.TestLoop;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What loops and coroutines take, and that they give it back. */
class LeakTest {
    private static final File DESCRIPTORS = new File("/proc/self/fd");
    private static final int SLEEPERS = 100_000;
    private static final int BYTES_PER_SLEEPER = 1_229;

    private static int descriptors() {
        String[] open = DESCRIPTORS.list();
        return open == null ? 0 : open.length;
    }

    private static List<Thread> loopThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("skein-loop"))
                .toList();
    }

    private static void runOnce(Transport transport) {
        run(
                () -> {
                    createTask(() -> sleep(Duration.ofDays(1)));
                    yieldNow();
                },
                o -> o.withTransport(transport));
    }

    @ParameterizedTest
    @EnumSource
    void twoHundredRunsLeaveNoDescriptorAndNoThread(Transport transport) throws Exception {
        TransportTest.assumeAvailable(transport);
        assumeTrue(DESCRIPTORS.isDirectory(), "no /proc here");
        List<Thread> threadsBefore = loopThreads();
        runOnce(transport);
        int before = descriptors();
        for (int i = 0; i < 200; i++) {
            runOnce(transport);
        }
        assertThat(descriptors()).isLessThan(before + 20);

        List<Thread> left = new ArrayList<>(loopThreads());
        left.removeAll(threadsBefore);
        for (Thread thread : left) {
            // The last one says that it has terminated a moment before it has.
            Patience.join(thread);
        }
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

    @Test
    void aSleeperTakesNoMoreHeapThanItMay() {
        String line = ChildJvm.of(Sleepers.class)
                .with("-XX:+UseParallelGC", "-Xmx1g")
                .run()
                .line();
        System.out.println(line + (Mounts.here() ? " (mounted)" : " (without the flag)"));

        assertThat(Integer.parseInt(line.substring(0, line.indexOf(' '))))
                .as(line)
                .isBetween(100, BYTES_PER_SLEEPER);
    }

    /** Measures the heap before and while they sleep, each time after a collection. */
    static final class Sleepers {
        private static int asleep;

        public static void main(String[] args) {
            try (TestLoop loop = new TestLoop()) {
                loop.run(() -> {
                    start(1_000);
                    long before = usedHeap();
                    start(SLEEPERS);
                    long bytes = (usedHeap() - before) / SLEEPERS;
                    System.out.println(bytes + " bytes of heap for each of " + asleep + " sleepers");
                });
            }
        }

        private static void start(int sleepers) {
            for (int i = 0; i < sleepers; i++) {
                createTask(() -> {
                    asleep++;
                    sleep(Duration.ofHours(1));
                });
            }
            yieldNow();
        }

        private static long usedHeap() {
            System.gc();
            System.gc();
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        }
    }
}
