package dev.skein.perf.cli;

import dev.skein.perf.scenario.ResultCollector;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the figures go in a form for machines, if they are asked for. */
final class JsonOption {
    @Option(names = "--json", paramLabel = "<file>", description = "Also writes the results to this file.")
    private @Nullable Path json;

    /** Writes them if they are asked for, with the command that found them. */
    void write(ResultCollector collector, String command) throws IOException {
        if (json != null) {
            collector.results(command).write(json);
        }
    }
}
