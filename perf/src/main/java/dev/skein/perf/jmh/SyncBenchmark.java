package dev.skein.perf.jmh;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.yieldNow;

import dev.skein.loop.Awaitable;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.sync.Hold;
import dev.skein.loop.sync.Lock;
import dev.skein.loop.sync.Queue;
import dev.skein.perf.process.Jvm;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What it costs coroutines to wait for each other, in nanoseconds for each operation. As {@link LoopBenchmark}, an
 * invocation hands the loop one main coroutine that performs a large number of them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {
            Jvm.OPENS,
            Jvm.NATIVE_ACCESS,
            Jvm.UNSAFE,
            "-XX:+UseParallelGC",
            "-Xms8g",
            "-Xmx8g",
            "-Xmn6g",
            "-XX:+AlwaysPreTouch"
        })
public class SyncBenchmark {
    private static final int MANY = 100_000;

    private final Loop loop = newEventLoop();
    private final Lock lock = new Lock();
    private final Lock boundLock = new Lock();
    private final Queue<String> queue = new Queue<>(1);

    @TearDown
    public void close() {
        loop.close();
    }

    /** One item through a queue that holds one: the producer and the consumer both wait, each time. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void handOver(Blackhole items) {
        loop.runUntilComplete(() -> {
            Task<?> producer = createTask(() -> {
                for (int i = 0; i < MANY; i++) {
                    queue.put("item");
                }
            });
            for (int i = 0; i < MANY; i++) {
                items.consume(queue.get());
            }
            producer.await();
        });
    }

    /** A lock that is free, and that no task has ever waited for. */
    @Benchmark
    @OperationsPerInvocation(10 * MANY)
    public void uncontendedLock(Blackhole turns) {
        loop.runUntilComplete(() -> holdMany(lock, turns));
    }

    /** A lock that is free, and belongs to the loop since a task once waited for it. */
    @Benchmark
    @OperationsPerInvocation(10 * MANY)
    public void uncontendedLockOfTheLoop(Blackhole turns) {
        loop.runUntilComplete(() -> {
            boundLock.acquire();
            Task<?> waiter = createTask(() -> boundLock.hold().close());
            yieldNow();
            boundLock.release();
            waiter.await();
            holdMany(boundLock, turns);
        });
    }

    private void holdMany(Lock free, Blackhole turns) {
        for (int i = 0; i < 10 * MANY; i++) {
            try (Hold _ = free.hold()) {
                turns.consume(i);
            }
        }
    }

    /** One of 100,000 tasks that are gathered, each of which suspends once. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void gatherMany(Blackhole results) {
        Awaitable<Integer> body = () -> {
            yieldNow();
            return 1;
        };
        List<Awaitable<Integer>> bodies = Collections.nCopies(MANY, body);
        loop.runUntilComplete(() -> results.consume(gather(bodies).await()));
    }
}
