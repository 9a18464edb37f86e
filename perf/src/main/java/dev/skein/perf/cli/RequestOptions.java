package dev.skein.perf.cli;

import dev.skein.perf.load.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of every scenario whose requests have a size. */
final class RequestOptions {
    @Option(
            names = "--payload",
            split = ",",
            paramLabel = "<bytes>",
            description =
                    "Sizes of a request, or of a line with its end, each measured in turn. Default: 64; of lines 32,"
                            + " of tls 64,1024, of echo 64,1024,16384.")
    private List<Integer> payloads = new ArrayList<>();

    /**
     * The load of each size that was asked for, else of these.
     *
     * @throws picocli.CommandLine.ParameterException of {@code command}, if a size is not between 1 and {@code largest}
     */
    List<Workload> loads(CommandSpec command, int largest, List<Integer> byDefault, IntFunction<Workload> ofSize) {
        List<Integer> sizes = payloads.isEmpty() ? byDefault : payloads;
        sizes.forEach(size -> Range.require(command, "--payload", size, largest));
        return sizes.stream().map(ofSize::apply).toList();
    }
}
