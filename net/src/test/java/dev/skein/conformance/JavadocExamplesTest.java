package dev.skein.conformance;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Compiles each <code>{&#64;snippet :</code> of the Javadoc, as the body of a method that may throw any exception, and holds that each
 * public type has one.
 */
class JavadocExamplesTest {
    private static final Path LOOP = Path.of("../loop/src/main/java");
    private static final Path NET = Path.of("src/main/java");

    /** The modules in which each public type must have an example. */
    private static final List<Path> WITH_EXAMPLES = List.of(LOOP, NET);

    /** Options are explained by their functions, exceptions by the methods that throw them. */
    private static final Pattern EXCUSED = Pattern.compile("\\w+(Options|Exception|Exit)");

    /** Plain data of the command {@code skein}, and the JMX bean that it creates. */
    private static final Set<String> NOT_FOR_PROGRAMS =
            Set.of("Awaiter", "Frame", "LoopSnapshot", "TaskSnapshot", "LoopMonitor");

    /** What an example need not import. */
    private static final String IMPORTS = Stream.of(
                    "static dev.skein.loop.Asyncio.*",
                    "static dev.skein.net.Streams.*",
                    "static dev.skein.net.Subprocesses.*",
                    "static dev.skein.net.http.Http.*",
                    "dev.skein.loop.*",
                    "dev.skein.loop.flow.*",
                    "dev.skein.loop.sync.*",
                    "dev.skein.loop.testing.*",
                    "dev.skein.loop.tools.*",
                    "dev.skein.net.*",
                    "dev.skein.net.http.*",
                    "io.netty.bootstrap.*",
                    "io.netty.channel.*",
                    "io.netty.handler.codec.*",
                    "io.netty.handler.codec.http.*",
                    "io.netty.handler.codec.string.*",
                    "io.netty.handler.ssl.*",
                    "java.io.File",
                    "java.io.IOException",
                    "java.net.*",
                    "java.nio.charset.StandardCharsets",
                    "java.nio.file.*",
                    "java.time.*",
                    "java.util.ArrayList",
                    "java.util.Comparator",
                    "java.util.List",
                    "java.util.Locale",
                    "java.util.Map",
                    "java.util.concurrent.CompletableFuture",
                    "java.util.concurrent.Flow")
            .map(name -> "import " + name + "; ")
            .collect(joining());

    /** What an example may call without showing it: the program's own work. */
    private static final String PROGRAM = "static String fetch(String what) throws Exception { return what; } "
            + "static void process(Object... what) throws Exception {} ";

    private static final Pattern SNIPPET = Pattern.compile("\\{@snippet :\\R");
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^public (?:(?:final|abstract|sealed|non-sealed) )*(?:class|interface|enum|record) (\\w+)",
            Pattern.MULTILINE);

    /** An example, at the line of {@code source} at which its body begins. */
    private static final class Example extends SimpleJavaFileObject {
        private final Path source;
        private final String content;

        Example(Path source, int number, int line, String body) {
            String name = "Example" + number;
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.source = source;
            // The lines of the body keep their numbers, so the compiler names those of the source.
            this.content = IMPORTS + "class " + name + " { " + PROGRAM + "static void body() throws Exception {"
                    + "\n".repeat(line - 1) + body + "}}";
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }

    @Test
    void eachExampleCompiles() throws IOException {
        List<Example> examples = new ArrayList<>();
        for (Path source : sources(List.of(LOOP, NET))) {
            addExamples(examples, source, Files.readString(source));
        }

        assertThat(examples).isNotEmpty();
        assertThat(mistakesIn(examples)).isEmpty();
    }

    @Test
    void eachPublicTypeHasAnExample() throws IOException {
        List<String> without = new ArrayList<>();
        for (Path source : sources(WITH_EXAMPLES)) {
            String text = Files.readString(source);
            Matcher type = PUBLIC_TYPE.matcher(text);
            if (type.find()
                    && !isExcused(type.group(1))
                    && !text.substring(0, type.start()).contains("{@snippet :")) {
                without.add(source.toString());
            }
        }
        assertThat(without).isEmpty();
    }

    private static boolean isExcused(String type) {
        return EXCUSED.matcher(type).matches() || NOT_FOR_PROGRAMS.contains(type);
    }

    private static List<Path> sources(List<Path> modules) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path module : modules) {
            try (Stream<Path> files = Files.walk(module)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    private static void addExamples(List<Example> examples, Path source, String text) {
        Matcher start = SNIPPET.matcher(text);
        while (start.find()) {
            int line = (int) text.substring(0, start.end()).lines().count() + 1;
            String body = text.substring(start.end(), endOf(text, start.end())).replaceAll("(?m)^ *\\*", "");
            examples.add(new Example(source, examples.size(), line, body));
        }
    }

    /** The brace that closes what was opened before {@code from}, counted as Javadoc does: also in strings. */
    private static int endOf(String text, int from) {
        int open = 1;
        int end = from;
        for (; open > 0; end++) {
            char c = text.charAt(end);
            open += c == '{' ? 1 : c == '}' ? -1 : 0;
        }
        return end - 1;
    }

    /** Each as {@code file:line: what the compiler says}. Nothing is written. */
    private static List<String> mistakesIn(List<Example> examples) throws IOException {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of("-proc:none", "-classpath", System.getProperty("java.class.path"));
        JavacTask compiler =
                (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null, found, options, null, examples);
        compiler.analyze();
        return found.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(JavadocExamplesTest::describe)
                .toList();
    }

    private static String describe(Diagnostic<? extends JavaFileObject> mistake) {
        String message = mistake.getMessage(null);
        return mistake.getSource() instanceof Example example
                ? example.source + ":" + mistake.getLineNumber() + ": " + message
                : message;
    }
}
