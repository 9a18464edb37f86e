package dev.skein.perf.micro;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;

/** On the JDK's virtual threads. */
final class ThreadMicro {
    private ThreadMicro() {}

    static void run(Micro micro, int count) throws InterruptedException {
        switch (micro) {
            case SWITCH -> switchTo(count);
            case SPAWN -> spawn(count);
            case QUEUE -> queue(count);
            case SLEEPERS -> sleepers(count);
            case TASKS -> tasks(count);
            case CANCEL -> cancel(count);
        }
    }

    private static void switchTo(int count) throws InterruptedException {
        Thread ping = Thread.startVirtualThread(() -> takeTurns(count / 2));
        Thread pong = Thread.startVirtualThread(() -> takeTurns(count / 2));
        ping.join();
        pong.join();
    }

    @SuppressWarnings("ThreadPriorityCheck") // what is measured
    private static void takeTurns(int count) {
        for (int i = 0; i < count; i++) {
            Thread.yield();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // what is measured
    private static void spawn(int count) throws InterruptedException {
        for (int i = 0; i < count; i += Micro.WAVE) {
            CountDownLatch done = new CountDownLatch(Micro.WAVE);
            for (int j = 0; j < Micro.WAVE; j++) {
                Thread.startVirtualThread(() -> {
                    Thread.yield();
                    done.countDown();
                });
            }
            done.await();
        }
    }

    private static void queue(int count) throws InterruptedException {
        BlockingQueue<Integer> items = new ArrayBlockingQueue<>(1);
        Thread producer = Thread.startVirtualThread(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    items.put(i);
                }
            } catch (InterruptedException never) {
                throw new IllegalStateException(never);
            }
        });
        Thread consumer = Thread.startVirtualThread(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    items.take();
                }
            } catch (InterruptedException never) {
                throw new IllegalStateException(never);
            }
        });
        producer.join();
        consumer.join();
    }

    private static void sleepers(int count) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            Duration length = Duration.ofMillis(Micro.sleeperMillis(i));
            Thread.startVirtualThread(() -> {
                sleepUnlessInterrupted(length);
                done.countDown();
            });
        }
        done.await();
    }

    private static void tasks(int count) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(count);
        CountDownLatch event = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            Thread.startVirtualThread(() -> {
                started.countDown();
                try {
                    event.await();
                } catch (InterruptedException never) {
                    throw new IllegalStateException(never);
                }
                done.countDown();
            });
        }
        started.await();
        event.countDown();
        done.await();
    }

    private static void cancel(int count) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(count);
        List<Thread> threads = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                started.countDown();
                sleepUnlessInterrupted(Duration.ofHours(Micro.HOURS));
            }));
        }
        started.await();
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void sleepUnlessInterrupted(Duration length) {
        try {
            Thread.sleep(length);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        }
    }
}
