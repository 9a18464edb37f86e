package dev.skein.net;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What this process has open, where the system tells. */
final class Descriptors {
    private static final Path OPEN = Path.of("/proc/self/fd");

    private Descriptors() {}

    /** How many sockets. Skips the test where nobody can count, as {@link #of} does. */
    static long sockets() {
        return count(name -> name.startsWith("socket:"));
    }

    /** How many ends of pipes. */
    static long pipes() {
        return count(name -> name.startsWith("pipe:"));
    }

    /** How often {@code file} is open. */
    static long of(Path file) {
        return count(file.toAbsolutePath().toString()::equals);
    }

    private static long count(Predicate<String> kind) {
        assumeTrue(Files.isDirectory(OPEN), "no " + OPEN + " here");
        try (Stream<Path> open = Files.list(OPEN)) {
            return open.map(Descriptors::name).filter(kind).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
