package dev.skein.perf.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;

/** The native library of async-profiler, as its jar brings it for some systems. */
final class AsyncProfiler {
    private static final String LIBRARY = "libasyncProfiler.so";

    private AsyncProfiler() {}

    /** Writes the one of this machine into a directory; empty where there is none. */
    static Optional<Path> unpack(Path directory) throws IOException {
        String name = "/" + platform(System.getProperty("os.name"), System.getProperty("os.arch")) + "/" + LIBRARY;
        try (InputStream library = AsyncProfiler.class.getResourceAsStream(name)) {
            if (library == null) {
                return Optional.empty();
            }
            Path file = directory.resolve(LIBRARY);
            Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
            return Optional.of(file);
        }
    }

    /** The directory of the jar for a system and a processor, by the JDK's names of them. */
    static String platform(String system, String processor) {
        String family = system.toLowerCase(Locale.ROOT);
        if (family.startsWith("mac")) {
            return "macos";
        }
        return family + (processor.equals("aarch64") ? "-arm64" : processor.equals("amd64") ? "-x64" : "-" + processor);
    }
}
