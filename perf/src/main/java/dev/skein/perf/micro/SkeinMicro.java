package dev.skein.perf.micro;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;

import dev.skein.loop.Action;
import dev.skein.loop.Awaitable;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.sync.Event;
import dev.skein.loop.sync.Queue;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** On Skein's loop, the same one throughout. */
final class SkeinMicro {
    private static final Loop LOOP = newEventLoop();

    private SkeinMicro() {}

    static void run(Micro micro, int count) {
        Action main = () -> {
            switch (micro) {
                case SWITCH -> switchTo(count);
                case SPAWN -> spawn(count);
                case QUEUE -> queue(count);
                case SLEEPERS -> sleepers(count);
                case TASKS -> tasks(count);
                case CANCEL -> cancel(count);
            }
        };
        LOOP.runUntilComplete(main);
    }

    private static void switchTo(int count) {
        Task<?> ping = createTask(() -> takeTurns(count / 2));
        Task<?> pong = createTask(() -> takeTurns(count / 2));
        await(ping);
        await(pong);
    }

    private static void takeTurns(int count) {
        for (int i = 0; i < count; i++) {
            yieldNow();
        }
    }

    private static void spawn(int count) {
        Awaitable<@Nullable Void> body = () -> {
            yieldNow();
            return null;
        };
        List<Task<?>> wave = new ArrayList<>(Micro.WAVE);
        for (int i = 0; i < count; i += Micro.WAVE) {
            for (int j = 0; j < Micro.WAVE; j++) {
                wave.add(createTask(body));
            }
            wave.forEach(task -> await(task));
            wave.clear();
        }
    }

    private static void queue(int count) {
        Queue<Integer> items = new Queue<>(1);
        Task<?> producer = createTask(() -> {
            for (int i = 0; i < count; i++) {
                items.put(i);
            }
        });
        for (int i = 0; i < count; i++) {
            items.get();
        }
        await(producer);
    }

    private static void sleepers(int count) {
        List<Task<?>> sleepers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Duration length = Duration.ofMillis(Micro.sleeperMillis(i));
            sleepers.add(createTask(() -> sleep(length)));
        }
        sleepers.forEach(task -> await(task));
    }

    private static void tasks(int count) {
        tasks(count, () -> {});
    }

    /** As {@link Runtimes#parked}. */
    static double parked(int count) {
        long[] heap = new long[2];
        LOOP.runUntilComplete(() -> {
            heap[0] = usedHeap();
            tasks(count, () -> heap[1] = usedHeap());
        });
        return (double) (heap[1] - heap[0]) / count;
    }

    /** After a collection; a second one takes what the first only found to be unreachable. */
    private static long usedHeap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void tasks(int count, Runnable whenAllWait) {
        Event event = new Event();
        Awaitable<@Nullable Void> body = () -> {
            event.await();
            return null;
        };
        List<Task<?>> tasks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tasks.add(createTask(body));
        }
        yieldNow();
        whenAllWait.run();
        event.set();
        tasks.forEach(task -> await(task));
    }

    private static void cancel(int count) {
        Duration hours = Duration.ofHours(Micro.HOURS);
        List<Task<?>> tasks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tasks.add(createTask(() -> sleep(hours)));
        }
        yieldNow();
        tasks.forEach(Task::cancel);
        tasks.forEach(SkeinMicro::awaitEnd);
    }

    private static void awaitEnd(Task<?> task) {
        try {
            await(task);
        } catch (CancelledError cancelled) {
            // As was asked for.
        }
    }
}
