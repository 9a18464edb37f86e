package dev.skein.perf;

import dev.skein.loop.Transport;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where everything is measured: the servers on one core, what loads them on another, JVMs with the same flags. */
final class Bench {
    private static final String HEAP = "1g";

    private final Optional<Cores> cores = Cores.find();
    private final List<String> flags = new ArrayList<>(Jvm.flags(Gc.PARALLEL, HEAP));

    private Optional<Profile> profile = Optional.empty();
    private LoadProgram loadProgram = LoadProgram.JAVA;

    /** For servers on this transport, where they can choose. */
    Bench(Transport transport) {
        flags.add("-Dskein.transport=" + Protocol.word(transport));
    }

    /** Also with a profile of each server that runs in a JVM. */
    Bench withProfile(Profile recording) {
        profile = Optional.of(recording);
        return this;
    }

    /** With this load generator. */
    Bench withLoad(LoadProgram other) {
        loadProgram = other;
        return this;
    }

    /** Also with these flags, for JVMs. */
    Bench withFlags(List<String> more) {
        flags.addAll(more);
        return this;
    }

    Contender start(Peer peer, Service service) throws IOException, InterruptedException {
        return start(peer, service, peer.label());
    }

    /** Builds the peer if need be, starts it, and waits until it listens. */
    Contender start(Peer peer, Service service, String label) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(flags);
        profile.ifPresent(recording -> all.addAll(recording.flags(service + "-" + peer)));
        Program program = peer.program();
        List<String> command = program.command(all, service.toString());
        return Contender.start(label, onServersCore(command), program);
    }

    /** Builds a runtime if need be and starts it. */
    Child start(Coroutines runtime) throws IOException, InterruptedException {
        return Child.start(runtime.label(), onServersCore(runtime.program().command(flags)));
    }

    /** A load generator, which starts with its first round. */
    LoadProcess load() throws IOException, InterruptedException {
        List<String> command = onCore(cores.map(Cores::load), loadProgram.command(flags));
        return new LoadProcess(() -> Child.start("load", command));
    }

    private List<String> onServersCore(List<String> command) {
        return onCore(cores.map(Cores::server), command);
    }

    private static List<String> onCore(Optional<Integer> core, List<String> program) {
        List<String> command = new ArrayList<>(core.map(Cores::pinnedTo).orElse(List.of()));
        command.addAll(program);
        return command;
    }

    /** What a reader must know of it, in two lines. */
    @Override
    public String toString() {
        return "Java " + Runtime.version() + ", " + String.join(" ", flags) + System.lineSeparator()
                + (loadProgram == LoadProgram.JAVA ? "" : "load generator in " + loadProgram.name() + ", ")
                + cores.map(two -> "servers pinned to core " + two.server() + ", load generator to core " + two.load())
                        .orElse(
                                "! NOT pinned (no taskset, or one core only): servers and load generator share the cores");
    }
}
