package dev.skein.perf.cli;

import dev.skein.perf.scenario.Effort;
import picocli.CommandLine.Option;

/** How long everything is measured. */
final class EffortOption {
    @Option(
            names = "--quick",
            description =
                    "With fewer and shorter rounds: 'all' in less than three minutes. The report says what is shortened.")
    private boolean quick;

    Effort effort() {
        return quick ? Effort.QUICK : Effort.FULL;
    }
}
