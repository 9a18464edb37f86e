package dev.skein.perf.load;

import java.time.Duration;

/**
 * One round of load, as the load generator is asked for it in one line.
 *
 * @param port where the server listens, on 127.0.0.1
 * @param serverPid the server's process, whose CPU time is read
 * @param load what is done to it
 * @param settle how long the load runs before it is measured
 * @param measured how long it is measured
 */
public record Round(int port, long serverPid, Workload load, Duration settle, Duration measured) {
    private static final int WORDS = 9;

    public String toLine() {
        return "%d %d %s %d %d %d %d %d %d"
                .formatted(
                        port,
                        serverPid,
                        load.kind().name(),
                        load.connections(),
                        load.payload(),
                        load.depth(),
                        load.rate(),
                        settle.toMillis(),
                        measured.toMillis());
    }

    /**
     * The round of a line that {@link #toLine} made.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static Round parse(String line) {
        String[] words = line.trim().split(" ", -1);
        if (words.length != WORDS) {
            throw new IllegalArgumentException("malformed round: '" + line + "'");
        }
        Workload load = new Workload(
                RequestKind.valueOf(words[2]),
                Integer.parseInt(words[3]),
                Integer.parseInt(words[4]),
                Integer.parseInt(words[5]),
                Integer.parseInt(words[6]),
                0);
        return new Round(
                Integer.parseInt(words[0]),
                Long.parseLong(words[1]),
                load,
                Duration.ofMillis(Long.parseLong(words[7])),
                Duration.ofMillis(Long.parseLong(words[8])));
    }
}
