package dev.skein.perf;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A server that runs in a process of its own and can be loaded.
 *
 * @param name its name in the report
 * @param process where it runs
 * @param port where it listens, on 127.0.0.1
 */
record Contender(String name, Child process, int port) implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    /** Starts {@code command}, which is to run {@code perf serve}, and waits until the server listens. */
    static Contender start(String name, List<String> command) throws IOException, InterruptedException {
        Child process = Child.start(name, command);
        try {
            return new Contender(name, process, Integer.parseInt(process.readAfter(ServeCommand.LISTENING, START)));
        } catch (IOException | InterruptedException | RuntimeException failure) {
            process.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
