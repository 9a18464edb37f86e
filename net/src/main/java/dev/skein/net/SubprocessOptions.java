package dev.skein.net;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How a process is started. Immutable; changed by a function:
 * {@code createSubprocessExec(List.of("sort"), o -> o.withStdin(Redirect.PIPE).withStdout(Redirect.PIPE))}.
 *
 * <p>The three streams are the JDK's {@link Redirect}s: {@code PIPE} gives a {@link StreamWriter} or {@link StreamReader},
 * {@code INHERIT} shares this process's own, {@code DISCARD} is asyncio's {@code DEVNULL}, also for the input.
 *
 * @param stdin where the process reads from
 * @param stdout where it writes to
 * @param stderr where it writes its errors to
 * @param stderrToStdout whether its errors go where its output goes: asyncio's {@code STDOUT}; then {@code stderr} does not
 *     count
 * @param directory where it runs; none: where this process does
 * @param environment all of its environment variables; none: those of this process
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
    /** Refuses a limit below 1. */
    public SubprocessOptions {
        StreamReader.checkLimit(limit);
        environment = environment.map(Map::copyOf);
    }

    /** As asyncio's: the streams, the directory and the environment of this process, a limit of 64 KiB. */
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

    /** These options with a pipe for each of the three streams. */
    public SubprocessOptions withPipes() {
        return withStdin(Redirect.PIPE).withStdout(Redirect.PIPE).withStderr(Redirect.PIPE);
    }

    /** These options with another input. */
    public SubprocessOptions withStdin(Redirect from) {
        return new SubprocessOptions(from, stdout, stderr, stderrToStdout, directory, environment, limit);
    }

    /** These options with another output. */
    public SubprocessOptions withStdout(Redirect to) {
        return new SubprocessOptions(stdin, to, stderr, stderrToStdout, directory, environment, limit);
    }

    /** These options with another output of errors. */
    public SubprocessOptions withStderr(Redirect to) {
        return new SubprocessOptions(stdin, stdout, to, false, directory, environment, limit);
    }

    /** These options with errors that go where the output goes. */
    public SubprocessOptions withStderrToStdout() {
        return new SubprocessOptions(stdin, stdout, stderr, true, directory, environment, limit);
    }

    /** These options with another directory. */
    public SubprocessOptions withDirectory(Path other) {
        return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, Optional.of(other), environment, limit);
    }

    /** These options with these environment variables and no others. */
    public SubprocessOptions withEnvironment(Map<String, String> all) {
        return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, directory, Optional.of(all), limit);
    }

    /** These options with another limit. */
    public SubprocessOptions withLimit(int other) {
        return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, directory, environment, other);
    }
}
