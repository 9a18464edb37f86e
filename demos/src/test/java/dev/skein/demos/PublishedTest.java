package dev.skein.demos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What others import is of one piece: the BOM, which has no parent, the project that uses it, and the README. */
class PublishedTest {
    private static final Path ROOT = Path.of("..");

    private final String build = read("pom.xml");
    private final String bom = read("bom/pom.xml");
    private final String consumer = read("demos/consumer/pom.xml");

    private static String read(String file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The group of the first match. */
    private static String find(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError(pattern));
    }

    @Test
    void theBomIsOfTheVersionOfTheBuildAndOfItsNetty() {
        assertThat(find("<artifactId>skein-bom</artifactId>\\s*<version>(.+)</version>", bom))
                .isEqualTo(find("<artifactId>skein</artifactId>\\s*<version>(.+)</version>", build));
        assertThat(find("<artifactId>netty-bom</artifactId>\\s*<version>(.+)</version>", bom))
                .isEqualTo(find("<netty.version>(.+)</netty.version>", build));
    }

    @Test
    void theBomAndTheBuildHaveTheSameUrlsAndLicence() {
        String about = "(?s)(<url>.*</scm>)";

        assertThat(find(about, build).replaceAll(" child[\\w.]+=\"false\"", "")).isEqualTo(find(about, bom));
    }

    @Test
    void theReadmeShowsWhatTheConsumerImports() {
        String shown = find("(?s)## Use it.*?```xml\\n(.*?)```", read("README.md"));

        assertThat(consumer.replaceAll("\\s+", "")).contains(shown.replaceAll("\\s+", ""));
    }
}
