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

    Load withRate(int perSecond) {
        return new Load(traffic, connections, payload, depth, perSecond);
    }

    boolean isOpenLoop() {
        return rate > 0;
    }

    @Override
    public String toString() {
        String pace =
                isOpenLoop() ? ", %,d a second".formatted(rate) : depth > 1 ? ", %d in flight".formatted(depth) : "";
        return (traffic.isEcho() ? "%,d B, ".formatted(payload) : "") + "%,d connections".formatted(connections) + pace;
    }
}
