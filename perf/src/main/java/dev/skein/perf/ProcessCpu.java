package dev.skein.perf;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The CPU time of a process, all its threads together.
 *
 * <p>Linux accounts for each thread in nanoseconds ({@code schedstat}); elsewhere it is the JDK's word, which may be as
 * coarse as 10 ms. The time of a thread that ends between two readings is lost; a server's threads live as long as it.
 */
final class ProcessCpu {
    private final long pid;
    private final Path threads;
    private Map<Path, Long> marked = Map.of();
    private long markedTotal;

    ProcessCpu(long pid) {
        this.pid = pid;
        this.threads = Path.of("/proc", Long.toString(pid), "task");
    }

    /** Sets the moment from which {@link #nanosSinceMark} counts. */
    void mark() throws IOException {
        marked = perThread();
        markedTotal = marked.isEmpty() ? total() : 0;
    }

    long nanosSinceMark() throws IOException {
        return marked.isEmpty() ? total() - markedTotal : used(marked, perThread());
    }

    /** What was used between two readings: a thread that is new counts from zero. */
    static <K> long used(Map<K, Long> before, Map<K, Long> after) {
        long nanos = 0;
        for (Map.Entry<K, Long> thread : after.entrySet()) {
            nanos += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return nanos;
    }

    /** The time on a core, in nanoseconds: the first of the three numbers in a thread's {@code schedstat}. */
    static long onCore(String schedstat) {
        int end = schedstat.indexOf(' ');
        if (end <= 0) {
            throw new IllegalArgumentException("not a schedstat: '" + schedstat.trim() + "'");
        }
        return Long.parseLong(schedstat.substring(0, end));
    }

    private Map<Path, Long> perThread() throws IOException {
        if (!Files.isDirectory(threads)) {
            return Map.of();
        }
        Map<Path, Long> nanos = new HashMap<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(threads)) {
            for (Path thread : directories) {
                try {
                    nanos.put(thread, onCore(Files.readString(thread.resolve("schedstat"))));
                } catch (IOException ended) {
                    // Between the listing and the reading; or a kernel without schedstat, and then none is read.
                }
            }
        }
        return nanos;
    }

    private long total() throws IOException {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toNanos)
                .orElseThrow(() -> new IOException("no CPU time to be had of process " + pid + ": has it ended?"));
    }
}
