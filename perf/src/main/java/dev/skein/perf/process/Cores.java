package dev.skein.perf.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Two cores of this machine: one for the servers, one for what loads them.
 *
 * @param server the servers' core
 * @param load the load generator's core
 */
public record Cores(int server, int load) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";

    /** Two cores that this process may use, or empty where there are not two or no {@code taskset} to pin a child with. */
    public static Optional<Cores> find() {
        try {
            List<Integer> allowed = allowed(Files.readAllLines(STATUS));
            return allowed.size() >= 2 && canPin(allowed.get(0))
                    ? Optional.of(new Cores(allowed.get(0), allowed.get(1)))
                    : Optional.empty();
        } catch (IOException notLinux) {
            return Optional.empty();
        }
    }

    /** The cores named in the lines of {@code /proc/self/status}, for instance {@code Cpus_allowed_list: 0-3,8}. */
    static List<Integer> allowed(List<String> status) {
        List<Integer> cores = new ArrayList<>();
        for (String line : status) {
            if (line.startsWith(ALLOWED)) {
                for (String range : line.substring(ALLOWED.length()).trim().split(",", -1)) {
                    String[] ends = range.split("-", -1);
                    int last = Integer.parseInt(ends[ends.length - 1]);
                    for (int core = Integer.parseInt(ends[0]); core <= last; core++) {
                        cores.add(core);
                    }
                }
            }
        }
        return cores;
    }

    /** The words that start a command on that core alone. */
    public static List<String> pinnedTo(int core) {
        return List.of("taskset", "-c", Integer.toString(core));
    }

    private static boolean canPin(int core) {
        List<String> command = new ArrayList<>(pinnedTo(core));
        command.add("true");
        try {
            Process pinned = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return pinned.waitFor(10, TimeUnit.SECONDS) && pinned.exitValue() == 0;
        } catch (IOException noTaskset) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
