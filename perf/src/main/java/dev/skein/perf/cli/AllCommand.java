package dev.skein.perf.cli;

import dev.skein.perf.report.Bar;
import dev.skein.perf.report.Html;
import dev.skein.perf.report.Markdown;
import dev.skein.perf.report.Results;
import dev.skein.perf.scenario.AllScenarios;
import dev.skein.perf.scenario.Progress;
import dev.skein.perf.scenario.ResultCollector;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything, and the report. */
@Command(
        name = "all",
        description =
                "Runs every scenario against every peer that this machine has the tools for, and writes a report.")
final class AllCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions servers = new ServerOptions();

    @Mixin
    private BudgetOption budget = new BudgetOption();

    @Option(
            names = "--out",
            paramLabel = "<directory>",
            defaultValue = "target/perf",
            description =
                    "Directory for report.html, report.md, results.json and rounds.txt. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("");

    @Option(names = "--against", paramLabel = "<results.json>", description = "Reports what changed since that run.")
    private @Nullable Path against;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The status is 1 where something failed; the report is written all the same. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        servers.validate();
        Results before = against == null ? null : Results.read(against);
        PrintWriter out = spec.commandLine().getOut();
        Files.createDirectories(directory);
        ResultCollector collector = new ResultCollector();
        try (PrintWriter rounds = new PrintWriter(Files.newBufferedWriter(directory.resolve("rounds.txt")), true)) {
            AllScenarios all = new AllScenarios(
                    servers.bed(spec),
                    !servers.choosesTransport(),
                    servers.choice(),
                    budget.budget(),
                    collector,
                    rounds);
            try (Progress progress = new Progress(all.steps())) {
                collector.onRow(progress::step);
                all.run();
            }
        }
        boolean quick = budget.budget().isQuick();
        if (quick) {
            collector.doubt("A quick run has less of everything than a full one, whose numbers are in brackets: "
                    + budget.budget().shortened() + ".");
            collector.doubt(
                    "With few rounds and short warm-ups no server in a JVM is quite warm: Skein, which takes part in every comparison,"
                            + " is colder than its peer in the first of a service, and warmer in the last. Run 'all' for figures to"
                            + " quote.");
        }
        Results results = collector.results("perf all" + (quick ? " --quick" : ""));
        results.write(directory.resolve("results.json"));
        Files.writeString(directory.resolve("report.md"), Markdown.of(results));
        Files.writeString(directory.resolve("report.html"), Html.of(results));
        tell(out, results, before);
        return collector.hasFailures() ? 1 : 0;
    }

    private void tell(PrintWriter out, Results results, @Nullable Results before) {
        List<Bar> bars = Bar.of(results);
        bars.forEach(out::println);
        results.failed().forEach(word -> out.println("FAILED: " + word));
        results.skipped().forEach(word -> out.println("skipped: " + word));
        results.doubts().forEach(doubt -> out.println("! " + doubt));
        if (before != null) {
            CompareCommand.tell(before, results, out);
        }
        out.println("report: " + directory.resolve("report.html").toAbsolutePath());
        out.flush();
    }
}
