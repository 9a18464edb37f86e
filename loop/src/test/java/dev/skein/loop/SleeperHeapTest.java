package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The heap that a coroutine takes while it sleeps. */
@Execution(ExecutionMode.CONCURRENT)
class SleeperHeapTest {
    private static final int BYTES_PER_SLEEPER = 1_229;

    @Test
    void aSleeperTakesNoMoreHeapThanItMay() {
        RuntimeMode.assume("a coroutine takes more");
        String line = ChildJvm.of(Sleepers.class)
                .with("-XX:+UseParallelGC", "-Xmx1g", "-XX:TieredStopAtLevel=4", "-XX:-BackgroundCompilation")
                .run("20000")
                .line();
        System.out.println(line);

        assertThat(Integer.parseInt(line.substring(0, line.indexOf(' '))))
                .as(line)
                .isBetween(100, BYTES_PER_SLEEPER);
    }

    /**
     * Measures the heap before and while they sleep, each time after a collection. First it warms up: a stack of compiled
     * frames takes a fraction of one of interpreted frames.
     */
    static final class Sleepers {
        private static int asleep;

        public static void main(String[] args) {
            int sleepers = Integer.parseInt(args[0]);
            try (TestLoop loop = new TestLoop()) {
                loop.run(() -> {
                    for (int wave = 0; wave < 20; wave++) {
                        start(1_000, Duration.ofMillis(1));
                        sleep(Duration.ofMillis(2));
                    }
                    asleep = 0;
                    long before = usedHeap();
                    start(sleepers, Duration.ofHours(1));
                    long bytes = (usedHeap() - before) / sleepers;
                    System.out.println(bytes + " bytes of heap for each of " + asleep + " sleepers");
                });
            }
        }

        private static void start(int number, Duration length) {
            for (int i = 0; i < number; i++) {
                createTask(() -> {
                    asleep++;
                    sleep(length);
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
