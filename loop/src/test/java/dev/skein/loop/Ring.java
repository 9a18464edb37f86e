package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.testsupport.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Coroutines that pass a number round, each adding one, while a stranger on a thread of its own disturbs them. A step
 * that is lost stops the ring for ever; one that comes twice, or for nothing, gives a wrong number.
 */
final class Ring {
    private final int rounds;
    private final Thread[] threads;
    private final List<Future<Integer>> inboxes = new ArrayList<>();
    private final CountDownLatch allStarted;
    private volatile boolean disturbed;
    private volatile boolean over;

    private Ring(int members, int rounds) {
        this.rounds = rounds;
        this.threads = new Thread[members];
        this.allStarted = new CountDownLatch(members);
    }

    /** Runs a ring of {@code members * rounds * 2} steps, and gives how often it was disturbed meanwhile. */
    static long disturbedBy(Consumer<Thread> stranger, int members, int rounds) throws InterruptedException {
        Ring ring = new Ring(members, rounds);
        long[] times = new long[1];
        Thread thread = Thread.ofPlatform().name("stranger").start(() -> times[0] = ring.disturb(stranger));
        try {
            assertThat(run(ring::turn)).isEqualTo(members * rounds);
        } finally {
            ring.over = true;
            Await.join(thread);
        }
        return times[0];
    }

    private long disturb(Consumer<Thread> stranger) {
        long times = 0;
        try {
            Await.latch(allStarted);
            while (!over) {
                stranger.accept(threads[ThreadLocalRandom.current().nextInt(threads.length)]);
                times++;
                disturbed = true;
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return times;
    }

    private int turn() {
        List<Task<Integer>> members = new ArrayList<>();
        for (int i = 0; i < threads.length; i++) {
            int index = i;
            inboxes.add(Loop.current().createFuture());
            members.add(createTask(() -> member(index)));
        }
        while (!disturbed) {
            yieldNow();
        }
        inboxes.getFirst().setResult(0);
        return await(gather(members)).stream().mapToInt(Integer::intValue).sum();
    }

    /** Adds one to each number that it gets; gives how many were the right ones. */
    private int member(int index) {
        threads[index] = Thread.currentThread();
        allStarted.countDown();
        int right = 0;
        for (int round = 0; round < rounds; round++) {
            int number = await(inboxes.get(index));
            inboxes.set(index, Loop.current().createFuture());
            right += number == round * threads.length + index ? 1 : 0;
            yieldNow();
            boolean last = round == rounds - 1 && index == threads.length - 1;
            if (!last) {
                inboxes.get((index + 1) % threads.length).setResult(number + 1);
            }
        }
        return right;
    }
}
