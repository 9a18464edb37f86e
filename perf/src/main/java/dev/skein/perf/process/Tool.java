package dev.skein.perf.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Programs of this machine that build or run peers. */
public final class Tool {
    private static final Duration LONGEST_BUILD = Duration.ofMinutes(10);

    private Tool() {}

    /** The first program of that name on the PATH. */
    public static Optional<Path> find(String name) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path program = Path.of(directory, name);
            if (Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    /**
     * What a command says, on both of its outputs.
     *
     * @throws IOException if it cannot be started, fails, or takes longer than ten minutes; with what it said last
     */
    public static String run(Path directory, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try (InputStream output = process.getInputStream()) {
            process.getOutputStream().close();
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(LONGEST_BUILD) || process.exitValue() != 0) {
                throw new IOException("'" + String.join(" ", command) + "' failed: " + lastLine(said));
            }
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String lastLine(String text) {
        return text.substring(text.lastIndexOf('\n') + 1);
    }
}
