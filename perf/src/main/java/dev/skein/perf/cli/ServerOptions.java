package dev.skein.perf.cli;

import dev.skein.loop.Transport;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.peer.PeerChoice;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.process.Jvm;
import dev.skein.perf.process.Protocol;
import dev.skein.perf.server.Service;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every scenario about servers: which ones, and on which transport. */
final class ServerOptions {
    @Option(
            names = "--transport",
            paramLabel = "<transport>",
            description =
                    "Of Skein and all others on Netty: nio, epoll or io_uring. Default: for 'all' the one on which raw"
                            + " Netty is the fastest here, else epoll where it is available.")
    private @Nullable Transport transport;

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "<peer>",
            description = "Servers to measure against, or 'all'. Some of: ${COMPLETION-CANDIDATES}. Default: those of"
                    + " Netty alone.",
            completionCandidates = Peer.Words.class)
    private List<String> peers = new ArrayList<>();

    @Option(
            names = "--no-unsafe",
            description =
                    "JVMs without " + Jvm.UNSAFE + ", so that Netty leaves sun.misc.Unsafe alone. Default: with it.")
    private boolean noUnsafe;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /**
     * Checks that the transport can be had here.
     *
     * @throws ParameterException if not, with the option and its value
     */
    void validate() {
        transport().unavailabilityCause().ifPresent(cause -> {
            throw new ParameterException(
                    command.commandLine(),
                    "--transport: " + Protocol.word(transport()) + " is not available here: " + cause.getMessage());
        });
    }

    /** The one that was asked for, else the preferred one. */
    Transport transport() {
        return transport == null ? Transport.preferred() : transport;
    }

    /** Where servers on that transport are measured, for the command that runs. */
    TestBed bed(CommandSpec running) {
        TestBed bed = TestBed.of(MainClass.of(running), transport());
        return noUnsafe ? bed.withoutUnsafe() : bed;
    }

    /** Whether one was asked for. */
    boolean choosesTransport() {
        return transport != null;
    }

    /**
     * The rivals of Skein in a service: those asked for, else the default.
     *
     * @throws ParameterException if one does not exist or has no such service
     */
    List<Peer> rivals(Service service, Peer... byDefault) {
        if (peers.isEmpty()) {
            return List.of(byDefault);
        }
        if (choice().isAll()) {
            return Peer.rivals(service);
        }
        return peers.stream().map(word -> rival(service, word)).toList();
    }

    /** The peers that were asked for, where several services are measured. */
    PeerChoice choice() {
        return new PeerChoice(peers);
    }

    private Peer rival(Service service, String word) {
        return Peer.parse(word)
                .filter(peer -> peer.has(service))
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(),
                        "--peers: '" + word + "' does not offer " + service + ": use some of " + Peer.rivals(service)));
    }

    @Override
    public String toString() {
        return Protocol.word(transport());
    }
}
