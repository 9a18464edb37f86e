package dev.skein.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The scenario {@code growth}: whether what costs little among few costs more among many. */
@Command(
        name = "growth",
        description =
                "What one task, timer, request or line of a chat costs where there are 1, 10 and 100 times as many.")
final class GrowthCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions servers = new ServerOptions();

    @Option(names = "--quick", description = "With fewer and shorter rounds.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "<file>", description = "Writes what was found there too.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        servers.validate();
        Findings findings = new Findings();
        new Growth(
                        servers.transportWord(),
                        quick ? Effort.QUICK : Effort.FULL,
                        findings,
                        spec.commandLine().getOut())
                .run();
        if (json != null) {
            findings.results("perf growth").write(json);
        }
        return findings.hasFailures() ? 1 : 0;
    }
}
