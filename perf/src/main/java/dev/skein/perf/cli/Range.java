package dev.skein.perf.cli;

import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The check that an option's number lies within bounds. */
final class Range {
    private Range() {}

    /** Fails as picocli's own checks do, with the option and its value, unless {@code 1 <= value <= max}. */
    static void require(CommandSpec command, String option, int value, int max) {
        if (value < 1 || value > max) {
            throw new ParameterException(
                    command.commandLine(), "%s: %d is not between 1 and %d".formatted(option, value, max));
        }
    }

    /** As {@link #require(CommandSpec, String, int, int)}, for a number with a fraction. */
    static void require(CommandSpec command, String option, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new ParameterException(
                    command.commandLine(),
                    String.format(Locale.ROOT, "%s: %s is not between %s and %s", option, value, min, max));
        }
    }
}
