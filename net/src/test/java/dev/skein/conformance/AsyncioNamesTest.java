package dev.skein.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/asyncio.md} to the truth: it has a row for each of asyncio's names, and what the rows name exists. */
class AsyncioNamesTest {
    private static final Path TABLE = Path.of("..", "docs", "asyncio.md");
    private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\| ([^|]+) \\|");
    private static final Pattern WORD = Pattern.compile("`((?:[A-Z]\\w*|(?:io\\.netty|java)\\.[\\w.]+)(?:\\.\\w+)?)`");
    private static final List<String> PACKAGES =
            List.of("dev.skein.loop.", "dev.skein.loop.sync.", "dev.skein.loop.testing.", "dev.skein.net.", "");

    private record Row(String name, String counterpart) {}

    private static List<Row> rows() throws IOException {
        return Files.readAllLines(TABLE).stream()
                .map(ROW::matcher)
                .filter(row -> row.matches() && !row.group(1).equals("asyncio"))
                .map(row -> new Row(row.group(1), row.group(2)))
                .toList();
    }

    @Test
    void eachOfAsynciosNamesHasOneRow() throws IOException {
        try (InputStream list = AsyncioNamesTest.class.getResourceAsStream("asyncio-names.txt")) {
            List<String> names = new String(Objects.requireNonNull(list).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(rows().stream().map(Row::name)).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    @Test
    void eachRowNamesACounterpartOrSaysWhyNoneIsNeeded() throws IOException {
        assertThat(rows().stream()
                        .filter(row -> WORD.matcher(row.counterpart())
                                        .results()
                                        .findAny()
                                        .isEmpty()
                                && !row.counterpart().matches("not needed: .+|not yet: .+|the command `skein \\w+`.*")))
                .isEmpty();
    }

    @Test
    void eachWordThatARowNamesExistsAndIsPublic() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Row row : rows()) {
            WORD.matcher(row.counterpart())
                    .results()
                    .map((MatchResult word) -> word.group(1))
                    .filter(word -> !exists(word))
                    .forEach(word -> missing.add(row.name() + ": " + word));
        }
        assertThat(missing).isEmpty();
    }

    private static boolean exists(String word) {
        if (isType(word)) {
            return true;
        }
        int dot = word.lastIndexOf('.');
        return dot > 0 && types(word.substring(0, dot)).anyMatch(type -> hasMember(type, word.substring(dot + 1)));
    }

    private static boolean isType(String word) {
        return types(word).findAny().isPresent();
    }

    private static Stream<Class<?>> types(String name) {
        return PACKAGES.stream().flatMap(where -> {
            try {
                Class<?> type = Class.forName(where + name, false, AsyncioNamesTest.class.getClassLoader());
                return java.lang.reflect.Modifier.isPublic(type.getModifiers()) ? Stream.of(type) : Stream.empty();
            } catch (ClassNotFoundException e) {
                return Stream.empty();
            }
        });
    }

    private static boolean hasMember(Class<?> type, String member) {
        return Stream.of(type.getMethods()).anyMatch(method -> method.getName().equals(member))
                || Stream.of(type.getFields()).anyMatch(field -> field.getName().equals(member));
    }
}
