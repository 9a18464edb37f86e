package dev.skein.demos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents show is what the build compiles, and where they point is something. */
class DocsTest {
    private static final Path ROOT = Path.of("..");

    /** A comment that names a file, and perhaps a region of it, before a block that shows it. */
    private static final Pattern SHOWN = Pattern.compile(
            "^<!-- (\\S+?/\\S+)( [\\w-]+)? -->\\n```\\w+\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private static final Pattern JAVA_BLOCK = Pattern.compile("(.*)\\n```java\\n");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#{1,4} (.+)$", Pattern.MULTILINE);
    private static final Pattern FENCED = Pattern.compile("^```.*?^```$", Pattern.MULTILINE | Pattern.DOTALL);

    /** Those whose blocks have tests of their own. */
    private static final List<String> WITH_TESTS_OF_THEIR_OWN = List.of("README.md", "docs/netty.md", "docs/tls.md");

    static Stream<String> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            List<String> found = new ArrayList<>(List.of("README.md", "CONTRIBUTING.md", "SECURITY.md"));
            docs.filter(file -> file.toString().endsWith(".md"))
                    .map(file -> ROOT.relativize(file).toString())
                    .sorted()
                    .forEach(found::add);
            return found.stream();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String source(String file, String region) {
        String text = read(ROOT.resolve(file)).replaceFirst("^package [\\w.]+;\\n\\n", "");
        return region.isEmpty() ? text : region(file, text, region);
    }

    /** What stands between the lines that begin and end it, moved to the left. */
    private static String region(String file, String text, String name) {
        List<String> lines = text.lines().toList();
        int begin = 0;
        while (begin < lines.size() && !lines.get(begin).strip().matches("(//|<!--) region " + name + "( -->)?")) {
            begin++;
        }
        assertThat(begin).as("region " + name + " of " + file).isLessThan(lines.size());
        int end = begin + 1;
        while (!lines.get(end).contains(" endregion")) {
            end++;
        }
        return String.join("\n", lines.subList(begin + 1, end)).stripIndent() + "\n";
    }

    @ParameterizedTest
    @MethodSource("documents")
    void whatIsShownOfAFileIsInIt(String document) {
        Matcher shown = SHOWN.matcher(read(ROOT.resolve(document)));
        while (shown.find()) {
            String region = shown.group(2) == null ? "" : shown.group(2).strip();

            assertThat(shown.group(3)).as(shown.group(1) + " " + region).isEqualTo(source(shown.group(1), region));
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void aBlockOfJavaNamesItsFile(String document) {
        if (!WITH_TESTS_OF_THEIR_OWN.contains(document)) {
            JAVA_BLOCK
                    .matcher(read(ROOT.resolve(document)))
                    .results()
                    .forEach(block -> assertThat(block.group(1)).startsWith("<!-- "));
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void noLinkIsDead(String document) {
        Path file = ROOT.resolve(document);
        String prose = FENCED.matcher(read(file)).replaceAll("");
        LINK.matcher(prose).results().map(link -> link.group(1)).forEach(link -> {
            if (!link.startsWith("http")) {
                int hash = link.indexOf('#');
                String path = hash < 0 ? link : link.substring(0, hash);
                Path target = path.isEmpty() ? file : file.resolveSibling(path);
                assertThat(target).as(link).exists();
                if (hash >= 0) {
                    assertThat(anchors(target)).as(link).contains(link.substring(hash + 1));
                }
            }
        });
    }

    private static List<String> anchors(Path file) {
        String prose = FENCED.matcher(read(file)).replaceAll("");
        return HEADING.matcher(prose)
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @Test
    void theMapOfTheDocumentsNamesEach() throws IOException {
        String map = read(ROOT.resolve("docs/README.md"));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            assertThat(docs.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".md") && !name.equals("README.md")))
                    .allSatisfy(name -> assertThat(map).contains("(" + name + ")"));
        }
    }

    /** Each first cell of the tables has messages, and each of them is in the sources, but for those of other programs. */
    @Test
    void theMessagesOfTroubleshootingAreThoseOfTheCode() throws IOException {
        String sources = sources("loop") + sources("net");
        List<String> messages = read(ROOT.resolve("docs/troubleshooting.md"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .flatMap(line -> Pattern.compile("`([^`]+)`")
                        .matcher(line.substring(0, line.indexOf(" | ")))
                        .results())
                .map(message -> message.group(1))
                .filter(message -> !message.matches("WARNING.*|package .*|Unsupported.*|Blocking.*"))
                .toList();

        assertThat(messages)
                .hasSizeGreaterThan(20)
                .allSatisfy(message -> assertThat(sources).contains(message));
    }

    /** All sources of a module, with the pieces of each text put together. */
    private static String sources(String module) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(DocsTest::read)
                    .reduce("", String::concat)
                    .replaceAll("\"\\s*\\+\\s*\"", "");
        }
    }
}
