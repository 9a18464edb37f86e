package dev.skein.perf.scenario;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.TimerHandle;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Many coroutines asleep at once: what they weigh, and whether they wake in order.
 *
 * <p>Their deadlines are one microsecond apart and in shuffled order. The loop is kept busy until all are due, so that the
 * waking is not paced by the clock. A coroutine's deadline is its reading of the clock before {@code sleep}, or a little
 * later, but before the reading of the coroutine that started next: two that wake against the order of these bounds are
 * wrong, whatever the machine did in between.
 */
public final class Sleepers {
    private static final Duration OVERDUE = Duration.ofMinutes(1);
    private static final long SPACING = 1_000;

    private final Loop loop = Loop.current();
    private final int count;
    private final long[] length;
    private final long[] asleepAt;
    private final int[] woken;
    private int started;
    private int wokenCount;

    private Sleepers(int count) {
        this.count = count;
        this.length = lengths(count);
        this.asleepAt = new long[count + 1];
        this.woken = new int[count];
    }

    /**
     * What one round found.
     *
     * @param heapBytesEach used heap with all asleep less used heap before, for each
     * @param startNanos from the first created to the last asleep
     * @param wakeNanos from when all were due to the last awake
     * @param outOfOrder how many woke after one whose deadline was later
     */
    public record Result(double heapBytesEach, long startNanos, long wakeNanos, int outOfOrder) {}

    /** Puts {@code count} coroutines to sleep and wakes them. Called in a coroutine. */
    public static Result round(int count) {
        return new Sleepers(count).measure(Duration.ofSeconds(4).plusNanos(count * 20_000L));
    }

    private Result measure(Duration shortest) {
        Future<@Nullable Void> allAwake = loop.createFuture();
        TimerHandle alarm = loop.callLater(shortest.plus(OVERDUE), () -> {
            if (!allAwake.isDone()) {
                allAwake.setException(new IllegalStateException(wokenCount + " of " + count + " woke"));
            }
        });
        long heapBefore = usedHeap();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            createTask(() -> sleepAndTell(shortest.toNanos(), allAwake));
        }
        while (started < count) {
            yieldNow();
        }
        asleepAt[count] = loop.time();
        long startNanos = System.nanoTime() - start;
        long heap = usedHeap() - heapBefore;
        if (wokenCount > 0) {
            throw new IllegalStateException(
                    "some coroutines woke before the last one slept: this machine is too slow for " + count);
        }
        long wakeNanos = wakeAll(asleepAt[count] + shortest.toNanos() + count * SPACING, allAwake);
        alarm.cancel();
        return new Result((double) heap / count, startNanos, wakeNanos, outOfOrder(woken, length, asleepAt));
    }

    private void sleepAndTell(long shortest, Future<@Nullable Void> allAwake) {
        int me = started++;
        asleepAt[me] = loop.time();
        sleep(Duration.ofNanos(shortest + length[me]));
        woken[wokenCount++] = me;
        if (wokenCount == count) {
            allAwake.setResult(null);
        }
    }

    private long wakeAll(long allDue, Future<@Nullable Void> allAwake) {
        while (loop.time() < allDue) {
            Thread.onSpinWait();
        }
        long due = System.nanoTime();
        await(allAwake);
        return System.nanoTime() - due;
    }

    /**
     * How many woke after one that had to wake later.
     *
     * @param woken the sleepers in the order of waking
     * @param length of each sleep
     * @param asleepAt the earliest moment when each sleep can have begun; the next one's is the latest
     */
    static int outOfOrder(int[] woken, long[] length, long[] asleepAt) {
        long latest = Long.MIN_VALUE;
        int count = 0;
        for (int sleeper : woken) {
            if (asleepAt[sleeper + 1] + length[sleeper] < latest) {
                count++;
            }
            latest = Math.max(latest, asleepAt[sleeper] + length[sleeper]);
        }
        return count;
    }

    private static long[] lengths(int count) {
        long[] lengths = new long[count];
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            lengths[i] = lengths[other];
            lengths[other] = i * SPACING;
        }
        return lengths;
    }

    /** After a collection; a second one takes what the first only found to be unreachable. */
    private static long usedHeap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
