package dev.skein.perf.peer;

import dev.skein.loop.Transport;
import dev.skein.perf.load.LoadProcess;
import dev.skein.perf.process.ChildProcess;
import dev.skein.perf.process.Cores;
import dev.skein.perf.process.Gc;
import dev.skein.perf.process.Jvm;
import dev.skein.perf.process.Profile;
import dev.skein.perf.process.Protocol;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where everything is measured: the servers on one core, what loads them on another, JVMs with the same flags.
 *
 * @param cores one for the servers, one for what loads them; empty if nothing can be pinned
 * @param jvm what each JVM of ours is started with, whatever the transport
 * @param transport of the servers that can choose
 * @param profile of each server that runs in a JVM
 * @param loadProgram the load generator
 */
public record TestBed(
        Optional<Cores> cores, Jvm jvm, Transport transport, Optional<Profile> profile, LoadProgram loadProgram) {
    private static final String HEAP = "1g";

    /** For servers on this transport, where they can choose; the JVMs run {@code main}, which is {@code perf}. */
    public static TestBed of(Class<?> main, Transport transport) {
        return new TestBed(
                Cores.find(),
                new Jvm(main, Jvm.flags(Gc.PARALLEL, HEAP)),
                transport,
                Optional.empty(),
                LoadProgram.JAVA);
    }

    /** The same on another transport. */
    public TestBed withTransport(Transport other) {
        return new TestBed(cores, jvm, other, profile, loadProgram);
    }

    /** The same with JVMs in which Netty leaves {@code sun.misc.Unsafe} alone. */
    public TestBed withoutUnsafe() {
        return new TestBed(cores, jvm.withoutUnsafe(), transport, profile, loadProgram);
    }

    /** Also with these flags, for JVMs. */
    public TestBed withFlags(List<String> more) {
        return new TestBed(cores, jvm.withFlags(more), transport, profile, loadProgram);
    }

    /** Also with a profile of each server that runs in a JVM. */
    public TestBed withProfile(Profile recording) {
        return new TestBed(cores, jvm, transport, Optional.of(recording), loadProgram);
    }

    /** With this load generator. */
    public TestBed withLoad(LoadProgram other) {
        return new TestBed(cores, jvm, transport, profile, other);
    }

    /** Builds the peer if need be, starts it under its own name, and waits until it listens. */
    public ServerProcess start(Peer peer, Service service) throws IOException, InterruptedException {
        return start(peer, service, peer.label());
    }

    /** As {@link #start(Peer, Service)}, under another name. */
    public ServerProcess start(Peer peer, Service service, String label) throws IOException, InterruptedException {
        Jvm recorded = profile.map(recording -> onTransport().withFlags(recording.flags(service + "-" + peer)))
                .orElseGet(this::onTransport);
        Program program = peer.program();
        List<String> command = program.command(recorded, service.toString());
        return ServerProcess.start(label, onServersCore(command), program);
    }

    /** Builds a runtime if need be and starts it. */
    public ChildProcess start(CoroutineRuntime runtime) throws IOException, InterruptedException {
        return ChildProcess.start(
                runtime.label(), onServersCore(runtime.program().command(onTransport())));
    }

    /** A load generator, which starts with its first round. */
    public LoadProcess load() throws IOException, InterruptedException {
        List<String> command = onCore(cores.map(Cores::load), loadProgram.command(onTransport()));
        return new LoadProcess(() -> ChildProcess.start("load", command));
    }

    private Jvm onTransport() {
        return jvm.withFlags(List.of("-Dskein.transport=" + Protocol.word(transport)));
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
        return "Java " + Runtime.version() + ", Netty " + (jvm.hasUnsafe() ? "with" : "without") + " sun.misc.Unsafe, "
                + String.join(" ", onTransport().flags()) + System.lineSeparator()
                + (loadProgram == LoadProgram.JAVA ? "" : "load generator in " + loadProgram.name() + ", ")
                + cores.map(two -> "servers pinned to core " + two.server() + ", load generator to core " + two.load())
                        .orElse(
                                "! NOT pinned (no taskset, or one core only): servers and load generator share the cores");
    }
}
