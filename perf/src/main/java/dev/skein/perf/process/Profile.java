package dev.skein.perf.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import one.convert.Arguments;
import one.convert.JfrToFlame;

/**
 * Where the servers spend their time and what they allocate: a recording of each server from its start to its end, and two
 * flame graphs made of it. Its cost is in the figures of the same run.
 *
 * <p>By async-profiler, which sees the kernel's and the JVM's own part too; where it has no library for the machine, by the
 * JDK's flight recorder.
 */
public final class Profile {
    private static final String RECORDING = ".jfr";

    /** What lies between two samples: CPU time, and bytes. */
    private static final String SAMPLES = "event=cpu,interval=1ms,alloc=64k";

    private final Path directory;
    private final Optional<Path> library;

    /** Into this directory, which is made if need be. */
    public Profile(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory).toAbsolutePath();
        this.library = AsyncProfiler.unpack(this.directory);
    }

    /** The flags that record a JVM. */
    public List<String> flags(String name) {
        Path file = directory.resolve(name + RECORDING);
        return library.map(agent -> List.of(
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:+DebugNonSafepoints",
                        "-agentpath:" + agent + "=start," + SAMPLES + ",jfr,file=" + file))
                .orElseGet(() -> List.of("-XX:StartFlightRecording:settings=profile,dumponexit=true,filename=" + file));
    }

    /** Makes the flame graphs, when the servers have ended; gives what was written. */
    public List<Path> convert() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(RECORDING))
                    .sorted()
                    .<Path>mapMulti((file, written) -> {
                        written.accept(convert(file, "-time.html", new Arguments()));
                        written.accept(convert(file, "-alloc.html", new Arguments("--alloc")));
                    })
                    .toList();
        }
    }

    private static Path convert(Path recording, String suffix, Arguments what) {
        String flames = recording.toString().replace(RECORDING, suffix);
        try {
            JfrToFlame.convert(recording.toString(), flames, what);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return Path.of(flames);
    }
}
