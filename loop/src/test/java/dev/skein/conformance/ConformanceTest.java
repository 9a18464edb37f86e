package dev.skein.conformance;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Which of CPython's own cases have a test here: prints the count for each of its files, and holds the list to the tests. */
@Execution(ExecutionMode.CONCURRENT)
class ConformanceTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path LIST = ROOT.resolve("docs/asyncio-tests.txt");
    private static final Pattern MARK = Pattern.compile("@Asyncio\\(\\s*\"([^\"]+)\"\\s*\\)");

    /** The files about what is in the loop itself: nine of ten of their cases have a test, and each of the tricky ones. */
    private static final List<String> COMPLETE = List.of(
            "test_taskgroups",
            "test_timeouts",
            "test_waitfor",
            "test_tasks",
            "test_futures",
            "test_locks",
            "test_queues",
            "test_runners",
            "test_staggered",
            "test_eager_task_factory",
            "test_threads",
            "test_graph",
            "test_tools");

    /** The files about the network: eight of ten of their cases have a test, and each of the tricky ones. */
    private static final List<String> NETWORK =
            List.of("test_streams", "test_server", "test_events", "test_ssl", "test_sendfile", "test_sock_lowlevel");

    /** One of CPython's files: how many of its cases transfer, and the cases, each with why it does not, or "". */
    private record Original(int transfers, Map<String, String> cases, Set<String> tricky) {}

    private final Map<String, Original> originals = readList();
    private final Set<String> ported = readMarks();

    @Test
    void eachMarkNamesACaseOfCPython() {
        Set<String> unknown = new TreeSet<>(ported);
        originals.forEach(
                (file, original) -> original.cases().keySet().forEach(name -> unknown.remove(file + "." + name)));
        assertThat(unknown).isEmpty();
    }

    @Test
    void noCaseIsPortedAndSaidNotToTransfer() {
        List<String> both = new ArrayList<>();
        originals.forEach((file, original) -> original.cases().forEach((name, reason) -> {
            if (!reason.isEmpty() && ported.contains(file + "." + name)) {
                both.add(file + "." + name);
            }
        }));
        assertThat(both).isEmpty();
    }

    @Test
    void theCountIsPrinted() {
        StringBuilder table = new StringBuilder("CPython's cases that have a test here\n");
        table.append("%-26s %8s %9s %6s %5s%n".formatted("file", "ported", "transfers", "tricky", "open"));
        originals.forEach((file, original) -> {
            long done = count(file, original.cases().keySet());
            long hard = count(file, original.tricky());
            long out =
                    original.cases().values().stream().filter(r -> !r.isEmpty()).count();
            table.append("%-26s %8d %9d %3d/%-2d %5d%n"
                    .formatted(
                            file,
                            done,
                            original.transfers(),
                            hard,
                            original.tricky().size(),
                            original.cases().size() - done - out));
        });
        System.out.println(table);
        assertThat(ported).isNotEmpty();
    }

    @Test
    void nineOfTenCasesOfTheLoopsFilesAndAllTrickyOnesHaveATest() {
        COMPLETE.forEach(file -> assertPorted(file, 9));
    }

    @Test
    void eightOfTenCasesOfTheNetworksFilesAndAllTrickyOnesHaveATest() {
        NETWORK.forEach(file -> assertPorted(file, 8));
    }

    private void assertPorted(String file, int ofTen) {
        Original original = Objects.requireNonNull(originals.get(file));
        assertThat(count(file, original.cases().keySet()))
                .as(file)
                .isGreaterThanOrEqualTo(Math.ceilDiv((long) original.transfers() * ofTen, 10));
        assertThat(original.tricky().stream().filter(name -> !ported.contains(file + "." + name)))
                .as(file)
                .isEmpty();
    }

    private long count(String file, Set<String> names) {
        return names.stream().filter(name -> ported.contains(file + "." + name)).count();
    }

    private static Map<String, Original> readList() {
        Map<String, Original> files = new LinkedHashMap<>();
        Original current = null;
        for (String line : lines(LIST)) {
            if (line.startsWith("[")) {
                String[] head = line.substring(1).split("\\] ", 2);
                current = new Original(Integer.parseInt(head[1]), new LinkedHashMap<>(), new TreeSet<>());
                files.put(head[0], current);
            } else if (current != null && !line.isBlank() && !line.startsWith("#")) {
                boolean tricky = line.startsWith("! ");
                String[] entry = line.substring(tricky ? 2 : 0).split(" - ", 2);
                current.cases().put(entry[0], entry.length > 1 ? entry[1] : "");
                if (tricky) {
                    current.tricky().add(entry[0]);
                }
            }
        }
        return files;
    }

    private static Set<String> readMarks() {
        try (Stream<Path> sources = Stream.of("loop", "net")
                .map(module -> ROOT.resolve(module).resolve("src/test/java"))
                .flatMap(ConformanceTest::javaFiles)) {
            return sources.flatMap(source -> MARK.matcher(String.join("\n", lines(source)))
                            .results()
                            .map(MatchResult::group))
                    .map(mark -> MARK.matcher(mark).replaceFirst("$1"))
                    .collect(toCollection(TreeSet::new));
        }
    }

    private static Stream<Path> javaFiles(Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(file -> file.toString().endsWith("Test.java")).toList().stream();
        } catch (IOException e) {
            throw new IllegalStateException("cannot list " + tree, e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }
}
