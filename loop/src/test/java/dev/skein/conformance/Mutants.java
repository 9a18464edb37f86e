package dev.skein.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * What {@code mvn -Pmutants} ends with: counts PIT's mutants by class, and fails if one survived that docs/mutants.txt does
 * not name. Its arguments are PIT's report, that list and the folder of the sources.
 */
final class Mutants {
    /** Between the parts of a line of the list: the class, the method, the change, the line of code, the reason. */
    private static final String SEPARATOR = " ~ ";

    private static final String ROW = "%-55s %8s %8s %8s %8s %8s%n";

    /** What became of the mutants of one class. */
    private static final class Count {
        int killed;
        int timedOut;
        int named;
        int left;

        int all() {
            return killed + timedOut + named + left;
        }
    }

    private final Path sources;
    private final List<String> named;
    private final List<String> left = new ArrayList<>();
    private final Map<String, Count> counts = new TreeMap<>();

    private Mutants(Path list, Path sources) throws IOException {
        this.sources = sources;
        try (Stream<String> lines = Files.lines(list)) {
            this.named = new ArrayList<>(lines.filter(line -> line.contains(SEPARATOR))
                    .map(line -> line.substring(0, line.lastIndexOf(SEPARATOR)))
                    .toList());
        }
    }

    /** {@code Mutants mutations.xml mutants.txt src/main/java}. */
    public static void main(String[] args) throws Exception {
        Path report = Path.of(args[0]);
        if (!Files.exists(report)) {
            // None of the classes that were named is in this module.
            return;
        }
        Mutants mutants = new Mutants(Path.of(args[1]), Path.of(args[2]));
        NodeList all = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("mutation");
        for (Element each : IntStream.range(0, all.getLength())
                .mapToObj(all::item)
                .map(Element.class::cast)
                .toList()) {
            mutants.add(each);
        }
        mutants.print();
        // PIT writes none where it has nothing to change: the next run is not to find this one.
        Files.move(report, report.resolveSibling("last.xml"), StandardCopyOption.REPLACE_EXISTING);
        System.exit(mutants.left.isEmpty() ? 0 : 1);
    }

    /** One of the list's lines stands for one mutant: the same change may be possible twice in a line of code. */
    private void add(Element mutant) throws IOException {
        String type = text(mutant, "mutatedClass");
        Count count = counts.computeIfAbsent(type.replaceFirst("\\$.*", ""), _ -> new Count());
        switch (mutant.getAttribute("status")) {
            case "SURVIVED", "NO_COVERAGE" -> {
                String line = String.join(
                        SEPARATOR,
                        type,
                        text(mutant, "mutatedMethod"),
                        text(mutant, "description"),
                        code(mutant, type));
                if (named.remove(line)) {
                    count.named++;
                } else {
                    count.left++;
                    left.add(line);
                }
            }
            case "TIMED_OUT" -> count.timedOut++;
            default -> count.killed++;
        }
    }

    private String code(Element mutant, String type) throws IOException {
        Path file = sources.resolve(type.replace('.', '/')).resolveSibling(text(mutant, "sourceFile"));
        return Files.readAllLines(file)
                .get(Integer.parseInt(text(mutant, "lineNumber")) - 1)
                .strip();
    }

    private static String text(Element mutant, String name) {
        return mutant.getElementsByTagName(name).item(0).getTextContent();
    }

    private void print() {
        System.out.printf(ROW, "class", "mutants", "killed", "hung", "named", "left");
        counts.forEach((type, count) ->
                System.out.printf(ROW, type, count.all(), count.killed, count.timedOut, count.named, count.left));
        named.stream()
                .filter(line -> counts.containsKey(line.replaceFirst("( |\\$).*", "")))
                .forEach(line -> System.out.println("named, but killed or gone: " + line));
        left.forEach(line -> System.out.println("left: " + line));
    }
}
