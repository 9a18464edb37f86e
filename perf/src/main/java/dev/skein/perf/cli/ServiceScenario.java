package dev.skein.perf.cli;

import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.server.Service;
import java.util.List;

/**
 * A scenario that differs from others in its numbers alone: a {@link ServiceCommand} for each row of {@link #ALL}.
 *
 * @param name the word of its command
 * @param service what the servers do
 * @param connections how many there are by default
 * @param sizes of a request
 * @param depth of what is in flight
 * @param loads the load that its numbers make
 * @param rivals whom Skein is measured against by default
 * @param what its description begins with
 * @param more what its description ends with
 */
record ServiceScenario(
        String name,
        Service service,
        int connections,
        Sizes sizes,
        Depth depth,
        Workloads loads,
        List<Peer> rivals,
        String what,
        String more) {
    /** Several short lines in flight on each connection, read and written one by one. */
    private static final ServiceScenario LINES = new ServiceScenario(
            "lines",
            Service.LINES,
            Workload.CONNECTIONS,
            new Sizes(1 << 15, List.of(32)),
            new Depth(10_000, 16),
            Workload::lines,
            List.of(Peer.RAW_PIPELINE, Peer.RAW),
            "Lines that come back, many in flight",
            "");

    /** One request in flight on each connection, in TLS. */
    private static final ServiceScenario TLS = new ServiceScenario(
            "tls",
            Service.TLS,
            Workload.CONNECTIONS,
            new Sizes(1 << 24, List.of(64, 1_024)),
            Depth.ONE,
            (connections, size, _) -> Workload.tls(connections, size),
            List.of(Peer.RAW),
            "Bytes that come back in TLS",
            "");

    /** A greeting for each request, on connections that stay. */
    private static final ServiceScenario HTTP = new ServiceScenario(
            "http",
            Service.HTTP,
            Workload.CONNECTIONS,
            Sizes.NONE,
            Depth.ONE,
            (connections, _, _) -> Workload.http(connections),
            List.of(Peer.RAW),
            "A greeting for each request, as HTTP/1.1",
            "");

    /** A connection for each request. */
    private static final ServiceScenario CHURN = new ServiceScenario(
            "churn",
            Service.ECHO,
            Workload.CONNECTIONS,
            new Sizes(1 << 14, List.of(64)),
            Depth.ONE,
            (clients, size, _) -> Workload.churn(clients, size),
            List.of(Peer.RAW),
            "Connections that are made for one request and closed",
            " --connections is how many there are at once.");

    /** A line that goes to many. */
    private static final ServiceScenario CHAT = new ServiceScenario(
            "chat",
            Service.CHAT,
            1_000,
            new Sizes(1 << 14, List.of(64)),
            new Depth(100, 4),
            Workload::chat,
            List.of(Peer.RAW),
            "Lines of one client that go to all",
            " A request is a line that one client receives.");

    /** In the order of {@code --help}. */
    static final List<ServiceScenario> ALL = List.of(LINES, TLS, HTTP, CHURN, CHAT);

    /** A load by its numbers. */
    interface Workloads {
        Workload of(int connections, int size, int depth);
    }

    /**
     * The bytes of a request.
     *
     * @param largest the most that it may have
     * @param byDefault those that are measured by default; none if there is no choice
     */
    record Sizes(int largest, List<Integer> byDefault) {
        static final Sizes NONE = new Sizes(0, List.of());

        boolean canBeChosen() {
            return !byDefault.isEmpty();
        }
    }

    /**
     * How many requests are in flight.
     *
     * @param deepest the most that may be; 1 if there is no choice
     * @param byDefault how many are by default
     */
    record Depth(int deepest, int byDefault) {
        static final Depth ONE = new Depth(1, 1);

        boolean canBeChosen() {
            return deepest > 1;
        }
    }

    /** What {@code --help} says. */
    String description() {
        return what
                + ": Skein against other servers, each in a process of its own on one core, with a load generator on"
                + " another." + more;
    }
}
