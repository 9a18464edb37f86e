package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.testsupport.Await;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A JVM of its own, for a program that a test watches from outside. It has this JVM's class path and runs coroutines as
 * this JVM does, unless told otherwise. It compiles quickly and collects with one thread, since most of them end within a
 * second.
 */
final class ChildJvm {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Class<?> main;
    private final List<String> options = new ArrayList<>();
    private Predicate<String> onClassPath = entry -> true;
    private String first = "";
    private boolean modular;
    private boolean withFlag = RuntimeMode.isMounted();
    private boolean withAgent;

    private ChildJvm(Class<?> main) {
        this.main = main;
    }

    static ChildJvm of(Class<?> main) {
        return new ChildJvm(main);
    }

    ChildJvm with(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** And with nothing that does the same. */
    ChildJvm withoutFlag() {
        withFlag = false;
        return this;
    }

    /** Without the flag, but with what may do the same. */
    ChildJvm withAgent() {
        withAgent = true;
        return withoutFlag();
    }

    /** Puts these before all else. */
    ChildJvm withFirst(Path entry) {
        first = entry + File.pathSeparator;
        return this;
    }

    /** Leaves out the jars and directories whose name contains {@code part}. */
    ChildJvm withoutJars(String part) {
        onClassPath = onClassPath.and(entry -> !new File(entry).getName().contains(part));
        return this;
    }

    /** Puts Skein and what it requires on the module path, and the program into Skein's module. */
    ChildJvm onModulePath() {
        modular = true;
        return this;
    }

    /** Starts it, and waits for its end. */
    Ended run(String... arguments) {
        return start(arguments).await();
    }

    Running start(String... arguments) {
        List<String> command = new ArrayList<>();
        if (new File("/proc/self/status").exists()) {
            // A shell starts what it puts in the background with SIGINT ignored, and a JVM leaves it so.
            command.addAll(List.of("env", "--default-signal=INT,TERM"));
        }
        command.add(System.getProperty("java.home") + "/bin/java");
        if (withFlag) {
            command.addAll(Arrays.asList(VirtualThreads.FLAG.split(" ")));
        } else if (!withAgent) {
            command.add("-Dskein.agent=off");
        }
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.add("-XX:TieredStopAtLevel=1");
        if (options.stream().noneMatch(option -> option.endsWith("GC"))) {
            command.add("-XX:+UseSerialGC");
        }
        command.addAll(options);
        command.addAll(modular ? mainInModule() : List.of("-cp", classPath(), main.getName()));
        command.addAll(List.of(arguments));
        try {
            return new Running(new ProcessBuilder(command).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String classPath() {
        return first
                + String.join(File.pathSeparator, entries().filter(onClassPath).toList());
    }

    private List<String> mainInModule() {
        String skein = directoryOf(VirtualThreads.class);
        List<String> jars = entries()
                .filter(onClassPath)
                .filter(entry -> isRequired(new File(entry).getName()))
                .toList();
        return List.of(
                "--module-path",
                skein + File.pathSeparator + String.join(File.pathSeparator, jars),
                "--patch-module",
                "dev.skein.loop=" + directoryOf(main),
                "--module",
                "dev.skein.loop/" + main.getName());
    }

    private boolean isRequired(String jar) {
        return jar.startsWith("netty-") || (withAgent && jar.startsWith("byte-buddy-agent-"));
    }

    private static Stream<String> entries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
    }

    /** The path of a jar that this JVM has on its class path. */
    static String jar(String name) {
        return entries()
                .filter(entry -> new File(entry).getName().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    private static String directoryOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    /** What a child has left: its exit status and the lines that it printed. */
    record Ended(int status, List<String> out, List<String> err) {
        /** The result of a program that went well and printed one line. */
        String line() {
            assertThat(status).as(toString()).isZero();
            assertThat(out).as(toString()).hasSize(1);
            return out.getFirst();
        }
    }

    /** A child that runs. */
    static final class Running {
        private final Process process;
        private final Lines out;
        private final Lines err;

        Running(Process process) {
            this.process = process;
            this.out = new Lines(process.getInputStream());
            this.err = new Lines(process.getErrorStream());
        }

        /** Waits until it has printed {@code line}. */
        void awaitLine(String line) throws InterruptedException {
            String next = out.next();
            while (!next.equals(line)) {
                next = out.next();
            }
        }

        /** Waits until it has printed a line to its standard error that contains {@code part}. */
        void awaitError(String part) throws InterruptedException {
            String next = err.next();
            while (!next.contains(part)) {
                next = err.next();
            }
        }

        long pid() {
            return process.pid();
        }

        /** Sends it a signal, by name: INT, TERM. */
        void signal(String name) throws IOException, InterruptedException {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            assertThat(kill.waitFor()).isZero();
        }

        Ended await() {
            try {
                boolean ended = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                }
                Ended end = new Ended(process.exitValue(), out.all(), err.all());
                assertThat(ended).as("ended within " + LIMIT + ": " + end).isTrue();
                return end;
            } catch (InterruptedException e) {
                process.destroyForcibly();
                throw new AssertionError("interrupted while a child JVM ran", e);
            }
        }
    }

    /** What a child prints, read as it comes, so that its pipe does not fill. */
    private static final class Lines {
        private final List<String> lines = new ArrayList<>();
        private final BlockingQueue<String> fresh = new LinkedBlockingQueue<>();
        private final Thread reader;

        Lines(InputStream from) {
            reader = Thread.ofPlatform().daemon().start(() -> read(from));
        }

        private void read(InputStream from) {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    synchronized (lines) {
                        lines.add(line);
                    }
                    fresh.add(line);
                }
            } catch (IOException killed) {
                fresh.add("(cut: " + killed + ")");
            }
        }

        String next() throws InterruptedException {
            String line = fresh.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(line).as("a line within " + LIMIT).isNotNull();
            return line;
        }

        List<String> all() throws InterruptedException {
            Await.join(reader);
            synchronized (lines) {
                return List.copyOf(lines);
            }
        }
    }
}
