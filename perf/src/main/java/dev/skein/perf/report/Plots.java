package dev.skein.perf.report;

import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;

/** The plots of a run: for each scenario and load one of each figure, a bar for each peer, with its interval. */
final class Plots {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 360;
    private static final int LABEL_DEGREES = 30;
    private static final List<Metric> PLOTTED = List.of(
            Metric.THROUGHPUT,
            Metric.P50,
            Metric.P99,
            Metric.CPU,
            Metric.RESIDENT,
            Metric.HELD,
            Metric.TIME,
            Metric.WALL,
            Metric.CPU_EACH);

    static {
        System.setProperty("java.awt.headless", "true");
    }

    private Plots() {}

    /** The plots of one table's rows as PNG, by title; those figures alone that at least two peers have. */
    static Map<String, byte[]> of(String table, List<Row> rows) throws IOException {
        Map<String, byte[]> plots = new LinkedHashMap<>();
        for (Metric metric : PLOTTED) {
            List<Row> shown =
                    rows.stream().filter(row -> row.figure(metric).isPresent()).toList();
            if (shown.size() >= 2) {
                plots.put(metric.label(), png(table, metric, shown));
            }
        }
        return plots;
    }

    private static byte[] png(String table, Metric metric, List<Row> rows) throws IOException {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(table + ": " + metric.label())
                .yAxisTitle(metric.unit())
                .build();
        chart.getStyler().setXAxisLabelRotation(LABEL_DEGREES);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setAvailableSpaceFill(0.6).setOverlapped(true);
        List<String> labels = rows.stream().map(Row::label).toList();
        addBars(chart, "Skein", labels, rows, metric, true);
        addBars(chart, "peers", labels, rows, metric, false);
        return ChartEncoder.getBytes(chart, "png");
    }

    /** Skein's bars and the others' are two series, so that they have two colours. */
    private static void addBars(
            CategoryChart chart, String series, List<String> labels, List<Row> rows, Metric metric, boolean ours) {
        List<Double> heights = new ArrayList<>();
        List<Double> errors = new ArrayList<>();
        for (Row row : rows) {
            Figure figure = Objects.requireNonNull(row.figures().get(metric));
            boolean mine = row.peer().startsWith(Row.OURS) == ours;
            heights.add(mine ? figure.median() : 0.0);
            errors.add(mine ? Math.min(figure.median(), (figure.high() - figure.low()) / 2) : 0.0);
        }
        chart.addSeries(series, labels, heights, errors);
    }
}
