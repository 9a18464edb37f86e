package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Subprocesses.createSubprocessExec;
import static dev.skein.net.Subprocesses.createSubprocessShell;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Awaitable;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes and their pipes. {@link SubprocessEndTest} has their ends. */
class SubprocessTest {
    private static final List<String> CAT = List.of("cat");
    private static final List<String> BLOCKED = List.of("sleep", "3600");
    private static final int LARGE = 1_000_000;

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    @Test
    @PortOf("test_subprocess.stdin_stdout")
    void inputThatCatWasGivenCanBeReadFromItsOutput() {
        run(() -> {
            try (Subprocess cat = createSubprocessExec(CAT, SubprocessOptions::withPipes)) {
                cat.stdin().write(bytes("some data"));
                cat.stdin().drain();
                cat.stdin().close();
                assertThat(text(cat.stdout().readAll())).isEqualTo("some data");
                assertThat(cat.waitFor()).isZero();
            }
        });
    }

    @Test
    @PortOf("test_events.subprocess_exec")
    @PortOf("test_events.subprocess_interactive")
    void aConversationGoesToAndFroWhileItRunsUntilItIsClosed() {
        run(() -> {
            Subprocess cat = createSubprocessExec(CAT, SubprocessOptions::withPipes);
            for (String word : List.of("Python ", "The Winner")) {
                cat.stdin().write(bytes(word));
                assertThat(text(cat.stdout().readExactly(word.length()))).isEqualTo(word);
            }
            assertThat(cat.returnCode()).isEmpty();
            cat.close();
            assertThat(cat.waitFor()).isEqualTo(128 + 9);
        });
    }

    @Test
    @PortOf("test_subprocess.communicate")
    void communicateWritesReadsAndWaits() {
        run(() -> {
            Subprocess cat = createSubprocessExec(CAT, SubprocessOptions::withPipes);
            Subprocess.Output output = cat.communicate(bytes("some data"));
            assertThat(text(output.stdout())).isEqualTo("some data");
            assertThat(output.stderr()).isEmpty();
            assertThat(cat.returnCode()).hasValue(0);
        });
    }

    @Test
    @PortOf("test_subprocess.communicate_none_input")
    void communicateWithoutInputClosesIt() {
        run(() -> {
            Subprocess cat = createSubprocessExec(CAT, SubprocessOptions::withPipes);
            assertThat(cat.communicate().stdout()).isEmpty();
            assertThat(cat.returnCode()).hasValue(0);
        });
    }

    @Test
    @PortOf("test_subprocess.empty_input")
    @PortOf("test_subprocess.stdin_not_inheritable")
    void theEndOfWhatCommunicateWritesIsTheEndOfItsInput() {
        assertCounts("wc -c", "");
        assertCounts("wc -c", "abc");
    }

    @Test
    @PortOf("test_subprocess.devstdin_input")
    void aProcessMayOpenItsInputByName() {
        assumeTrue(Files.exists(Path.of("/dev/stdin")), "no /dev/stdin here");
        assertCounts("wc -c < /dev/stdin", "abc");
    }

    private static void assertCounts(String command, String input) {
        run(() -> {
            Subprocess counter = createSubprocessShell(command, SubprocessOptions::withPipes);
            Subprocess.Output output = counter.communicate(bytes(input));
            assertThat(text(output.stdout()).strip()).isEqualTo(String.valueOf(input.length()));
            assertThat(counter.waitFor()).isZero();
        });
    }

    @Test
    @PortOf("test_subprocess.subprocess_communicate_stdout")
    void manyCommunicateAtOnceEachWithItsOwn() {
        run(() -> {
            List<Awaitable<String>> jobs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String word = "foo" + i;
                jobs.add(() -> text(createSubprocessExec(
                                        List.of("echo", word), options -> options.withStdout(Redirect.PIPE))
                                .communicate()
                                .stdout())
                        .strip());
            }
            assertThat(gather(jobs).await())
                    .containsExactlyElementsOf(
                            IntStream.range(0, 10).mapToObj(i -> "foo" + i).toList());
        });
    }

    @Test
    @PortOf("test_subprocess.shell")
    @PortOf("test_events.subprocess_exitcode")
    void aShellGivesTheCommandsStatus() {
        run(() -> assertThat(createSubprocessShell("exit 7").waitFor()).isEqualTo(7));
    }

    @Test
    @PortOf("test_events.subprocess_shell")
    void aShellsOutputsEndWithIt() {
        run(() -> {
            Subprocess shell = createSubprocessShell("echo Skein", SubprocessOptions::withPipes);
            shell.stdin().close();
            assertThat(text(shell.stdout().readAll())).isEqualTo("Skein\n");
            assertThat(shell.stderr().readAll()).isEmpty();
            assertThat(shell.waitFor()).isZero();
        });
    }

    @Test
    @PortOf("test_events.subprocess_stderr")
    @PortOf("test_events.subprocess_stderr_redirect_to_stdout")
    void errorsHaveAPipeOfTheirOwnOrGoWhereTheOutputGoes() {
        run(() -> {
            String command = "read word; echo OUT:$word; echo ERR:$word >&2";
            Subprocess apart = createSubprocessShell(command, SubprocessOptions::withPipes);
            Subprocess.Output output = apart.communicate(bytes("test\n"));
            assertThat(text(output.stdout())).isEqualTo("OUT:test\n");
            assertThat(text(output.stderr())).isEqualTo("ERR:test\n");
            assertThat(apart.returnCode()).hasValue(0);
            Subprocess together = createSubprocessShell(
                    command, options -> options.withPipes().withStderrToStdout());
            assertThatThrownBy(together::stderr).isInstanceOf(IllegalStateException.class);
            output = together.communicate(bytes("test\n"));
            assertThat(text(output.stdout())).isEqualTo("OUT:test\nERR:test\n");
            assertThat(output.stderr()).isEmpty();
            assertThat(together.returnCode()).hasValue(0);
        });
    }

    @Test
    @PortOf("test_subprocess.stdin_broken_pipe")
    void aWriteToAProcessThatDoesNotReadAnyMoreFails() {
        run(() -> {
            Subprocess deaf = createSubprocessShell("exit 0", SubprocessOptions::withPipes);
            deaf.waitFor();
            assertThatThrownBy(() -> {
                        while (true) {
                            deaf.stdin().write(new byte[LARGE]);
                            deaf.stdin().drain();
                            yieldNow();
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot write to the standard input of process " + deaf.pid());
        });
    }

    @Test
    @PortOf("test_subprocess.communicate_ignore_broken_pipe")
    void communicateDoesNotMindThatItsInputIsNotRead() {
        run(() -> {
            Subprocess deaf = createSubprocessShell("exit 0", SubprocessOptions::withPipes);
            assertThat(deaf.communicate(new byte[LARGE]).stdout()).isEmpty();
            assertThat(deaf.waitFor()).isZero();
        });
    }

    @Test
    @PortOf("test_subprocess.pause_reading")
    void moreThanTheLimitIsReadAllTheSame() {
        run(() -> {
            Subprocess cat =
                    createSubprocessExec(CAT, options -> options.withPipes().withLimit(10));
            byte[] large = new byte[LARGE];
            assertThat(cat.communicate(large).stdout()).hasSize(LARGE);
        });
    }

    private static int buffered(StreamReader reader) {
        return Integer.parseInt(reader.toString().replaceAll(".*, (\\d+) bytes.*", "$1"));
    }

    /** One chunk more may be under way than the reader wants, and no second one. */
    @Test
    @PortOf("test_subprocess.pause_reading")
    void howMuchWaitsToBeReadIsBounded() {
        run(() -> {
            List<String> many = List.of("head", "-c", String.valueOf(LARGE), "/dev/zero");
            Subprocess head = createSubprocessExec(
                    many, options -> options.withStdout(Redirect.PIPE).withLimit(10));
            int most = 0;
            for (int read = 0; read < LARGE; read += 1000) {
                assertThat(head.stdout().readExactly(1000)).hasSize(1000);
                most = Math.max(most, buffered(head.stdout()));
                yieldNow();
            }
            assertThat(most).isLessThan(2 * 32 * 1024);
            assertThat(head.stdout().readAll()).isEmpty();
            assertThat(head.waitFor()).isZero();
        });
    }

    @Test
    void aProcessThatIsNotReadWaits() {
        run(() -> {
            String endless = "i=0; while [ $i -lt 100000 ]; do echo 0123456789; i=$((i+1)); done; echo over >&2";
            try (Subprocess shell = createSubprocessShell(endless, SubprocessOptions::withPipes)) {
                Task<@Nullable String> over = dev.skein.loop.Asyncio.<@Nullable String>createTask(
                        () -> shell.stderr().readLine());
                assertThat(shell.stdout().readLine()).isEqualTo("0123456789");
                assertThat(over.isDone()).isFalse();
                int lines = 1;
                while (shell.stdout().readLine() != null) {
                    lines++;
                }
                assertThat(lines).isEqualTo(100_000);
                assertThat(over.await()).isEqualTo("over");
            }
        });
    }

    @Test
    void anotherProcessDoesNotKeepItsInputOpen() {
        run(() -> {
            try (Subprocess cat = createSubprocessExec(CAT, SubprocessOptions::withPipes);
                    Subprocess other = createSubprocessExec(BLOCKED)) {
                assertThat(other.returnCode()).isEmpty();
                cat.stdin().close();
                assertThat(cat.stdout().readAll()).isEmpty();
            }
        });
    }

    /** What a shell says of the descriptors that it was given. */
    private static final String WHERE = "readlink /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2";

    @Test
    void aStreamCanBeDiscarded() {
        run(() -> {
            Subprocess noInput = createSubprocessExec(
                    CAT, options -> options.withStdin(Redirect.DISCARD).withStdout(Redirect.PIPE));
            assertThat(noInput.communicate().stdout()).isEmpty();
            Subprocess noOutput = createSubprocessShell(
                    "echo out; echo err >&2",
                    options -> options.withStdout(Redirect.DISCARD).withStderr(Redirect.PIPE));
            assertThatThrownBy(noOutput::stdout).isInstanceOf(IllegalStateException.class);
            assertThat(text(noOutput.communicate().stderr())).isEqualTo("err\n");
            Subprocess noErrors = createSubprocessShell(
                    "echo out; echo err >&2",
                    options -> options.withStdout(Redirect.PIPE).withStderr(Redirect.DISCARD));
            assertThatThrownBy(noErrors::stderr).isInstanceOf(IllegalStateException.class);
            assertThat(text(noErrors.communicate().stdout())).isEqualTo("out\n");
        });
    }

    @Test
    void discardedStreamsAreTheNullDevice(@TempDir Path directory) {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "no /proc here");
        run(() -> {
            Subprocess heard = createSubprocessShell(
                    WHERE,
                    options -> options.withStdin(Redirect.DISCARD)
                            .withStdout(Redirect.PIPE)
                            .withStderr(Redirect.DISCARD));
            assertThat(text(heard.communicate().stdout())).matches("/dev/null\npipe:.*\n/dev/null\n");
            Path said = directory.resolve("said");
            Subprocess silent = createSubprocessShell(
                    "out=$(readlink /proc/$$/fd/1); echo $out > " + said,
                    options -> options.withStdout(Redirect.DISCARD));
            assertThat(silent.waitFor()).isZero();
            assertThat(said).hasContent("/dev/null");
        });
    }

    @Test
    void aReadAndAWriteThatAreCancelledLoseNothing() {
        run(() -> {
            try (Subprocess cat = createSubprocessExec(CAT, SubprocessOptions::withPipes)) {
                Task<@Nullable String> reader = dev.skein.loop.Asyncio.<@Nullable String>createTask(
                        () -> cat.stdout().readLine());
                yieldNow();
                reader.cancel();
                assertThatThrownBy(reader::await).isInstanceOf(CancelledError.class);
                Task<Void> writer = createTask(() -> {
                    while (true) {
                        cat.stdin().write(new byte[LARGE]);
                    }
                });
                yieldNow();
                yieldNow();
                writer.cancel();
                assertThatThrownBy(writer::await).isInstanceOf(CancelledError.class);
                assertThat(cat.stdout().readExactly(100)).hasSize(100);
            }
        });
    }

    @Test
    @PortOf("test_subprocess.popen_error")
    @PortOf("test_subprocess.popen_error_with_stdin_pipe")
    void aProgramThatIsNotThereIsSaid() {
        run(() -> {
            assertThatThrownBy(() -> createSubprocessExec(List.of("/no/such/program", "x")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("/no/such/program");
            long pipes = Descriptors.pipes();
            assertThatThrownBy(() -> createSubprocessExec(List.of("/no/such/program"), SubprocessOptions::withPipes))
                    .isInstanceOf(IOException.class);
            assertThat(Descriptors.pipes()).isLessThanOrEqualTo(pipes);
            assertThatThrownBy(() -> createSubprocessExec(List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no program to start: the command is empty");
        });
    }

    @Test
    @PortOf("test_subprocess.read_stdout_after_process_exit")
    void outputFromBeforeTheEndCanBeReadAfterIt() {
        run(() -> {
            Subprocess brief = createSubprocessShell(
                    "head -c 40000 /dev/zero; exit 1", options -> options.withStdout(Redirect.PIPE));
            assertThat(brief.waitFor()).isEqualTo(1);
            assertThat(brief.stdout().readAll()).hasSize(40_000);
        });
    }

    @Test
    @PortOf("test_subprocess.create_subprocess_env_shell")
    @PortOf("test_subprocess.create_subprocess_env_exec")
    void aProcessHasTheDirectoryAndVariablesItWasGiven(@TempDir Path where) throws IOException {
        Path directory = where.toRealPath();
        run(() -> {
            Subprocess shell = createSubprocessShell(
                    "pwd; echo $COLOUR; echo $HOME",
                    options -> options.withStdout(Redirect.PIPE)
                            .withDirectory(directory)
                            .withEnvironment(Map.of("COLOUR", "red")));
            assertThat(text(shell.communicate().stdout())).isEqualTo(directory + "\nred\n\n");
            assertEndedWell(shell);
            Subprocess env = createSubprocessExec(
                    List.of("env"),
                    options -> options.withStdout(Redirect.PIPE).withEnvironment(Map.of("COLOUR", "red")));
            assertThat(text(env.communicate().stdout())).isEqualTo("COLOUR=red\n");
            assertEndedWell(env);
        });
    }

    private static void assertEndedWell(Subprocess process) {
        assertThat(process.returnCode()).hasValue(0);
        Task<Integer> waiting = createTask(process::waitFor);
        yieldNow();
        assertThat(waiting.isDone()).isTrue();
        assertThat(waiting.result()).isZero();
    }

    @Test
    @PortOf("test_subprocess.devnull_input")
    @PortOf("test_subprocess.devnull_output")
    @PortOf("test_subprocess.devnull_error")
    void communicateSkipsDiscardedStreams() {
        run(() -> {
            Subprocess noInput = createSubprocessShell(
                    "wc -c", options -> options.withPipes().withStdin(Redirect.DISCARD));
            assertThat(text(noInput.communicate().stdout()).strip()).isEqualTo("0");
            assertThat(noInput.waitFor()).isZero();

            String loud = "cat; echo cat >&2";
            Subprocess noOutput =
                    createSubprocessShell(loud, options -> options.withPipes().withStdout(Redirect.DISCARD));
            assertThatThrownBy(noOutput::stdout).isInstanceOf(IllegalStateException.class);
            Subprocess.Output output = noOutput.communicate(bytes("abc"));
            assertThat(output.stdout()).isEmpty();
            assertThat(text(output.stderr())).isEqualTo("cat\n");
            assertThat(noOutput.waitFor()).isZero();

            Subprocess noErrors =
                    createSubprocessShell(loud, options -> options.withPipes().withStderr(Redirect.DISCARD));
            assertThatThrownBy(noErrors::stderr).isInstanceOf(IllegalStateException.class);
            output = noErrors.communicate(bytes("abc"));
            assertThat(text(output.stdout())).isEqualTo("abc");
            assertThat(output.stderr()).isEmpty();
            assertThat(noErrors.waitFor()).isZero();
        });
    }

    @Test
    void aStreamThatIsNoPipeSaysHowToMakeItOne() {
        run(() -> {
            try (Subprocess blocked = createSubprocessExec(BLOCKED)) {
                assertThatThrownBy(blocked::stdout)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("stdout is not a pipe: start the process with o -> o.withStdout(Redirect.PIPE)");
                assertThatThrownBy(() -> blocked.communicate(bytes("x")))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("stdin is not a pipe");
            }
        });
    }
}
