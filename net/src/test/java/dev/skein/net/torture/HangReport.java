package dev.skein.net.torture;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What is known of those who are silent: where each stands, and a dump of all threads, the virtual ones too. */
final class HangReport {
    private static final Path DUMP = Path.of("target", "torture-threads.txt").toAbsolutePath();
    private static final int FRAMES = 25;

    private HangReport() {}

    static String of(List<Pulse> silent) {
        return silent.stream().map(HangReport::stackOf).collect(Collectors.joining("\n")) + "\nall threads: " + dump();
    }

    private static String stackOf(Pulse pulse) {
        Thread last = pulse.thread();
        return last == null
                ? pulse.name()
                : Arrays.stream(last.getStackTrace())
                        .limit(FRAMES)
                        .map(frame -> "    at " + frame)
                        .collect(Collectors.joining(
                                "\n", pulse.name() + ": " + last + " " + last.getState() + "\n", ""));
    }

    private static String dump() {
        try {
            Files.createDirectories(DUMP.getParent());
            Files.deleteIfExists(DUMP);
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(DUMP.toString(), ThreadDumpFormat.TEXT_PLAIN);
            return DUMP.toString();
        } catch (IOException e) {
            return "not written: " + e;
        }
    }
}
