package dev.skein.perf.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process that talks in lines: it reads them from stdin, answers on stdout, and ends when its stdin closes, so
 * that none outlives this one. Its stderr is ours.
 *
 * <p>Every wait is bounded: a child that ends or says nothing in time is an {@link IOException} with its name.
 */
public final class ChildProcess implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final String name;
    private final Process process;
    private final PrintStream stdin;

    /** Any thread. An empty element is the end of the child's output. */
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.stdin = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    public static ChildProcess start(String name, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        ChildProcess child = new ChildProcess(name, builder.start());
        Thread.ofPlatform().daemon().name("stdout of " + name).start(child::collect);
        return child;
    }

    public long pid() {
        return process.pid();
    }

    public void writeLine(String line) {
        stdin.println(line);
    }

    /** The next line that starts with {@code prefix}, without it; the lines before are passed on to our stdout. */
    public String readAfter(String prefix, Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            Optional<String> line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new IOException(name + " printed no line that starts with '" + prefix + "' within "
                        + atMost.toMillis() + " ms");
            }
            if (line.isEmpty()) {
                throw new IOException(name + " ended before it printed '" + prefix + "'" + status());
            }
            if (line.get().startsWith(prefix)) {
                return line.get().substring(prefix.length());
            }
            System.out.println(name + ": " + line.get());
        }
    }

    /** Ends it at once. */
    public void kill() {
        process.destroyForcibly();
        stdin.close();
    }

    /** Closes its stdin, which ends it; kills it where that takes too long. */
    @Override
    public void close() {
        stdin.close();
        try {
            if (!process.waitFor(GRACE)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void collect() {
        try (BufferedReader stdout =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
                lines.add(Optional.of(line));
            }
        } catch (IOException closed) {
            // The child is gone: the same as the end of its output.
        } finally {
            lines.add(Optional.empty());
        }
    }

    private String status() throws InterruptedException {
        return process.waitFor(GRACE) ? ", with status " + process.exitValue() : "";
    }

    @Override
    public String toString() {
        return "ChildProcess[" + name + ", pid " + pid() + (process.isAlive() ? "]" : ", ended]");
    }
}
