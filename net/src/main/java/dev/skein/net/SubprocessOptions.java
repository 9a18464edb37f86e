package dev.skein.net;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The options of a process that is started. Immutable; a function changes them:
 *
 * {@snippet :
 * try (Subprocess list = createSubprocessExec(
 *         List.of("ls", "-l"),
 *         o -> o.withDirectory(Path.of("/tmp")).withStdout(ProcessBuilder.Redirect.PIPE))) {
 *     IO.println(new String(list.communicate().stdout(), StandardCharsets.UTF_8));
 * }
 * }
 *
 * <p>The three streams are the JDK's {@link Redirect}s. {@code PIPE} gives a {@link StreamWriter} or {@link
 * StreamReader}, {@code INHERIT} shares this process's own, {@code DISCARD} is asyncio's {@code DEVNULL}, also for the
 * input.
 *
 * @param stdin its standard input
 * @param stdout its standard output
 * @param stderr its standard error
 * @param stderrToStdout whether standard error goes where standard output goes, asyncio's {@code STDOUT}; {@code
 *     stderr} is ignored then
 * @param directory its working directory; if empty, that of this process
 * @param environment all of its environment variables; if empty, those of this process
 * @param limit the longest line that is read from its pipes, in bytes; reading pauses above twice as much
 */
public record SubprocessOptions(
        Redirect stdin,
        Redirect stdout,
        Redirect stderr,
        boolean stderrToStdout,
        Optional<Path> directory,
        Optional<Map<String, String>> environment,
        int limit) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the limit is below 1
     */
    public SubprocessOptions {
        StreamReader.checkLimit(limit);
        environment = environment.map(Map::copyOf);
    }

    /** Returns asyncio's defaults: the streams, directory and environment of this process, and a limit of 64 KiB. */
    public static SubprocessOptions defaults() {
        return new SubprocessOptions(
                Redirect.INHERIT,
                Redirect.INHERIT,
                Redirect.INHERIT,
                false,
                Optional.empty(),
                Optional.empty(),
                StreamReader.DEFAULT_LIMIT);
    }

    /** Returns these options with a pipe for each of the three streams. */
    public SubprocessOptions withPipes() {
        return withStdin(Redirect.PIPE).withStdout(Redirect.PIPE).withStderr(Redirect.PIPE);
    }

    /** Returns these options with another standard input. */
    public SubprocessOptions withStdin(Redirect from) {
        return new SubprocessOptions(from, stdout, stderr, stderrToStdout, directory, environment, limit);
    }

    /** Returns these options with another standard output. */
    public SubprocessOptions withStdout(Redirect to) {
        return new SubprocessOptions(stdin, to, stderr, stderrToStdout, directory, environment, limit);
    }

    /** Returns these options with another standard error. */
    public SubprocessOptions withStderr(Redirect to) {
        return new SubprocessOptions(stdin, stdout, to, false, directory, environment, limit);
    }

    /** Returns these options with a standard error that goes where standard output goes. */
    public SubprocessOptions withStderrToStdout() {
        return new SubprocessOptions(stdin, stdout, stderr, true, directory, environment, limit);
    }

    /** Returns these options with another working directory. */
    public SubprocessOptions withDirectory(Path other) {
        return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, Optional.of(other), environment, limit);
    }

    /** Returns these options with these environment variables and no others. */
    public SubprocessOptions withEnvironment(Map<String, String> all) {
        return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, directory, Optional.of(all), limit);
    }

    /** Returns these options with another limit, in bytes. */
    public SubprocessOptions withLimit(int other) {
        return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, directory, environment, other);
    }
}
