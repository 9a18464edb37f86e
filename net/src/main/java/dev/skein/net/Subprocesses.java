package dev.skein.net;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Suspends;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * asyncio's functions that start processes, for static import: {@code import static dev.skein.net.Subprocesses.*}.
 *
 * {@snippet :
 * try (Subprocess count = createSubprocessShell("ls | wc -l")) {
 *     IO.println("ended with " + count.waitFor());
 * }
 * }
 *
 * <p>They suspend the calling coroutine until the process has started. If that is cancelled meanwhile, the process is
 * killed. Loop only.
 */
public final class Subprocesses {
    private static final File NULL_DEVICE = new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");

    private Subprocesses() {}

    /**
     * Starts a program with its arguments: asyncio's {@code create_subprocess_exec}. It inherits the three streams of
     * this process.
     *
     * @throws IOException if the program cannot be started; its message names it
     * @throws IllegalArgumentException if {@code command} is empty
     */
    @Suspends
    public static Subprocess createSubprocessExec(List<String> command) throws IOException {
        return createSubprocessExec(command, options -> options);
    }

    /** Starts a program as {@link #createSubprocessExec(List)} does, with options. */
    @Suspends
    public static Subprocess createSubprocessExec(List<String> command, UnaryOperator<SubprocessOptions> options)
            throws IOException {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("no program to start: the command is empty");
        }
        return start(command, options.apply(SubprocessOptions.defaults()));
    }

    /**
     * Starts a command line in the system's shell: asyncio's {@code create_subprocess_shell}.
     *
     * @throws IOException if the shell cannot be started
     */
    @Suspends
    public static Subprocess createSubprocessShell(String command) throws IOException {
        return createSubprocessShell(command, options -> options);
    }

    /** Starts a command line as {@link #createSubprocessShell(String)} does, with options. */
    @Suspends
    public static Subprocess createSubprocessShell(String command, UnaryOperator<SubprocessOptions> options)
            throws IOException {
        List<String> shell =
                File.separatorChar == '\\' ? List.of("cmd.exe", "/c", command) : List.of("/bin/sh", "-c", command);
        return start(shell, options.apply(SubprocessOptions.defaults()));
    }

    private static Subprocess start(List<String> command, SubprocessOptions options) throws IOException {
        Loop loop = Loop.current();
        Start start = new Start(builder(command, options));
        Future<Process> starting = loop.runInExecutor(PipeReader.THREADS, start);
        try {
            return new Subprocess(loop, starting.await(), options);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (Throwable notWanted) {
            start.abandon();
            throw notWanted;
        }
    }

    private static ProcessBuilder builder(List<String> command, SubprocessOptions options) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Redirect.DISCARD.equals(options.stdin()) ? Redirect.from(NULL_DEVICE) : options.stdin())
                .redirectOutput(options.stdout())
                .redirectError(options.stderr())
                .redirectErrorStream(options.stderrToStdout());
        options.directory().ifPresent(where -> builder.directory(where.toFile()));
        options.environment().ifPresent(variables -> {
            builder.environment().clear();
            builder.environment().putAll(variables);
        });
        return builder;
    }

    /** Starts the process on a thread of its own, and kills it if the caller was cancelled by then. Any thread. */
    private static final class Start implements Callable<Process> {
        private final ProcessBuilder builder;
        private @Nullable Process process;
        private boolean abandoned;

        Start(ProcessBuilder builder) {
            this.builder = builder;
        }

        @Override
        public Process call() throws IOException {
            Process started = builder.start();
            synchronized (this) {
                process = started;
                if (abandoned) {
                    started.destroyForcibly();
                }
            }
            return started;
        }

        synchronized void abandon() {
            abandoned = true;
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }
}
