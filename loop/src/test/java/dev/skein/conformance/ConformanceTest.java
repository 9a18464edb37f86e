package dev.skein.conformance;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
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
    private static final Pattern MARK = Pattern.compile("@PortOf\\(\\s*\"([^\"]+)\"\\s*\\)");

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

    /** One of the list's lines: a case, and after a dash why it does not transfer, or after a tilde what differs here. */
    private static final Pattern ENTRY = Pattern.compile("(! )?(\\S+)(?: ([-~]) (.+))?");

    /** One of CPython's files: its cases, those of them that do not transfer, that differ, and that are tricky. */
    private record Original(Set<String> cases, Set<String> out, Set<String> different, Set<String> tricky) {
        Original() {
            this(new LinkedHashSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        }

        int transfers() {
            return cases.size() - out.size();
        }
    }

    private final Map<String, Original> originals = readList();
    private final Set<String> ported = readMarks();

    @Test
    void eachMarkNamesACaseOfCPython() {
        Set<String> unknown = new TreeSet<>(ported);
        originals.forEach((file, original) -> original.cases().forEach(name -> unknown.remove(file + "." + name)));
        assertThat(unknown).isEmpty();
    }

    @Test
    void noCaseIsPortedAndSaidNotToTransfer() {
        assertThat(namesOf(Original::out).filter(ported::contains)).isEmpty();
    }

    @Test
    void casesListedAsDifferentArePorted() {
        assertThat(namesOf(Original::different).filter(name -> !ported.contains(name)))
                .isEmpty();
    }

    @Test
    void theCountIsPrinted() {
        StringBuilder table = new StringBuilder("CPython's cases that have a test here\n");
        table.append(
                "%-26s %8s %9s %7s %6s %5s%n".formatted("file", "ported", "transfers", "differs", "tricky", "open"));
        originals.forEach((file, original) -> addRow(table, file, original));
        addSum(table);
        System.out.println(table);
        assertThat(ported).isNotEmpty();
    }

    private void addRow(StringBuilder table, String file, Original original) {
        long done = count(file, original.cases());
        table.append("%-26s %8d %9d %7d %3d/%-2d %5d%n"
                .formatted(
                        file,
                        done,
                        original.transfers(),
                        original.different().size(),
                        count(file, original.tricky()),
                        original.tricky().size(),
                        original.transfers() - done));
    }

    private void addSum(StringBuilder table) {
        int transfers =
                originals.values().stream().mapToInt(Original::transfers).sum();
        table.append("%-26s %8d %9d %7d%n"
                .formatted(
                        "all",
                        ported.size(),
                        transfers,
                        namesOf(Original::different).count()));
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
        assertThat(count(file, original.cases()))
                .as(file)
                .isGreaterThanOrEqualTo(Math.ceilDiv((long) original.transfers() * ofTen, 10));
        assertThat(original.tricky().stream().filter(name -> !ported.contains(file + "." + name)))
                .as(file)
                .isEmpty();
    }

    /** Of each file, the names that {@code which} gives, as the marks have them. */
    private Stream<String> namesOf(Function<Original, Set<String>> which) {
        return originals.entrySet().stream()
                .flatMap(file -> which.apply(file.getValue()).stream().map(name -> file.getKey() + "." + name));
    }

    private long count(String file, Set<String> names) {
        return names.stream().filter(name -> ported.contains(file + "." + name)).count();
    }

    private static Map<String, Original> readList() {
        Map<String, Original> files = new LinkedHashMap<>();
        Original current = new Original();
        for (String line : lines(LIST)) {
            if (line.startsWith("[")) {
                current = new Original();
                files.put(line.substring(1, line.length() - 1), current);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                addCase(current, line);
            }
        }
        return files;
    }

    private static void addCase(Original file, String line) {
        Matcher entry = ENTRY.matcher(line);
        assertThat(entry.matches()).as(line).isTrue();
        String name = entry.group(2);
        assertThat(file.cases().add(name)).as(line + ": is there twice").isTrue();
        if (entry.group(1) != null) {
            file.tricky().add(name);
        }
        if (entry.group(3) != null) {
            (entry.group(3).equals("-") ? file.out() : file.different()).add(name);
        }
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
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
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
