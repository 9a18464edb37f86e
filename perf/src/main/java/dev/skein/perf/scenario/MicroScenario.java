package dev.skein.perf.scenario;

import dev.skein.perf.micro.Micro;
import dev.skein.perf.peer.CoroutineRuntime;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.process.ChildProcess;
import dev.skein.perf.process.ProcessCpu;
import dev.skein.perf.process.Protocol;
import dev.skein.perf.report.Figure;
import dev.skein.perf.report.Metric;
import dev.skein.perf.report.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Programs of coroutines and nothing else, on each runtime in a process of its own, all on the same core.
 *
 * <p>The runtimes take turns, round by round, so that the ratio of two rounds compares neighbours in time. A slow one has
 * fewer rounds: each has the same time, but at least one round.
 */
public final class MicroScenario {
    private static final Duration LONGEST_ROUND = Duration.ofMinutes(2);
    private static final int MOST_ROUNDS = 9;

    /** How many are weighed, also in a quick run: the rest of the heap comes and goes. */
    private static final int PARKED = 100_000;

    private static final int WEIGHED = 4;
    private static final String TOUCHED = "-XX:+AlwaysPreTouch";
    private static final Duration SLICE = Duration.ofMillis(100);

    /** The factor between the CPU time of a warm-up and its longest wall time. */
    private static final int LONGEST_WARM_UP = 3;

    /** From this part of a core on a process has it to itself. */
    private static final double ITS_CORE = 0.85;

    private final TestBed bed;
    private final ResultCollector collector;
    private final PrintWriter out;
    private final Duration warmUp;
    private final Duration time;
    private final int divisor;

    /**
     * Reports to {@code out} and the collector.
     *
     * @param warmUp the CPU time that each runtime may use for each program before it is measured, unless it gets no faster
     *     before that; at least one round
     * @param time how long it is measured, at least once
     * @param divisor by what the counts of the programs that are timed as a whole are divided
     */
    public MicroScenario(
            TestBed bed, ResultCollector collector, PrintWriter out, Duration warmUp, Duration time, int divisor) {
        this.bed = bed.withFlags(heap(divisor)).withFlags(Idle.EXACT);
        this.collector = collector;
        this.out = out;
        this.warmUp = warmUp;
        this.time = time;
        this.divisor = divisor;
    }

    /**
     * Flags of a JVM that runs these programs. A million coroutines are a gigabyte, and where they do not fit into the young
     * generation their copying is measured; where its memory is used for the first time, the kernel's giving it.
     */
    static List<String> heap(int divisor) {
        return divisor == 1
                ? List.of("-Xms6g", "-Xmx6g", "-Xmn4g", TOUCHED)
                : List.of("-Xms1536m", "-Xmx1536m", "-Xmn1g", TOUCHED);
    }

    /** Runs each of these programs on each runtime; Skein's comes first. */
    public void run(List<Micro> programs, List<CoroutineRuntime> runtimes) throws IOException, InterruptedException {
        collector.doubt(String.format(
                Locale.ROOT,
                "Each runtime ran each program of coroutines until it got no faster, for %.1f s of its CPU time at most,"
                        + " before it was measured.",
                warmUp.toMillis() / 1e3));
        Map<CoroutineRuntime, ChildProcess> children = new LinkedHashMap<>();
        try {
            for (CoroutineRuntime runtime : runtimes) {
                start(runtime, children);
            }
            for (Micro program : programs) {
                measure(program, children);
            }
            weigh(Objects.requireNonNull(children.get(CoroutineRuntime.SKEIN)));
        } finally {
            children.values().forEach(ChildProcess::close);
        }
    }

    private void start(CoroutineRuntime runtime, Map<CoroutineRuntime, ChildProcess> children)
            throws IOException, InterruptedException {
        Optional<String> missing = runtime.program().missing();
        try {
            if (missing.isPresent()) {
                throw new IOException(missing.get());
            }
            children.put(runtime, bed.start(runtime));
            collector.version(runtime.label(), runtime.program().version());
        } catch (IOException failure) {
            if (runtime == CoroutineRuntime.SKEIN) {
                throw failure;
            }
            collector.skip("coroutines, " + runtime.label(), String.valueOf(failure.getMessage()));
            out.println(runtime.label() + ": skipped, " + failure.getMessage());
        }
    }

    private void measure(Micro program, Map<CoroutineRuntime, ChildProcess> children)
            throws IOException, InterruptedException {
        int count = count(program);
        Map<CoroutineRuntime, List<Double>> rounds = new LinkedHashMap<>();
        Map<CoroutineRuntime, List<Double>> busy = new EnumMap<>(CoroutineRuntime.class);
        for (CoroutineRuntime runtime : List.copyOf(children.keySet())) {
            rounds.put(runtime, new ArrayList<>());
            attempt(runtime, program, children, child -> {
                if (!runtime.program().warmsUp()) {
                    fillCaches(child, program, count).ifPresent(Objects.requireNonNull(rounds.get(runtime))::add);
                } else if (warmUp(child, program, count).stillGains()) {
                    collector.cold(program + ", " + runtime.label());
                }
            });
        }
        for (int round = 0; round < MOST_ROUNDS; round++) {
            for (CoroutineRuntime runtime : List.copyOf(children.keySet())) {
                List<Double> times = rounds.getOrDefault(runtime, new ArrayList<>());
                double used = times.stream().mapToDouble(each -> each).sum();
                if (times.isEmpty() || used < time.toNanos() || runtime == CoroutineRuntime.SKEIN) {
                    attempt(runtime, program, children, child -> {
                        ProcessCpu cpu = new ProcessCpu(child.pid());
                        cpu.mark();
                        double nanos = play(child, program, count);
                        times.add(nanos);
                        busy.computeIfAbsent(runtime, any -> new ArrayList<>()).add(cpu.nanosSinceMark() / nanos);
                    });
                }
            }
        }
        rounds.values().removeIf(List::isEmpty);
        report(program, count, rounds, busy);
    }

    /** Only what is timed as a whole takes long; of the others a shorter round would measure its interruptions. */
    private int count(Micro program) {
        return program.isWhole() ? Math.max(Micro.WAVE, program.count() / divisor) : program.count();
    }

    /**
     * One round of a runtime that gets no faster. It counts as measured if it was so long that its caches mattered little, and
     * so that a minute is not spent twice.
     */
    private OptionalDouble fillCaches(ChildProcess runtime, Micro program, int count)
            throws IOException, InterruptedException {
        double nanos = play(runtime, program, count);
        return nanos > warmUp.plus(time).toNanos() ? OptionalDouble.of(nanos) : OptionalDouble.empty();
    }

    /**
     * Runs a program until the runtime gets no faster or has used the CPU time for that, the same for all: one that is compiled
     * while it runs needs most of it, the others end early.
     */
    private WarmUp warmUp(ChildProcess runtime, Micro program, int count) throws IOException, InterruptedException {
        WarmUp progress = new WarmUp();
        ProcessCpu cpu = new ProcessCpu(runtime.pid());
        cpu.mark();
        long end = System.nanoTime() + LONGEST_WARM_UP * warmUp.toNanos();
        do {
            progress.add(bestRate(runtime, program, count));
        } while (!progress.isStable() && cpu.nanosSinceMark() < warmUp.toNanos() && System.nanoTime() < end);
        return progress;
    }

    /** Of the rounds of a tenth of a second, at least one: a single short one tells little. */
    private static double bestRate(ChildProcess runtime, Micro program, int count)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + SLICE.toNanos();
        double shortest = Double.MAX_VALUE;
        do {
            shortest = Math.min(shortest, play(runtime, program, count));
        } while (System.nanoTime() < end);
        return count * 1e9 / shortest;
    }

    /** What is done with a runtime's process. */
    private interface Step {
        void with(ChildProcess runtime) throws IOException, InterruptedException;
    }

    /** A runtime that fails takes no part from then on; without Skein there is nothing to compare. */
    private void attempt(
            CoroutineRuntime runtime, Micro program, Map<CoroutineRuntime, ChildProcess> children, Step step)
            throws IOException, InterruptedException {
        try {
            step.with(Objects.requireNonNull(children.get(runtime)));
        } catch (IOException failure) {
            if (runtime == CoroutineRuntime.SKEIN) {
                throw failure;
            }
            collector.fail(program + ", " + runtime.label() + ", which was left out from then on", failure);
            out.println(runtime.label() + ": FAILED, " + failure.getMessage());
            Objects.requireNonNull(children.remove(runtime)).kill();
        }
    }

    /** The last of some times: the stack of a coroutine is larger until its code is compiled. */
    private void weigh(ChildProcess skein) throws IOException, InterruptedException {
        double bytes = 0;
        for (int i = 0; i < WEIGHED; i++) {
            bytes = play(skein, Protocol.PARKED, PARKED);
        }
        Figure each = Figure.single(bytes);
        String load = "%,d".formatted(PARKED);
        String label = CoroutineRuntime.SKEIN.label();
        collector.add(new Row(
                Protocol.PARKED,
                load,
                CoroutineRuntime.SKEIN.toString(),
                label,
                Map.of(Metric.HEAP_EACH, each),
                Map.of()));
        out.printf(Locale.ROOT, "%n%s, %s%n  %-16s %s bytes of heap each%n", Protocol.PARKED, load, label, each);
        out.flush();
    }

    static double play(ChildProcess runtime, Micro program, int count) throws IOException, InterruptedException {
        return play(runtime, program.toString(), count);
    }

    private static double play(ChildProcess runtime, String program, int count)
            throws IOException, InterruptedException {
        runtime.writeLine(program + " " + count);
        return Double.parseDouble(runtime.readAfter(Protocol.RESULT, LONGEST_ROUND));
    }

    /** The part of the rounds in which the process did not have its core, although it had always something to do. */
    private static double disturbedShare(List<Double> busy) {
        return busy.isEmpty()
                ? 0
                : (double) busy.stream().filter(share -> share < ITS_CORE).count() / busy.size();
    }

    private void report(
            Micro program,
            int count,
            Map<CoroutineRuntime, List<Double>> rounds,
            Map<CoroutineRuntime, List<Double>> busy) {
        out.printf(Locale.ROOT, "%n%s, %,d%n", program, count);
        List<Double> ours = rounds.getOrDefault(CoroutineRuntime.SKEIN, List.of());
        rounds.forEach((runtime, times) -> {
            Map<Metric, Figure> ratios = Map.of();
            if (runtime != CoroutineRuntime.SKEIN) {
                ratios = Map.of(metric(program), Figure.of(ratios(ours, times)));
            }
            double unit = program.isWhole() ? 1e6 : count;
            Figure figure =
                    Figure.of(times.stream().mapToDouble(each -> each / unit).toArray());
            Map<Metric, Figure> figures = new EnumMap<>(Map.of(metric(program), figure));
            if (program != Micro.SLEEPERS) {
                double share = disturbedShare(busy.getOrDefault(runtime, List.of()));
                figures.put(Metric.DISTURBED, Figure.single(share * 100));
                if (share > 0.5) {
                    collector.disturbed(program + ", " + runtime.label(), share);
                }
            }
            String load = "%,d".formatted(count);
            collector.add(new Row(program.toString(), load, runtime.toString(), runtime.label(), figures, ratios));
            out.printf(
                    Locale.ROOT,
                    "  %-16s %-28s %s  %s%n",
                    runtime.label(),
                    figure,
                    program.isWhole() ? "ms" : "ns each",
                    ratios.isEmpty() ? "" : "Skein / " + runtime.label() + " " + ratios.get(metric(program)));
        });
        out.flush();
    }

    private static Metric metric(Micro program) {
        return program.isWhole() ? Metric.WALL : Metric.TIME;
    }

    private static double[] ratios(List<Double> ours, List<Double> theirs) {
        if (theirs.size() == 1) {
            // It has no neighbour: it was too long to be measured again.
            double usual =
                    Figure.of(ours.stream().mapToDouble(each -> each).toArray()).median();
            return new double[] {usual / theirs.getFirst()};
        }
        return IntStream.range(0, Math.min(ours.size(), theirs.size()))
                .mapToDouble(i -> ours.get(i) / theirs.get(i))
                .toArray();
    }
}
