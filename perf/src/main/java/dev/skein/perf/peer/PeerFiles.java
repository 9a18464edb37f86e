package dev.skein.perf.peer;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The sources of the peers that do not run in a JVM, written where they can be built: {@code target/peers} below the current
 * directory, or what the property {@code skein.perf.peers} says. They stay there, so that each is built once.
 */
final class PeerFiles {
    private PeerFiles() {}

    static Path directory() {
        return Path.of(System.getProperty("skein.perf.peers", "target/peers")).toAbsolutePath();
    }

    /** Writes a source below {@link #directory}, unless it is there as it is, since a newer file would be built again. */
    static Path unpack(String name) throws IOException {
        Path file = directory().resolve(name);
        try (InputStream source = PeerFiles.class.getResourceAsStream("sources/" + name)) {
            if (source == null) {
                throw new FileNotFoundException("missing source of a peer: " + name);
            }
            byte[] bytes = source.readAllBytes();
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
                Files.createDirectories(file.getParent());
                Files.write(file, bytes);
            }
        }
        return file;
    }
}
