package dev.skein.perf;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The program {@code perf}: what Skein costs, measured on the machine at hand.
 *
 * <p>A scenario is a subcommand. One that measures servers adds its servers to {@link Peer}, runs them in a
 * {@link Duel}, and prints a {@link Comparison}.
 */
@Command(
        name = "perf",
        description = "Measures what Skein costs on this machine.",
        subcommands = {
            EchoCommand.class,
            JmhCommand.class,
            SleepersCommand.class,
            ServeCommand.class,
            LoadCommand.class
        })
final class Perf implements Runnable {
    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Prints this and ends.")
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The whole command line; its errors go to stderr as one line, with exit status 2 for a mistake in the options. */
    static CommandLine commandLine() {
        return new CommandLine(new Perf())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("perf: " + failure.getMessage());
                    return command.getCommandSpec().exitCodeOnExecutionException();
                });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which measurement? Give one of the subcommands");
    }
}
