package dev.skein.loop;

import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.testsupport.Await;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Many timers, set and cancelled in any order, come as a sorted list says. */
@Execution(ExecutionMode.CONCURRENT)
class TimerQueueTest {
    private static final int PROGRAMS = 300;
    private static final int MOMENTS = 200;

    private record Timer(int number, long moment, TimerHandle handle) {}

    @Test
    void timersComeByTheirMomentsAndThenInTheOrderTheyWereSetIn() {
        for (int seed = 0; seed < PROGRAMS; seed++) {
            Random random = new Random(seed);
            List<Integer> came = new ArrayList<>();
            List<Timer> set = new ArrayList<>();
            try (TestLoop loop = new TestLoop()) {
                loop.run(() -> {
                    Loop here = Loop.current();
                    long start = here.time();
                    int count = 1 + random.nextInt(400);
                    for (int i = 0; i < count; i++) {
                        int number = i;
                        long moment = start + 1 + random.nextInt(MOMENTS);
                        set.add(new Timer(number, moment, here.callAt(moment, () -> came.add(number))));
                        if (random.nextInt(3) > 0) {
                            set.get(random.nextInt(set.size())).handle().cancel();
                        }
                    }
                    sleep(Duration.ofNanos(2 * MOMENTS));
                });
            }

            List<Integer> expected = set.stream()
                    .filter(timer -> !timer.handle().isCancelled())
                    .sorted(Comparator.comparingLong(Timer::moment).thenComparing(Timer::number))
                    .map(Timer::number)
                    .toList();
            assertThat(came).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void aThreadThatLooksFromOutsideSeesWhenTheEarliestIsDue() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Loop here = Loop.current();
                assertThat(here.timers().earliestSeenFromOutside()).isEqualTo(TimerQueue.NONE);
                here.callLater(Duration.ofSeconds(5), () -> {});
                TimerHandle earliest = here.callLater(Duration.ofSeconds(3), () -> {});
                assertThat(here.timers().earliestSeenFromOutside()).isEqualTo(earliest.when());
            });
        }
    }

    /** They are dropped together then, and the others find new places. */
    @Test
    void whereMostWereCancelledTheOthersComeInOrder() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            List<Integer> came = new ArrayList<>();
            List<Timer> set = new ArrayList<>();
            try (TestLoop loop = new TestLoop()) {
                loop.run(() -> {
                    Loop here = Loop.current();
                    long start = here.time();
                    for (int i = 0; i < 200; i++) {
                        int number = i;
                        long moment = start + 1 + random.nextInt(MOMENTS);
                        set.add(new Timer(number, moment, here.callAt(moment, () -> came.add(number))));
                    }
                    Collections.shuffle(set, random);
                    set.subList(0, 150).forEach(timer -> timer.handle().cancel());
                    assertThat(here.timers().toString()).startsWith("TimerQueue[99,");
                    sleep(Duration.ofNanos(2 * MOMENTS));
                });
            }

            assertThat(came)
                    .as("seed %d", seed)
                    .isEqualTo(set.subList(150, 200).stream()
                            .sorted(Comparator.comparingLong(Timer::moment).thenComparing(Timer::number))
                            .map(Timer::number)
                            .toList());
        }
    }

    private static List<WeakReference<TimerHandle>> cancelled(int count) {
        List<WeakReference<TimerHandle>> handles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TimerHandle handle = Loop.current().callLater(Duration.ofHours(1), () -> {});
            handle.cancel();
            handles.add(new WeakReference<>(handle));
        }
        return handles;
    }

    @Test
    void cancelledTimersThatWereDroppedAreCollected() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<WeakReference<TimerHandle>> handles = cancelled(65);
                assertThat(loop.loop().timers().toString()).startsWith("TimerQueue[0,");
                Await.until("the timers are collected", () -> {
                    System.gc();
                    return handles.stream().allMatch(handle -> handle.refersTo(null));
                });
            });
        }
    }

    /** At most 99 of them; asyncio keeps as many. */
    @Test
    @PortOf("test_base_events._run_once_cancelled_event_cleanup")
    void cancelledTimersAreNotKeptUntilTheirMoment() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Loop here = Loop.current();
                int[] came = new int[1];
                for (int i = 0; i < 100_000; i++) {
                    here.callLater(Duration.ofHours(2), () -> {}).cancel();
                    if (i % 10_000 == 0) {
                        here.callLater(Duration.ofHours(1), () -> came[0]++);
                    }
                }

                assertThat(here.timers().toString()).matches("TimerQueue\\[\\d{1,2}, .*");
                sleep(Duration.ofHours(3));
                assertThat(came[0]).isEqualTo(10);
                assertThat(here.timers().toString()).startsWith("TimerQueue[0, 0 of");
            });
        }
    }

    /** Both have moments of the same clock; Netty's are those that were set on the event loop as an executor. */
    @Test
    void timersOfNettyAndOursComeByTheirMoments() {
        List<String> came = new ArrayList<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Loop here = Loop.current();
                here.callLater(Duration.ofNanos(30), () -> came.add("ours, 30"));
                here.eventLoop().schedule(() -> came.add("Netty's, 20"), 20, TimeUnit.NANOSECONDS);
                here.eventLoop().schedule(() -> came.add("Netty's, 40"), 40, TimeUnit.NANOSECONDS);
                here.callLater(Duration.ofNanos(10), () -> came.add("ours, 10"));
                sleep(Duration.ofNanos(100));
            });
        }

        assertThat(came).containsExactly("ours, 10", "Netty's, 20", "ours, 30", "Netty's, 40");
    }
}
