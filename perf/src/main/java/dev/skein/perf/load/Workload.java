package dev.skein.perf.load;

/**
 * What a load generator does to a server.
 *
 * @param kind what it sends
 * @param connections how many it opens
 * @param payload bytes of a request, if the kind lets one choose
 * @param depth requests in flight on each connection, in a closed loop
 * @param rate requests a second over all connections, sent when they are due whether or not the last was answered (an open
 *     loop); 0 for a closed loop, in which the next one is sent when one is answered, and where there is {@code percent}
 * @param percent of the rate that a server answers at most, for an open loop whose rate follows the machine's; else 0
 */
public record Workload(RequestKind kind, int connections, int payload, int depth, int rate, int percent) {
    /** As many as keep a server busy. */
    public static final int CONNECTIONS = 50;

    /** Where latency is asked for: a server that is busy, and has something left for what comes in a burst. */
    public static final int PERCENT_OF_SATURATION = 70;

    /** One request in flight on each connection. */
    public static Workload echo(int connections, int payload) {
        return closedLoop(RequestKind.ECHO, connections, payload, 1);
    }

    /** As {@link #echo}, in TLS. */
    public static Workload tls(int connections, int payload) {
        return closedLoop(RequestKind.TLS, connections, payload, 1);
    }

    /** Several lines in flight on each connection. */
    public static Workload lines(int connections, int payload, int depth) {
        return closedLoop(RequestKind.LINES, connections, payload, depth);
    }

    /** One request in flight on each connection, for a greeting. */
    public static Workload http(int connections) {
        return closedLoop(RequestKind.HTTP, connections, 0, 1);
    }

    /** Clients that connect, send one request and close. */
    public static Workload churn(int clients, int payload) {
        return closedLoop(RequestKind.CHURN, clients, payload, 1);
    }

    /** A room in which one member speaks, with some lines on their way. */
    public static Workload chat(int members, int payload, int depth) {
        return closedLoop(RequestKind.CHAT, members, payload, depth);
    }

    private static Workload closedLoop(RequestKind kind, int connections, int payload, int depth) {
        return new Workload(kind, connections, payload, depth, 0, 0);
    }

    /** The same in a closed loop. */
    public Workload inClosedLoop() {
        return closedLoop(kind, connections, payload, depth);
    }

    /** The same in an open loop. */
    public Workload withRate(int perSecond) {
        return new Workload(kind, connections, payload, depth, perSecond, 0);
    }

    /** The same in an open loop with {@link #PERCENT_OF_SATURATION}, whose rate is for {@link #withSaturation} to say. */
    public Workload belowSaturation() {
        return new Workload(kind, connections, payload, depth, 0, PERCENT_OF_SATURATION);
    }

    /** With the rate that follows from {@code saturated}, requests a second: what is answered in a closed loop. */
    public Workload withSaturation(double saturated) {
        return withRate(Math.max(1, (int) (saturated * percent / 100)));
    }

    /** Whether its rate is still to be found. */
    public boolean followsSaturation() {
        return percent > 0;
    }

    public boolean isOpenLoop() {
        return rate > 0 || followsSaturation();
    }

    /** The scenario that it is the load of, as reports name it. */
    public String scenario() {
        return isOpenLoop() ? "latency" : kind.toString();
    }

    @Override
    public String toString() {
        return (kind.isEcho() ? "%,d B, ".formatted(payload) : "") + "%,d connections".formatted(connections) + pace();
    }

    private String pace() {
        if (followsSaturation()) {
            return ", %d %% of saturation".formatted(percent);
        }
        if (isOpenLoop()) {
            return ", %,d a second".formatted(rate);
        }
        return depth > 1 ? ", %d in flight".formatted(depth) : "";
    }
}
