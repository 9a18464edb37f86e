package dev.skein.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/traps.md}, where each point names the tests that show it, to the tests that there are. */
class TrapsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern POINT = Pattern.compile("^(?=\\d+\\. |- |## )", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w+)\\.([a-z]\\w+)`");

    private final List<String> points =
            POINT.splitAsStream(read(ROOT.resolve("docs/traps.md"))).skip(1).toList();

    @Test
    void allTwentyFivePointsAreThere() {
        List<String> numbers = points.stream()
                .filter(point -> Character.isDigit(point.charAt(0)))
                .map(point -> point.substring(0, point.indexOf('.')))
                .toList();
        assertThat(numbers)
                .isEqualTo(Stream.iterate(1, n -> n + 1)
                        .limit(25)
                        .map(String::valueOf)
                        .toList());
    }

    @Test
    void eachPointNamesATest() {
        assertThat(points.stream().filter(point -> !point.startsWith("## ")))
                .allMatch(point -> NAME.matcher(point).find());
    }

    @Test
    void eachTestThatIsNamedExists() {
        Map<String, String> sources = sources();
        assertThat(points.stream()
                        .flatMap(point -> NAME.matcher(point).results())
                        .filter(name ->
                                !sources.getOrDefault(name.group(1), "").contains("void " + name.group(2) + "("))
                        .map(MatchResult::group))
                .isEmpty();
    }

    /** The sources of all test classes, by name; those of two classes with one name together. */
    private static Map<String, String> sources() {
        Map<String, String> sources = new TreeMap<>();
        for (String module : List.of("loop", "net")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module + "/src/test/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file ->
                                sources.put(file.getFileName().toString().replace(".java", ""), read(file)));
            } catch (IOException e) {
                throw new IllegalStateException("cannot list the tests of " + module, e);
            }
        }
        return sources;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }
}
