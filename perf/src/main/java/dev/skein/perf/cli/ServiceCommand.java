package dev.skein.perf.cli;

import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.Peer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command of a {@link ServiceScenario}: it has the options that its row allows. */
final class ServiceCommand implements Callable<Integer> {
    private final ServiceScenario scenario;
    private final RequestOptions requests = new RequestOptions();
    private final DepthOption depth = new DepthOption();

    @Mixin
    private PairedOptions options = new PairedOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private ServiceCommand(ServiceScenario scenario) {
        this.scenario = scenario;
    }

    /** Its command line, to be added to that of {@code perf}. */
    static CommandLine of(ServiceScenario scenario) {
        ServiceCommand command = new ServiceCommand(scenario);
        CommandLine line = new CommandLine(command).setCommandName(scenario.name());
        line.getCommandSpec().usageMessage().description(scenario.description());
        if (scenario.sizes().canBeChosen()) {
            line.addMixin("requests", command.requests);
        }
        if (scenario.depth().canBeChosen()) {
            line.addMixin("depth", command.depth);
        }
        return line;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        Peer[] rivals = scenario.rivals().toArray(Peer[]::new);
        return new ServerScenario(scenario.name(), scenario.service(), Peer.SKEIN, options, spec).run(loads(), rivals);
    }

    private List<Workload> loads() {
        int connections = options.connections(scenario.connections());
        int inFlight =
                depth.depth(spec, scenario.depth().deepest(), scenario.depth().byDefault());
        ServiceScenario.Sizes sizes = scenario.sizes();
        return sizes.canBeChosen()
                ? requests.loads(
                        spec,
                        sizes.largest(),
                        sizes.byDefault(),
                        size -> scenario.loads().of(connections, size, inFlight))
                : List.of(scenario.loads().of(connections, 0, inFlight));
    }
}
