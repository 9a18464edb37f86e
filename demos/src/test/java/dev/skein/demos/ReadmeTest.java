package dev.skein.demos;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Awaitable;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.TaskGroup;
import dev.skein.loop.WaitResult;
import dev.skein.loop.sync.Lock;
import dev.skein.loop.sync.Queue;
import dev.skein.net.Connection;
import dev.skein.net.Server;
import dev.skein.net.StreamReader;
import dev.skein.net.StreamWriter;
import dev.skein.net.Streams;
import dev.skein.net.Subprocess;
import dev.skein.net.SubprocessOptions;
import dev.skein.net.Subprocesses;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README says is so. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CODE_BLOCK =
            Pattern.compile("^```\\w*\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private String readme;

    @BeforeEach
    void readReadme() throws IOException {
        readme = Files.readString(ROOT.resolve("README.md"));
    }

    private String section(String heading) {
        int start = readme.indexOf("\n## " + heading + "\n");
        assertThat(start).as("## " + heading).isNotNegative();
        int end = readme.indexOf("\n## ", start + 1);
        return end < 0 ? readme.substring(start) : readme.substring(start, end);
    }

    private static List<String> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(ReadmeTest::group).toList();
    }

    private static String group(MatchResult match) {
        return match.group(1);
    }

    @Test
    void theReadmesEchoServerIsTheTestedOne() throws IOException {
        String source = Files.readString(Path.of("src/main/java/dev/skein/demos/Echo.java"));

        List<String> blocks = find(CODE_BLOCK, section("An echo server in fifteen lines"));

        assertThat(blocks).containsExactly(source.replace("package dev.skein.demos;\n\n", ""));
        assertThat(blocks.getFirst().lines().filter(line -> !line.isBlank())).hasSize(15);
    }

    @Test
    void theReadmesServerForAllCoresIsTheCompiledOne() throws IOException {
        String source = Files.readString(Path.of("src/main/java/dev/skein/demos/EchoOnAllCores.java"));

        assertThat(find(CODE_BLOCK, section("On all cores")))
                .containsExactly(source.replace("package dev.skein.demos;\n\n", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Run it", "Test it"})
    void runItAndTestItHaveOneBlockWithOneCommand(String heading) {
        assertThat(find(CODE_BLOCK, section(heading)))
                .singleElement()
                .asString()
                .matches("mvn .*\\n");
    }

    @Test
    void everyProgramThatItStartsIsInAPom() throws IOException {
        String poms = Files.readString(Path.of("pom.xml"))
                + Files.readString(ROOT.resolve("loop/pom.xml"))
                + Files.readString(ROOT.resolve("perf/pom.xml"));

        assertThat(find(Pattern.compile("exec:exec@([\\w-]+)"), readme))
                .contains("echo", "echo-client", "chat", "tour", "skein", "perf")
                .allSatisfy(program -> assertThat(poms).contains("<id>" + program + "</id>"));
    }

    /** But for the first, which a newcomer types. */
    @Test
    void eachCommandCompilesTheModuleOfItsProgramAndWhatThatNeeds() throws IOException {
        List<MatchResult> commands = Pattern.compile("mvn -q -pl (\\w+) -am compile exec:exec@([\\w-]+)")
                .matcher(readme)
                .results()
                .toList();

        assertThat(commands)
                .hasSize(find(Pattern.compile("(exec:exec@)"), readme).size() - 1);
        for (MatchResult command : commands) {
            assertThat(Files.readString(ROOT.resolve(command.group(1) + "/pom.xml")))
                    .contains("<id>" + command.group(2) + "</id>");
        }
    }

    @Test
    void everyFileThatItLinksToIsThere() {
        assertThat(find(Pattern.compile("]\\(([^)#]+)\\)"), readme))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
    }

    @Test
    void everyWordOfTheTableIsAMethod() {
        Set<String> methods = Stream.of(
                        Asyncio.class,
                        Streams.class,
                        Subprocesses.class,
                        Subprocess.class,
                        SubprocessOptions.class,
                        TaskGroup.class,
                        WaitResult.class,
                        Lock.class,
                        Queue.class,
                        Loop.class,
                        Future.class,
                        Task.class,
                        Awaitable.class,
                        Connection.class,
                        Server.class,
                        StreamReader.class,
                        StreamWriter.class)
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .map(Method::getName)
                .collect(toSet());
        String ours = section("The words")
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(line.indexOf(" | ")))
                .reduce("", String::concat);

        List<String> words = find(Pattern.compile("\\b([a-z]\\w+)\\("), ours);

        assertThat(words).hasSizeGreaterThan(50);
        assertThat(words)
                .filteredOn(word -> !Set.of("main", "of", "ofSeconds").contains(word))
                .isSubsetOf(methods);
    }
}
