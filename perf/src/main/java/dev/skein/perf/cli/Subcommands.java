package dev.skein.perf.cli;

import dev.skein.perf.peer.Peer;
import picocli.CommandLine;

/**
 * The subcommands of {@code perf}: the measurements, and the processes that they start.
 *
 * <p>A measurement that compares servers adds them to {@link Peer} and is a {@link ServiceScenario}, or runs a
 * {@link ServerScenario} if it has options of its own.
 */
public final class Subcommands {
    private Subcommands() {}

    /** Adds them, in the order in which {@code --help} tells them; gives {@code perf}. */
    public static CommandLine addTo(CommandLine perf) {
        perf.addSubcommand(new AllCommand());
        perf.addSubcommand(new CompareCommand());
        perf.addSubcommand(new EchoCommand());
        for (ServiceScenario scenario : ServiceScenario.ALL) {
            perf.addSubcommand(ServiceCommand.of(scenario));
        }
        perf.addSubcommand(new LatencyCommand());
        perf.addSubcommand(new GrowthCommand());
        perf.addSubcommand(new IdleCommand());
        perf.addSubcommand(new MicroCommand());
        perf.addSubcommand(new JmhCommand());
        perf.addSubcommand(new SleepersCommand());
        perf.addSubcommand(new ServeCommand());
        perf.addSubcommand(new RunMicroCommand());
        perf.addSubcommand(new LoadCommand());
        return perf;
    }
}
