package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Three jobs that compute, on the threads of a pool: for work that keeps a core busy.
 *
 * <p>The pool is fixed, as many threads as cores may be spent: more would only take turns. On the loop's own thread such
 * work would hold up every connection and timer.
 */
final class ComputingThreads {
    private static final int THREADS = 3;

    private ComputingThreads() {}

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        run(() -> compute(out));
    }

    static void compute(PrintStream out) {
        CyclicBarrier allRun = new CyclicBarrier(THREADS);
        try (ExecutorService pool = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().name("cpu-", 1).factory())) {
            List<Future<Answer>> jobs = new ArrayList<>();
            for (int limit : Primes.LIMITS) {
                jobs.add(Loop.current().runInExecutor(pool, () -> count(limit, allRun)));
            }
            Set<String> threads = new HashSet<>();
            for (Answer answer : await(gather(jobs))) {
                out.println(answer.text() + ", computed on " + answer.thread());
                threads.add(answer.thread());
            }
            out.println(jobs.size() + " jobs at once on " + threads.size() + " threads");
        }
    }

    /** On a thread of the pool. It begins when all three run, which shows that they do so at the same time. */
    private static Answer count(int limit, CyclicBarrier allRun) throws Exception {
        allRun.await(10, SECONDS);
        return new Answer(
                Primes.below(limit) + " primes below " + limit,
                Thread.currentThread().getName());
    }

    private record Answer(String text, String thread) {}
}
