package dev.skein.perf.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The report as Markdown: the bars, a table for each scenario and load, the machine. */
public final class Markdown {
    private Markdown() {}

    /** The whole report. */
    public static String of(Results results) {
        StringBuilder text = new StringBuilder("# Skein measured\n\n");
        text.append(results.date())
                .append(", `")
                .append(results.commands())
                .append("`\n\n## Bars\n\n")
                .append(table(barCells(results)));
        results.doubts().forEach(doubt -> text.append("\n> ").append(doubt).append('\n'));
        results.tables()
                .forEach((name, rows) ->
                        text.append("\n## ").append(name).append("\n\n").append(tables(rows)));
        appendSection(text, "Failed", results.failed());
        appendSection(text, "Not measured", results.skipped());
        text.append("\n## Machine and versions\n\n");
        appendList(text, results.machine());
        appendList(text, results.versions());
        return text.append(
                        "\nMedians, with their confidence intervals of 95 %. Ratios are Skein / peer, of neighbouring rounds.\n")
                .toString();
    }

    private static void appendSection(StringBuilder text, String title, List<String> items) {
        if (!items.isEmpty()) {
            text.append("\n## ").append(title).append("\n\n");
            items.forEach(item -> text.append("- ").append(item).append('\n'));
        }
    }

    private static void appendList(StringBuilder text, Map<String, String> entries) {
        entries.forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
    }

    /** The bars as a table's cells, its head first. */
    static List<List<String>> barCells(Results results) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("Bar", "bound", "measured", ""));
        for (Bar bar : Bar.of(results)) {
            String measured = bar.measured().map(Figure::toString).orElse("");
            cells.add(List.of(bar.text(), bar.boundText(), measured, bar.verdict()));
        }
        return cells;
    }

    private static String tables(List<Row> rows) {
        List<List<String>> ratios = ratioCells(rows);
        return table(cells(rows)) + (ratios.isEmpty() ? "" : "\n" + table(ratios));
    }

    /** The rows of one table as cells, its head first: the figures that any of them has. */
    static List<List<String>> cells(List<Row> rows) {
        return cells(
                rows,
                metric -> metric.label() + ", " + metric.unit(),
                Row::figure,
                figure -> Figure.rounded(figure.median()));
    }

    /** Their ratios as cells; nothing where there are none. */
    static List<List<String>> ratioCells(List<Row> rows) {
        List<Row> rivals = rows.stream().filter(row -> !row.ratios().isEmpty()).toList();
        return rivals.isEmpty()
                ? List.of()
                : cells(rivals, metric -> "Skein / peer, " + metric.label(), Row::ratio, Figure::toString);
    }

    private static List<List<String>> cells(
            List<Row> rows,
            Function<Metric, String> title,
            BiFunction<Row, Metric, Optional<Figure>> value,
            Function<Figure, String> text) {
        List<Metric> metrics = Arrays.stream(Metric.values())
                .filter(metric ->
                        rows.stream().anyMatch(row -> value.apply(row, metric).isPresent()))
                .toList();
        List<List<String>> cells = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        metrics.forEach(metric -> head.add(title.apply(metric)));
        cells.add(head);
        for (Row row : rows) {
            List<String> line = new ArrayList<>(List.of(row.label()));
            metrics.forEach(
                    metric -> line.add(value.apply(row, metric).map(text).orElse("")));
            cells.add(line);
        }
        return cells;
    }

    private static String table(List<List<String>> cells) {
        String head = line(cells.getFirst());
        String rule = line(cells.getFirst().stream().map(cell -> "---").toList());
        return head + rule + cells.stream().skip(1).map(Markdown::line).collect(Collectors.joining());
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
