package dev.skein.demos.tutorial;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs of the tutorial print what its page says. */
class TutorialTest {
    private static final Pattern PRINTS =
            Pattern.compile("<!-- prints (\\w+) -->\\n```text\\n(.*?)```", Pattern.DOTALL);

    static Stream<MatchResult> programs() {
        try {
            return PRINTS.matcher(Files.readString(Path.of("../docs/tutorial.md")))
                    .results();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void eachProgramPrintsWhatIsBelowIt(MatchResult program) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("--enable-native-access"))
                .forEach(command::add);
        command.addAll(List.of(
                "-classpath",
                System.getProperty("java.class.path"),
                TutorialTest.class.getPackageName() + "." + program.group(1)));
        Process run = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(new String(run.getInputStream().readAllBytes(), UTF_8)).isEqualTo(program.group(2));
            assertThat(run.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(run.exitValue()).isZero();
        } finally {
            run.destroyForcibly();
        }
    }

    @Test
    void thePageShowsWhatThreeOfThemPrint() {
        assertThat(programs().map(program -> program.group(1))).containsExactly("Hello", "TwoThings", "Deadline");
    }

    @Test
    void theVisitorsAreCounted() {
        run(() -> {
            try (var server = startServer(new Greeter()::greet, "127.0.0.1", 0)) {
                assertThat(Visitor.visit("127.0.0.1", server.port(), "Ann")).isEqualTo("hello Ann, you are guest 1");
                assertThat(Visitor.visit("127.0.0.1", server.port(), "Bob")).isEqualTo("hello Bob, you are guest 2");
            }
        });
    }
}
