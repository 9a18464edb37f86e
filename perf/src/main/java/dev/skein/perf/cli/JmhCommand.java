package dev.skein.perf.cli;

import dev.skein.perf.process.Gc;
import dev.skein.perf.process.Jvm;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the JMH benchmarks, each fork with the same flags whatever this JVM was started with. */
@Command(name = "jmh", description = "Runs the JMH benchmarks: what the loop's basic operations cost.")
final class JmhCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "<pattern>",
            defaultValue = ".*",
            description = "Regular expression: the benchmarks whose name it occurs in. Default: all.")
    private String pattern = "";

    @Option(
            names = "--gc",
            defaultValue = "parallel",
            description = "Garbage collector: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Gc gc = Gc.PARALLEL;

    @Option(
            names = "--heap",
            paramLabel = "<size>",
            defaultValue = "8g",
            description = "Heap of the measured JVMs, fixed. Default: ${DEFAULT-VALUE}.")
    private String heap = "";

    @Option(
            names = "--young",
            paramLabel = "<size>",
            defaultValue = "6g",
            description =
                    "Young generation, or 'auto' for the collector's own choice. A million coroutines are 1 GB: if"
                            + " they do not fit, they are copied, and the run measures the copying. Default: ${DEFAULT-VALUE}.")
    private String young = "";

    @Option(names = "--forks", defaultValue = "2", description = "JVMs for each benchmark. Default: ${DEFAULT-VALUE}.")
    private int forks;

    @Option(
            names = "--jvm-arg",
            paramLabel = "<flag>",
            description = "One more flag for the measured JVMs, for instance -Xlog:gc. May be repeated.")
    private List<String> jvmArgs = new ArrayList<>();

    @Override
    public Integer call() throws RunnerException {
        List<String> flags = new ArrayList<>(Jvm.flags(gc, heap));
        flags.add("-XX:+AlwaysPreTouch");
        if (!young.equals("auto")) {
            flags.add("-Xmn" + young);
        }
        flags.addAll(jvmArgs);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(pattern)
                .forks(forks)
                .jvmArgs()
                .jvmArgsAppend(flags.toArray(String[]::new));
        new Runner(options.build()).run();
        return 0;
    }
}
