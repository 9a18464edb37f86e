package dev.skein.perf.cli;

import dev.skein.perf.report.Change;
import dev.skein.perf.report.Results;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What changed between two runs. */
@Command(name = "compare", description = "Reports what changed beyond the noise between two runs of 'all'.")
final class CompareCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "<results.json>",
            arity = "0..1",
            defaultValue = "target/perf/results.json",
            description = "The later run. Default: ${DEFAULT-VALUE}.")
    private Path after = Path.of("");

    @Option(names = "--against", required = true, paramLabel = "<results.json>", description = "The earlier run.")
    private Path before = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The status is 1 where something became worse. */
    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Results earlier = Results.read(before);
        Results later = Results.read(after);
        if (!earlier.machine().equals(later.machine())) {
            out.println("! the runs are of different machines: " + earlier.machine() + " and " + later.machine());
        }
        List<Change> changes = tell(earlier, later, out);
        out.flush();
        return changes.stream().allMatch(Change::better) ? 0 : 1;
    }

    /** Prints what changed, and gives it. */
    static List<Change> tell(Results earlier, Results later, PrintWriter out) {
        List<Change> changes = Change.between(earlier, later);
        changes.forEach(out::println);
        List<String> disturbed = Change.disturbed(earlier, later);
        if (!disturbed.isEmpty()) {
            out.println("! not compared, since other programs took the cores in one of the runs: "
                    + String.join("; ", disturbed));
        }
        out.println(changes.isEmpty() ? "nothing changed beyond the noise" : changes.size() + " changed");
        return changes;
    }
}
