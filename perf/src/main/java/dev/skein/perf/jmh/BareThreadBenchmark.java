package dev.skein.perf.jmh;

import dev.skein.perf.process.Jvm;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the JDK's part of a switch and of a coroutine's life costs: virtual threads with a scheduler of their own on a plain
 * queue, no loop, no tasks, no futures. {@link LoopBenchmark} in the same run divided by this is the loop's share, whatever
 * the machine gives at that hour.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {Jvm.OPENS, "-XX:+UseParallelGC", "-Xms8g", "-Xmx8g", "-Xmn6g", "-XX:+AlwaysPreTouch"})
public class BareThreadBenchmark {
    private static final int MANY = 200_000;
    private static final int WAVE = 1_000;
    private static final int MILLION = 1_000_000;
    private static final MethodHandle NEW_VIRTUAL_THREAD = newVirtualThread();

    private final ArrayDeque<Bare> ready = new ArrayDeque<>();
    private int finished;

    /** A virtual thread that is its own scheduler: it keeps its continuation and drops what a yield asks for. */
    private static final class Bare implements Executor {
        private @Nullable Runnable continuation;

        @Override
        public void execute(Runnable request) {
            if (continuation == null) {
                continuation = request;
            }
        }

        void step() {
            if (continuation != null) {
                continuation.run();
            }
        }
    }

    private static MethodHandle newVirtualThread() {
        try {
            return MethodHandles.privateLookupIn(Class.forName("java.lang.VirtualThread"), MethodHandles.lookup())
                    .findStatic(
                            Class.forName("java.lang.ThreadBuilders"),
                            "newVirtualThread",
                            MethodType.methodType(
                                    Thread.class, Executor.class, String.class, int.class, Runnable.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Two threads that take turns. */
    @Benchmark
    @OperationsPerInvocation(2 * MANY)
    public void bareSwitch() {
        start(MANY);
        start(MANY);
        run();
        requireFinished(2);
    }

    /** A thread's life, with 1,000 alive at a time: created, suspended once, finished. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void bareSpawnInWaves() {
        for (int wave = 0; wave < MANY / WAVE; wave++) {
            spawn(WAVE);
        }
    }

    /** A thread's life, with 1,000,000 alive at a time. */
    @Benchmark
    @OperationsPerInvocation(MILLION)
    public void bareSpawnMillion() {
        spawn(MILLION);
    }

    private void spawn(int count) {
        for (int i = 0; i < count; i++) {
            start(1);
        }
        run();
        requireFinished(count);
    }

    @SuppressWarnings("ThreadPriorityCheck") // a yield is how such a thread suspends
    private void start(int yields) {
        Bare scheduler = new Bare();
        Runnable body = () -> {
            for (int i = 0; i < yields; i++) {
                ready.add(scheduler);
                Thread.yield();
            }
            finished++;
        };
        try {
            Thread thread = (Thread) NEW_VIRTUAL_THREAD.invokeExact((Executor) scheduler, "bare", 0, body);
            thread.start();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        ready.add(scheduler);
    }

    private void run() {
        for (Bare next = ready.poll(); next != null; next = ready.poll()) {
            next.step();
        }
    }

    private void requireFinished(int count) {
        int all = finished;
        finished = 0;
        if (all != count) {
            throw new IllegalStateException(all + " of " + count + " finished");
        }
    }
}
