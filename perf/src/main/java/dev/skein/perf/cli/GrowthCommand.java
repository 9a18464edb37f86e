package dev.skein.perf.cli;

import dev.skein.perf.scenario.Growth;
import dev.skein.perf.scenario.ResultCollector;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The scenario {@code growth}: whether what costs little among few costs more among many. */
@Command(
        name = "growth",
        description = "What one task, timer, request or line of a chat costs with 1, 10 and 100 times as many.")
final class GrowthCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions servers = new ServerOptions();

    @Mixin
    private BudgetOption budget = new BudgetOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        servers.validate();
        ResultCollector collector = new ResultCollector();
        new Growth(
                        servers.bed(spec),
                        budget.budget(),
                        collector,
                        spec.commandLine().getOut())
                .run();
        json.write(collector, "perf growth");
        return collector.hasFailures() ? 1 : 0;
    }
}
