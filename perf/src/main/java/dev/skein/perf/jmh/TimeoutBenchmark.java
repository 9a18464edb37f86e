package dev.skein.perf.jmh;

import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.waitFor;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.perf.process.Jvm;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a deadline costs that does not come, in nanoseconds each, beside what Netty's timer alone costs. As in
 * {@link LoopBenchmark}, one coroutine performs a large number of them.
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
public class TimeoutBenchmark {
    private static final int MANY = 200_000;
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
    private static final Duration DAY = Duration.ofDays(1);

    /** How many other timers are set, all for later: the loop's, and as many of Netty's. */
    @Param({"0", "10000"})
    private int others;

    private final Loop loop = newEventLoop();

    @Setup
    public void setOthers() {
        loop.runUntilComplete(() -> {
            for (int i = 0; i < others; i++) {
                loop.callLater(DAY.plusMillis(i), () -> {});
                loop.eventLoop().schedule(() -> {}, DAY.toMillis() + i, TimeUnit.MILLISECONDS);
            }
        });
    }

    @TearDown
    public void close() {
        loop.close();
    }

    /** A timeout around a body that does not suspend. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void timeoutAtOnceDone(Blackhole results) {
        loop.runUntilComplete(() -> {
            for (int i = 0; i < MANY; i++) {
                String result = timeout(TEN_SECONDS, () -> "result");
                results.consume(result);
            }
        });
    }

    /** An await with a deadline that need not wait. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void waitForDone(Blackhole results) {
        loop.runUntilComplete(() -> {
            Future<String> done = loop.createFuture();
            done.setResult("done");
            for (int i = 0; i < MANY; i++) {
                results.consume(waitFor(done, TEN_SECONDS));
            }
        });
    }

    /** For comparison: a timer of Netty's, set and cancelled. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void nettyTimer(Blackhole results) {
        Runnable nothing = () -> {};
        loop.runUntilComplete(() -> {
            for (int i = 0; i < MANY; i++) {
                results.consume(
                        loop.eventLoop().schedule(nothing, 10, TimeUnit.SECONDS).cancel(false));
            }
        });
    }
}
