package dev.skein.perf;

/**
 * What a load generator does to a server.
 *
 * @param traffic what it sends
 * @param connections how many it opens
 * @param payload bytes of a request, where the traffic lets one choose
 * @param depth requests in flight on each connection, in a closed loop
 * @param rate requests a second over all connections, sent when they are due whether or not the last was answered (an open
 *     loop); 0 for a closed loop, in which the next one is sent when one is answered
 */
record Load(Traffic traffic, int connections, int payload, int depth, int rate) {
    /** As many as keep a server busy. */
    static final int CONNECTIONS = 50;

    /** One request in flight on each connection. */
    static Load echo(int connections, int payload) {
        return new Load(Traffic.ECHO, connections, payload, 1, 0);
    }

    /** As {@link #echo}, in TLS. */
    static Load tls(int connections, int payload) {
        return new Load(Traffic.TLS, connections, payload, 1, 0);
    }

    /** Several lines in flight on each connection. */
    static Load lines(int connections, int payload, int depth) {
        return new Load(Traffic.LINES, connections, payload, depth, 0);
    }

    /** One request in flight on each connection, for a greeting. */
    static Load http(int connections) {
        return new Load(Traffic.HTTP, connections, 0, 1, 0);
    }

    /** So many clients that connect, ask once and close. */
    static Load churn(int clients, int payload) {
        return new Load(Traffic.CHURN, clients, payload, 1, 0);
    }

    /** A room in which one member speaks, with some lines on their way. */
    static Load chat(int members, int payload, int depth) {
        return new Load(Traffic.CHAT, members, payload, depth, 0);
    }

    Load withRate(int perSecond) {
        return new Load(traffic, connections, payload, depth, perSecond);
    }

    boolean isOpenLoop() {
        return rate > 0;
    }

    /** The scenario that it is the load of, as reports name it. */
    String scenario() {
        return isOpenLoop() ? "latency" : traffic.toString();
    }

    @Override
    public String toString() {
        String pace =
                isOpenLoop() ? ", %,d a second".formatted(rate) : depth > 1 ? ", %d in flight".formatted(depth) : "";
        return (traffic.isEcho() ? "%,d B, ".formatted(payload) : "") + "%,d connections".formatted(connections) + pace;
    }
}
