package dev.skein.perf;

import dev.skein.loop.Transport;
import dev.skein.perf.server.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every scenario that measures two servers against each other. */
final class DuelOptions {
    @Option(
            names = "--transport",
            paramLabel = "<transport>",
            description = "Of both servers: nio, epoll or io_uring. Default: epoll where it is available.")
    private @Nullable Transport transport;

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "<peer>",
            description = "Servers to measure against, or 'all'. Some of: ${COMPLETION-CANDIDATES}. Default: those of"
                    + " Netty alone.",
            completionCandidates = Peer.Words.class)
    private List<String> peers = new ArrayList<>();

    @Option(names = "--connections", defaultValue = "50", description = "Connections. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--pairs",
            defaultValue = "24",
            description =
                    "Pairs of rounds for each size; a pair that other programs disturbed is measured again, up to three"
                            + " times as many in all. Default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Option(names = "--seconds", defaultValue = "1", description = "Length of a round. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            description =
                    "Seconds of load on each server before its first round at most; it ends when the server gets no"
                            + " faster. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--self-check",
            description =
                    "Measures each rival against a second copy of itself; fails unless the ratios are 1.00 +- 0.03.")
    private boolean selfCheck;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /**
     * Checks the numbers, and that the transport can be had here.
     *
     * @throws ParameterException if not, with the option and its value
     */
    void validate() {
        Range.require(command, "--connections", connections, 10_000);
        Range.require(command, "--pairs", pairs, 1_000);
        Range.require(command, "--seconds", seconds, 0.1, 600);
        Range.require(command, "--warm-up", warmUp, 600);
        effectiveTransport().unavailabilityCause().ifPresent(cause -> {
            throw new ParameterException(
                    command.commandLine(),
                    "--transport: " + transportWord() + " is not available here: " + cause.getMessage());
        });
    }

    boolean selfCheck() {
        return selfCheck;
    }

    /** As the property {@code skein.transport} takes it. */
    String transportWord() {
        return effectiveTransport().name().toLowerCase(Locale.ROOT);
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
        if (peers.contains("all")) {
            return Peer.rivals(service);
        }
        return peers.stream().map(word -> rival(service, word)).toList();
    }

    private Peer rival(Service service, String word) {
        return Peer.parse(word)
                .filter(peer -> peer.has(service))
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(),
                        "--peers: no '" + word + "' for " + service + "; there are " + Peer.rivals(service)));
    }

    int connections() {
        return connections;
    }

    Schedule schedule(Load load) {
        Duration round = Duration.ofMillis((long) (seconds * 1_000));
        return new Schedule(load, pairs, Duration.ofSeconds(warmUp), round);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, %d pairs of rounds of %.1f s, up to %d s of warm-up",
                transportWord(),
                pairs,
                seconds,
                warmUp);
    }

    private Transport effectiveTransport() {
        return transport == null ? Transport.preferred() : transport;
    }
}
