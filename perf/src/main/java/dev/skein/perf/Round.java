package dev.skein.perf;

import java.time.Duration;

/**
 * One round of load, as the load generator is asked for it in one line.
 *
 * @param port where the server listens, on 127.0.0.1
 * @param serverPid the server's process, whose CPU time is read
 * @param connections how many, each with one request in flight
 * @param payload bytes of a request and of its echo
 * @param settle how long the load runs before it is measured
 * @param measured how long it is measured
 */
record Round(int port, long serverPid, int connections, int payload, Duration settle, Duration measured) {
    String toLine() {
        return "%d %d %d %d %d %d"
                .formatted(port, serverPid, connections, payload, settle.toMillis(), measured.toMillis());
    }

    /**
     * The round of a line that {@link #toLine} made.
     *
     * @throws IllegalArgumentException if it is not six numbers
     */
    static Round parse(String line) {
        String[] words = line.trim().split(" ", -1);
        if (words.length != 6) {
            throw new IllegalArgumentException("not a round: '" + line + "'");
        }
        return new Round(
                Integer.parseInt(words[0]),
                Long.parseLong(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Duration.ofMillis(Long.parseLong(words[4])),
                Duration.ofMillis(Long.parseLong(words[5])));
    }
}
