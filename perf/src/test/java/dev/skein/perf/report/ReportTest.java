package dev.skein.perf.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @Test
    void aFigureLiesBetweenMeasurementsChosenByRank() {
        double[] values = new double[25];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }

        assertThat(Figure.of(values)).isEqualTo(new Figure(12, 7, 17, 25));
        assertThat(Figure.of(3, 1, 2)).isEqualTo(new Figure(2, 1, 3, 3));
    }

    @Test
    void resultsAreTheSameAfterTheirWayThroughAFile(@TempDir Path directory) throws IOException {
        Results results = results(1.05);
        Path file = directory.resolve("results.json");

        results.write(file);

        assertThat(Results.read(file)).isEqualTo(results);
    }

    @Test
    void aFileOfSomethingElseIsNamed(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("notes.json"), "no JSON");

        assertThatThrownBy(() -> Results.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot read the results in " + file);
    }

    @Test
    void aBarIsHeldOrMissedOrWasNotMeasured() {
        List<String> bars = Bar.of(results(0.99)).stream().map(Bar::toString).toList();

        assertThat(bars)
                .contains(
                        "held              echo 64 B, 50 connections: Skein / raw, throughput: 0.99 (0.98..1.00) >= 0.97",
                        "not measured      echo 1,024 B, 50 connections: Skein / raw, throughput:  >= 0.97");
        assertThat(Bar.of(results(0.90)).getFirst().isHeld()).contains(false);
    }

    @Test
    void aBarMeasuredWhileOtherProgramsRanSaysSo() {
        Map<Metric, Figure> figures = Map.of(Metric.THROUGHPUT, around(50_000), Metric.DISTURBED, Figure.single(100));
        Row raw = new Row(
                "echo", "64 B, 50 connections", "raw", "raw Netty", figures, Map.of(Metric.THROUGHPUT, around(1.0)));

        assertThat(Bar.of(results(List.of(raw))).getFirst().toString()).startsWith("held, disturbed   echo 64 B");
    }

    @Test
    void aChangeBeyondTheNoiseIsTold() {
        assertThat(Change.between(results(1.00), results(1.005))).isEmpty();
        assertThat(Change.between(results(1.00), results(0.92)))
                .singleElement()
                .asString()
                .startsWith(
                        "WORSE  echo: 64 B, 50 connections, Skein / raw Netty, throughput: 1.00 (0.99..1.01) -> 0.92")
                .endsWith("-8.0 %");
    }

    @Test
    void aDisturbedRoundIsNotCompared() {
        Row calm = echoOf(100, 0);
        Row restless = echoOf(50, 100);

        assertThat(Change.between(results(List.of(calm)), results(List.of(restless))))
                .isEmpty();
        assertThat(Change.disturbed(results(List.of(calm)), results(List.of(restless))))
                .containsExactly("echo: 64 B, Skein");
        assertThat(Change.disturbed(results(List.of(calm)), results(List.of(calm))))
                .isEmpty();
    }

    private static Row echoOf(double throughput, double disturbed) {
        Map<Metric, Figure> figures =
                Map.of(Metric.THROUGHPUT, around(throughput), Metric.DISTURBED, Figure.single(disturbed));
        return new Row("echo", "64 B", Row.OURS, "Skein", figures, Map.of());
    }

    @Test
    void theReportHasEachTableAndThePageItsPlots() throws IOException {
        Results results = results(0.99);

        assertThat(Markdown.of(results))
                .contains("## echo: 64 B, 50 connections", "| raw Netty | 50,000 |", "| Skein | 49,500 |")
                .contains("## Failed\n\n- chat, Node: no answer for 30 s\n");
        assertThat(Html.of(results)).contains("<td class=held>held", "src=\"data:image/png;base64,iVBOR");
    }

    private static Results results(double ratio) {
        Map<Metric, Figure> raw = Map.of(Metric.THROUGHPUT, around(50_000));
        Map<Metric, Figure> skein = Map.of(Metric.THROUGHPUT, around(50_000 * ratio));
        String load = "64 B, 50 connections";
        return results(List.of(
                new Row("echo", load, Row.OURS, "Skein", skein, Map.of()),
                new Row("echo", load, "raw", "raw Netty", raw, Map.of(Metric.THROUGHPUT, around(ratio)))));
    }

    private static Results results(List<Row> rows) {
        return new Results(
                "2026-01-01T00:00:00Z",
                "perf all",
                Map.of("cores", "2"),
                Map.of("raw Netty", "Netty 4.2"),
                rows,
                List.of(),
                List.of("chat, Node: no answer for 30 s"),
                List.of());
    }

    private static Figure around(double median) {
        return new Figure(median, median * 0.99, median * 1.01, 9);
    }
}
