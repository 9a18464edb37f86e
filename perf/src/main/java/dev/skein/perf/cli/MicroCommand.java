package dev.skein.perf.cli;

import dev.skein.loop.Transport;
import dev.skein.perf.micro.Micro;
import dev.skein.perf.peer.CoroutineRuntime;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.scenario.MicroScenario;
import dev.skein.perf.scenario.ResultCollector;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The scenarios without input and output. */
@Command(name = "micro", description = "What coroutines cost, on Skein and on other runtimes.")
final class MicroCommand implements Callable<Integer> {
    @Option(
            names = "--programs",
            split = ",",
            paramLabel = "<program>",
            description = "Some of: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<Micro> programs = new ArrayList<>(List.of(Micro.values()));

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "<runtime>",
            description = "Some of: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<CoroutineRuntime> runtimes = new ArrayList<>(List.of(CoroutineRuntime.values()));

    @Option(
            names = "--divisor",
            defaultValue = "1",
            description = "By what the counts of sleepers, tasks and cancel are divided, for a short run. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int divisor;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            description =
                    "Seconds of CPU time that a runtime may use for each program before it is measured; its warm-up"
                            + " ends when it gets no faster. Default: ${DEFAULT-VALUE}.")
    private double warmUp;

    @Option(
            names = "--seconds",
            defaultValue = "4",
            description = "Seconds of each program on each runtime. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Range.require(spec, "--divisor", divisor, 1_000);
        Range.require(spec, "--warm-up", warmUp, 0, 600);
        Range.require(spec, "--seconds", seconds, 0.1, 600);
        if (!runtimes.contains(CoroutineRuntime.SKEIN)) {
            runtimes.addFirst(CoroutineRuntime.SKEIN);
        }
        ResultCollector collector = new ResultCollector();
        TestBed bed = TestBed.of(MainClass.of(spec), Transport.preferred());
        new MicroScenario(
                        bed,
                        collector,
                        spec.commandLine().getOut(),
                        Duration.ofMillis((long) (warmUp * 1e3)),
                        Duration.ofMillis((long) (seconds * 1e3)),
                        divisor)
                .run(programs, runtimes);
        json.write(collector, "perf micro");
        return 0;
    }
}
