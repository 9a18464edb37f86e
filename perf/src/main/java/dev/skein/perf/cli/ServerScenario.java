package dev.skein.perf.cli;

import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.LoadProgram;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.process.Profile;
import dev.skein.perf.scenario.ResultCollector;
import dev.skein.perf.scenario.Scenario;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands that measure one service have in common: options, heading, self-check, JSON. */
final class ServerScenario {
    private final String name;
    private final Service service;
    private final Peer ours;
    private final PairedOptions options;
    private final CommandSpec spec;
    private LoadProgram load = LoadProgram.JAVA;

    /** One that has the name of its service. */
    ServerScenario(Service service, Peer ours, PairedOptions options, CommandSpec spec) {
        this(service.toString(), service, ours, options, spec);
    }

    ServerScenario(String name, Service service, Peer ours, PairedOptions options, CommandSpec spec) {
        this.name = name;
        this.service = service;
        this.ours = ours;
        this.options = options;
        this.spec = spec;
    }

    /** With this load generator. */
    ServerScenario withLoad(LoadProgram other) {
        load = other;
        return this;
    }

    /** Runs it and gives the exit status, which is 1 for a server or a self-check that failed. */
    int run(List<Workload> loads, Peer... rivalsByDefault) throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        List<Peer> rivals = options.servers().rivals(service, rivalsByDefault);
        TestBed unrecorded = options.servers().bed(spec).withLoad(load);
        @Nullable Path directory = options.profile();
        Optional<Profile> profile = directory == null ? Optional.empty() : Optional.of(new Profile(directory));
        TestBed bed = profile.map(unrecorded::withProfile).orElse(unrecorded);
        out.println("perf " + name + ", " + options);
        out.println(bed);
        out.flush();
        ResultCollector collector = new ResultCollector();
        collector.bed(bed);
        Scenario scenario = new Scenario(name, service, bed, collector, out);
        Scenario.Planner planner = (rival, load) -> options.plan(load);
        if (options.selfCheck()) {
            return scenario.selfCheck(rivals, loads, planner) ? 0 : 1;
        }
        scenario.run(ours, rivals, _ -> loads, planner);
        if (profile.isPresent()) {
            profile.get().convert().forEach(flames -> out.println("profile: " + flames));
            out.flush();
        }
        String words = String.join(" ", spec.commandLine().getParseResult().originalArgs());
        options.json().write(collector, "perf " + words);
        return collector.hasFailures() ? 1 : 0;
    }
}
