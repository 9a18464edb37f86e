package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Awaitable;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Suspends;
import io.netty.util.concurrent.GenericFutureListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A process that {@link Subprocesses} has started: asyncio's {@code Process}.
 *
 * {@snippet :
 * try (Subprocess sort = createSubprocessExec(List.of("sort"), SubprocessOptions::withPipes)) {
 *     Subprocess.Output output = sort.communicate("b\na\n".getBytes(StandardCharsets.UTF_8));
 *     IO.println(new String(output.stdout(), StandardCharsets.UTF_8));
 * }
 * }
 *
 * <p>The code that starts a process ends it, best with try-with-resources: {@link #close} kills a process that still
 * runs. So does the end of the loop. Its pipes are {@link StreamReader}s and a {@link StreamWriter}. Each has a thread
 * of its own, since the JDK has no other way to read a pipe. A process whose output is not read waits.
 *
 * <p>Loop only, but for {@link #pid}, {@link #returnCode} and {@code toString}.
 */
public final class Subprocess implements AutoCloseable {
    private static final byte[] NOTHING = {};

    // Set once.
    private final Loop loop;
    private final Process process;

    /** Ends the process without closing its pipes, which {@link Process#destroy} would do. */
    private final ProcessHandle handle;

    private final Future<Process> exited;
    private final @Nullable PipeWriter input;
    private final @Nullable StreamWriter stdin;
    private final @Nullable PipeReader stdout;
    private final @Nullable PipeReader stderr;
    private final GenericFutureListener<io.netty.util.concurrent.Future<Object>> endWithLoop = gone -> abandon();

    /**
     * The output that {@link #communicate} has read; empty for a stream that is not a pipe.
     *
     * @param stdout the bytes from standard output; the array is the caller's
     * @param stderr the bytes from standard error; the array is the caller's
     */
    @SuppressWarnings("ArrayRecordComponent") // equals and hashCode are by content
    public record Output(byte[] stdout, byte[] stderr) {
        /** Returns {@link #stdout} as text in UTF-8. */
        public String text() {
            return new String(stdout, StandardCharsets.UTF_8);
        }

        /** Returns whether {@code other} has the same bytes. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Output output
                    && Arrays.equals(stdout, output.stdout)
                    && Arrays.equals(stderr, output.stderr);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(stdout) + Arrays.hashCode(stderr);
        }

        /** Returns how much there is of each. */
        @Override
        public String toString() {
            return "Output[stdout=" + stdout.length + " bytes, stderr=" + stderr.length + " bytes]";
        }
    }

    Subprocess(Loop loop, Process process, SubprocessOptions options) {
        this.loop = loop;
        this.process = process;
        this.handle = process.toHandle();
        this.exited = Future.from(process.onExit());
        this.input = Redirect.PIPE.equals(options.stdin())
                ? new PipeWriter(loop, process.getOutputStream(), "process " + process.pid())
                : null;
        this.stdin = input == null ? null : new StreamWriter(input);
        this.stdout = Redirect.PIPE.equals(options.stdout())
                ? PipeReader.start(loop, process.getInputStream(), options.limit())
                : null;
        this.stderr = Redirect.PIPE.equals(options.stderr()) && !options.stderrToStdout()
                ? PipeReader.start(loop, process.getErrorStream(), options.limit())
                : null;
        endWithLoop();
    }

    @SuppressWarnings("unchecked") // Netty's termination future gives nothing of any type
    private void endWithLoop() {
        var loopGone =
                (io.netty.util.concurrent.Future<Object>) loop.eventLoop().terminationFuture();
        loopGone.addListener(endWithLoop);
        exited.addDoneCallback(done -> loopGone.removeListener(endWithLoop));
    }

    private void abandon() {
        handle.destroyForcibly();
        if (input != null) {
            input.abandon();
        }
        if (stdout != null) {
            stdout.abandon();
        }
        if (stderr != null) {
            stderr.abandon();
        }
    }

    /** Returns the process ID. */
    public long pid() {
        return process.pid();
    }

    /**
     * Returns the exit value, or empty while the process runs. If a signal killed it, that is 128 plus the signal's
     * number, as in a shell; asyncio has the negated number.
     */
    public OptionalInt returnCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /**
     * Returns the writer to its standard input.
     *
     * @throws IllegalStateException if that is not a pipe
     */
    public StreamWriter stdin() {
        if (stdin == null) {
            throw notAPipe("stdin", "Stdin");
        }
        return stdin;
    }

    /**
     * Returns the reader of its standard output.
     *
     * @throws IllegalStateException if that is not a pipe
     */
    public StreamReader stdout() {
        if (stdout == null) {
            throw notAPipe("stdout", "Stdout");
        }
        return stdout.reader();
    }

    /**
     * Returns the reader of its standard error.
     *
     * @throws IllegalStateException if that is not a pipe of its own
     */
    public StreamReader stderr() {
        if (stderr == null) {
            throw notAPipe("stderr", "Stderr");
        }
        return stderr.reader();
    }

    private static IllegalStateException notAPipe(String stream, String option) {
        return new IllegalStateException(
                stream + " is not a pipe: start the process with o -> o.with" + option + "(Redirect.PIPE)");
    }

    /**
     * Waits until the process has ended, and returns its {@link #returnCode}: asyncio's {@code wait}. Any number of
     * coroutines may wait. Its output can still be read afterwards. A process that writes into a pipe may wait until
     * that is read, so if nothing reads it, use {@link #communicate}.
     */
    @Suspends
    public int waitFor() {
        return Asyncio.shield(exited).await().exitValue();
    }

    /**
     * Writes {@code bytes} to its standard input and closes that, reads its outputs to their ends, and waits until it
     * has ended, all at the same time: asyncio's {@code communicate}. It is not an error if the process ends without
     * reading its input.
     *
     * @throws IllegalStateException if there are bytes, but stdin is not a pipe
     * @throws IOException if its output cannot be read
     */
    @Suspends
    public Output communicate(byte[] bytes) throws IOException {
        if (bytes.length > 0) {
            stdin();
        }
        Awaitable<byte[]> write = () -> writeAll(bytes);
        try {
            var outputs = Asyncio.gather(write, () -> readAll(stdout), () -> readAll(stderr))
                    .await();
            waitFor();
            return new Output(outputs.get(1), outputs.get(2));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Communicates as {@link #communicate(byte[])} does, without input: its standard input is closed. */
    @Suspends
    public Output communicate() throws IOException {
        return communicate(NOTHING);
    }

    private byte[] writeAll(byte[] bytes) {
        if (input != null && stdin != null) {
            try {
                stdin.write(bytes);
                stdin.close();
                stdin.waitClosed();
            } catch (IOException notRead) {
                // It has ended, or closed its input: its outputs tell what came of it.
                input.close();
            }
        }
        return NOTHING;
    }

    private static byte[] readAll(@Nullable PipeReader output) throws IOException {
        return output == null ? NOTHING : output.reader().readAll();
    }

    /**
     * Sends it a signal by name, for instance {@code "HUP"}. Suspends until the signal is sent. Does nothing if the
     * process has ended.
     *
     * @throws IllegalArgumentException if the system has no signal of that name
     * @throws IOException if this process may not send it
     */
    @Suspends
    public void sendSignal(String signal) throws IOException {
        String name = signal.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
        if (!process.isAlive()) {
            return;
        }
        Subprocess kill = Subprocesses.createSubprocessExec(
                List.of("kill", "-s", name, String.valueOf(pid())),
                options -> options.withStdin(Redirect.DISCARD)
                        .withStdout(Redirect.DISCARD)
                        .withStderr(Redirect.PIPE));
        String said = new String(kill.communicate().stderr(), Charset.defaultCharset()).strip();
        if (kill.waitFor() != 0 && process.isAlive()) {
            if (said.toLowerCase(Locale.ROOT).matches(".*(invalid|unknown|bad).*")) {
                throw new IllegalArgumentException("no such signal: " + signal);
            }
            throw new IOException("cannot send " + name + " to process " + pid() + ": " + said);
        }
    }

    /** Asks it to end (SIGTERM). Does nothing if it has ended. */
    public void terminate() {
        loop.checkThread();
        handle.destroy();
    }

    /** Ends it (SIGKILL). Does nothing if it has ended. */
    public void kill() {
        loop.checkThread();
        handle.destroyForcibly();
    }

    /**
     * Kills it if it still runs, waits until it has ended, and closes its pipes. Unread output is dropped, and a read
     * that waits gets the end of the stream. A second call does nothing.
     */
    @Override
    @Suspends
    public void close() {
        loop.checkThread();
        handle.destroyForcibly();
        if (input != null) {
            input.close();
        }
        closeOutput(stdout);
        closeOutput(stderr);
        waitFor();
    }

    private static void closeOutput(@Nullable PipeReader output) {
        if (output != null) {
            output.abandon();
            output.reader().close();
        }
    }

    @Override
    public String toString() {
        return "Subprocess[pid=" + pid() + ", " + (process.isAlive() ? "running" : "returnCode=" + process.exitValue())
                + "]";
    }
}
