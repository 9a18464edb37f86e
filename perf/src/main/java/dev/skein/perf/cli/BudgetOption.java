package dev.skein.perf.cli;

import dev.skein.perf.scenario.RunBudget;
import picocli.CommandLine.Option;

/** How long everything is measured. */
final class BudgetOption {
    @Option(
            names = "--quick",
            description =
                    "With fewer and shorter rounds: 'all' in less than three minutes. The report says what is shortened.")
    private boolean quick;

    RunBudget budget() {
        return quick ? RunBudget.QUICK : RunBudget.FULL;
    }
}
