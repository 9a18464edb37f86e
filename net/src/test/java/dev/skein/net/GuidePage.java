package dev.skein.net;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A page of docs/ whose programs stand in a class of tests, between {@code // [a title} and {@code // ]}. */
final class GuidePage {
    private static final Pattern PROGRAM =
            Pattern.compile("^    // \\[.*?\\n(.*?)^    // ]$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern BLOCK = Pattern.compile("^```java\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private GuidePage() {}

    /** That the Java of {@code page} is what {@code type} has, in that order. */
    static void assertCompiled(String page, Class<?> type) throws IOException {
        String text = Files.readString(Path.of("../docs", page));
        String source = Files.readString(Path.of("src/test/java", type.getName().replace('.', '/') + ".java"));
        List<String> programs = PROGRAM.matcher(source)
                .results()
                .map(program ->
                        program.group(1).lines().map(GuidePage::dedented).collect(joining("\n", "", "\n")))
                .toList();
        List<String> blocks = BLOCK.matcher(text)
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
        assertThat(programs).isNotEmpty();
        assertThat(blocks).containsExactlyElementsOf(programs);
    }

    private static String dedented(String line) {
        return line.isEmpty() ? line : line.substring(4);
    }
}
