package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.toThread;

import dev.skein.loop.Awaitable;
import dev.skein.loop.Future;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Three jobs that block, each on a thread of its own: for I/O that only comes as a blocking call, such as a file, a
 * native library, the standard input.
 *
 * <p>A blocked thread costs memory, not a core, so there may be more of them than cores. The loop runs meanwhile: here it
 * is the loop's coroutine that lets them go.
 */
final class BlockingThreads {
    private final PrintStream out;
    private final CountDownLatch asked = new CountDownLatch(Primes.LIMITS.size());
    private final CountDownLatch answered = new CountDownLatch(1);

    /** Any thread. */
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    BlockingThreads(PrintStream out) {
        this.out = out;
    }

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        run(new BlockingThreads(out)::block);
    }

    void block() throws InterruptedException {
        List<Awaitable<String>> jobs = new ArrayList<>();
        for (int limit : Primes.LIMITS) {
            jobs.add(() -> toThread(() -> ask(limit)));
        }
        Future<List<String>> answers = gather(jobs);
        toThread(() -> asked.await());
        out.println(threads.size() + " threads are blocked, the loop still runs");
        answered.countDown();
        for (String answer : await(answers)) {
            out.println(answer);
        }
    }

    /** On a thread of its own: stands for a slow service with a blocking interface. */
    private String ask(int limit) throws InterruptedException {
        threads.add(Thread.currentThread());
        asked.countDown();
        answered.await();
        return Primes.below(limit) + " primes below " + limit + ", waited for on a thread";
    }
}
