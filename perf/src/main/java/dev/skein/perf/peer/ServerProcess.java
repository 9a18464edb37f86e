package dev.skein.perf.peer;

import dev.skein.perf.load.RequestKind;
import dev.skein.perf.process.ChildProcess;
import dev.skein.perf.process.JvmStats;
import dev.skein.perf.process.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A server that runs in a process of its own and can be loaded. */
public final class ServerProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final String name;
    private final ChildProcess process;
    private final int port;
    private final Program program;
    private final Set<RequestKind> warm = EnumSet.noneOf(RequestKind.class);

    private ServerProcess(String name, ChildProcess process, int port, Program program) {
        this.name = name;
        this.process = process;
        this.port = port;
        this.program = program;
    }

    /**
     * Starts {@code command}, which is one of {@code program}, and waits until the server listens. If that runs in a JVM of ours,
     * the command is a {@code perf serve}, which can be asked for {@link JvmStats}.
     */
    static ServerProcess start(String name, List<String> command, Program program)
            throws IOException, InterruptedException {
        ChildProcess process = ChildProcess.start(name, command);
        try {
            int port = Integer.parseInt(process.readAfter(Protocol.LISTENING, START));
            return new ServerProcess(name, process, port, program);
        } catch (IOException | InterruptedException | RuntimeException failure) {
            process.close();
            throw failure;
        }
    }

    /** Its name in the report. */
    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    /** Where it listens, on 127.0.0.1. */
    public int port() {
        return port;
    }

    public boolean isJvm() {
        return program.isJvm();
    }

    /** Whether it gets faster while it runs. */
    public boolean warmsUp() {
        return program.warmsUp();
    }

    /** Whether this kind of load is new to it, so that it must be warmed up; false from the second time on. */
    public boolean isNew(RequestKind kind) {
        return warm.add(kind);
    }

    /** What its JVM tells; {@code question} is {@link Protocol#STATS} or {@link Protocol#COLLECT}. */
    public JvmStats ask(String question) throws IOException, InterruptedException {
        process.writeLine(question);
        return JvmStats.parse(process.readAfter(question, ANSWER));
    }

    /** The memory that the system counts for it, in bytes; 0 where the system does not say. */
    public long residentBytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(pid()), "status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return 1_024 * Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    @Override
    public void close() {
        process.close();
    }

    @Override
    public String toString() {
        return "ServerProcess[" + name + ", " + process + "]";
    }
}
