package dev.skein.demos.tour;

import dev.skein.loop.CancelledError;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The program {@code tour}: lists the stops of the tour, and runs those that are named. */
@Command(name = "tour", description = "Shows the concepts, one small program each. Without a name, lists them.")
public final class Tour implements Runnable {
    private final PrintStream out;

    @Parameters(paramLabel = "<name>", description = "A program of the list; of several, one after the other.")
    private List<String> names = List.of();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this and ends.")
    @SuppressWarnings("unused") // picocli sees to it
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Tour(PrintStream out) {
        this.out = out;
    }

    /**
     * Starts the program.
     *
     * @param args names of stops, or an option
     */
    public static void main(String[] args) {
        try {
            System.exit(commandLine(System.out).execute(args));
        } catch (CancelledError interrupted) {
            // Ctrl-C cancelled the program that ran, and the JVM is ending.
        }
    }

    static CommandLine commandLine(PrintStream out) {
        return new CommandLine(new Tour(out));
    }

    @Override
    public void run() {
        if (names.isEmpty()) {
            Stop.ALL.forEach(stop -> out.printf("%-18s %s%n", stop.name(), stop.description()));
        }
        for (Stop stop : names.stream().map(this::named).toList()) {
            out.println("== " + stop.name() + ": " + stop.description());
            stop.show(out);
        }
    }

    private Stop named(String name) {
        return Stop.named(name)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "'" + name + "' is not a stop of the tour: without a name, it lists all stops"));
    }
}
