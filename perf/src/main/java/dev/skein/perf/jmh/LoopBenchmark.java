package dev.skein.perf.jmh;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.yieldNow;

import dev.skein.loop.Awaitable;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.perf.process.Jvm;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * What the loop's basic operations cost, in nanoseconds each.
 *
 * <p>JMH calls from a thread of its own, the operations belong inside the loop. So each invocation hands the loop one main
 * coroutine that performs a large number of them; the hand-over, some ten microseconds, vanishes in it. The loop's
 * thread stays the same throughout.
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
public class LoopBenchmark {
    private static final int MANY = 200_000;
    private static final int WAVE = 1_000;
    private static final int MILLION = 1_000_000;

    private final Loop loop = newEventLoop();
    private int finished;

    @TearDown
    public void close() {
        loop.close();
    }

    /** Two coroutines that take turns. */
    @Benchmark
    @OperationsPerInvocation(2 * MANY)
    public void switchTo() {
        loop.runUntilComplete(() -> {
            Task<?> ping = createTask(LoopBenchmark::yieldMany);
            Task<?> pong = createTask(LoopBenchmark::yieldMany);
            await(ping);
            await(pong);
        });
    }

    /** A coroutine's life, with 1,000 alive at a time: created, suspended once, finished. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void spawnInWaves() {
        loop.runUntilComplete(() -> {
            for (int wave = 0; wave < MANY / WAVE; wave++) {
                spawn(WAVE);
            }
        });
    }

    /** A coroutine's life, with 1,000,000 alive at a time. */
    @Benchmark
    @OperationsPerInvocation(MILLION)
    public void spawnMillion() {
        loop.runUntilComplete(() -> spawn(MILLION));
    }

    /** A callback, from callSoon to its end, with 1,000 in the queue. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void callSoon() {
        Runnable callback = () -> finished++;
        loop.runUntilComplete(() -> {
            finished = 0;
            for (int wave = 0; wave < MANY / WAVE; wave++) {
                for (int i = 0; i < WAVE; i++) {
                    loop.callSoon(callback);
                }
                yieldNow();
            }
            requireFinished(MANY);
        });
    }

    /** An await that need not wait. */
    @Benchmark
    @OperationsPerInvocation(10 * MANY)
    public void awaitDone(Blackhole results) {
        loop.runUntilComplete(() -> {
            Future<String> done = loop.createFuture();
            done.setResult("done");
            for (int i = 0; i < 10 * MANY; i++) {
                results.consume(await(done));
            }
        });
    }

    private static void yieldMany() {
        for (int i = 0; i < MANY; i++) {
            yieldNow();
        }
    }

    /** Coroutines start and resume in the order of their creation, so that all are done when the last is. */
    private void spawn(int count) {
        finished = 0;
        Awaitable<@Nullable Void> body = () -> {
            yieldNow();
            finished++;
            return null;
        };
        for (int i = 1; i < count; i++) {
            createTask(body);
        }
        await(createTask(body));
        requireFinished(count);
    }

    private void requireFinished(int count) {
        if (finished != count) {
            throw new IllegalStateException(finished + " of " + count + " finished");
        }
    }
}
