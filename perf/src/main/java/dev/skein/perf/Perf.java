package dev.skein.perf;

import dev.skein.perf.cli.Subcommands;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The program {@code perf}: what Skein costs, measured on the machine at hand. Each measurement is one of
 * {@link Subcommands}.
 */
@Command(name = "perf", description = "Measures what Skein costs on this machine.")
public final class Perf implements Runnable {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Prints this and ends.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the annotation alone
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs one measurement; its status is the status of the process. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /**
     * The whole command line. A mistake in the options is status 2; a measurement that cannot be made is one line on stderr
     * and status 1; anything else is a bug, and shows its stack.
     */
    static CommandLine commandLine() {
        return Subcommands.addTo(new CommandLine(new Perf()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (!(failure instanceof IOException)) {
                        throw failure;
                    }
                    command.getErr().println("perf: " + failure.getMessage());
                    return command.getCommandSpec().exitCodeOnExecutionException();
                });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no measurement named: give one of the subcommands");
    }
}
