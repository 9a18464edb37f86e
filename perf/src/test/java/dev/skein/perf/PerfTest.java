package dev.skein.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.perf.report.Figure;
import dev.skein.perf.report.Metric;
import dev.skein.perf.report.Results;
import dev.skein.perf.report.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class PerfTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();
    private final CommandLine perf =
            Perf.commandLine().setErr(new PrintWriter(err, true)).setOut(new PrintWriter(out, true));

    @Test
    void withoutASubcommandItSaysThatOneIsMissing() {
        assertThat(perf.execute()).isEqualTo(2);
        assertThat(err.toString()).startsWith("no measurement named: give one of the subcommands");
    }

    @Test
    void helpNamesTheMeasurementsAndNotTheProcessesThatTheyStart() {
        assertThat(perf.execute("--help")).isZero();
        assertThat(out.toString()).contains("echo", "jmh", "sleepers").doesNotContainPattern("(?m)^ {2}(serve|load) ");
    }

    @Test
    void anOptionOutOfItsRangeIsRefusedWithItsValue() {
        assertThat(perf.execute("echo", "--connections", "0")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--connections: 0 is not between 1 and 10000");
    }

    @Test
    void aRoundTooShortToMeasureIsRefused() {
        assertThat(perf.execute("echo", "--seconds", "0.05")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--seconds: 0.05 is not between 0.1 and 600.0");
    }

    @Test
    void oneOfSeveralPayloadsOutOfItsRangeIsRefused() {
        assertThat(perf.execute("echo", "--payload", "64,-1")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--payload: -1 is not between 1 and 16777216");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lines", "chat", "churn", "tls"})
    void aPayloadThatAScenarioCannotSendIsRefused(String scenario) {
        assertThat(perf.execute(scenario, "--payload", "16777217")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--payload: 16777217 is not between 1 and ");
    }

    @Test
    void moreLinesInFlightThanTheScenarioTakesAreRefused() {
        assertThat(perf.execute("chat", "--depth", "101")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--depth: 101 is not between 1 and 100");
    }

    @Test
    void aTransportThatDoesNotExistIsRefusedWithThoseThatDo() {
        assertThat(perf.execute("echo", "--transport", "carrier-pigeon")).isEqualTo(2);
        assertThat(err.toString()).contains("'carrier-pigeon'").contains("nio", "epoll", "io_uring");
    }

    @Test
    void aTransportOfAnotherSystemIsRefusedBeforeAnythingStarts() {
        String foreign = System.getProperty("os.name").startsWith("Linux") ? "kqueue" : "epoll";

        assertThat(perf.execute("echo", "--transport", foreign)).isEqualTo(2);
        assertThat(err.toString()).startsWith("--transport: " + foreign + " is not available here");
    }

    @Test
    void noSleepersAreRefused() {
        assertThat(perf.execute("sleepers", "--count", "0")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--count: 0 is not between 1 and 1000000");
    }

    @Test
    void aLossBetweenTwoRunsIsToldAndIsAStatus(@TempDir Path directory) throws IOException {
        Path before = write(100, directory.resolve("before.json"));
        Path after = write(80, directory.resolve("after.json"));

        assertThat(perf.execute("compare", after.toString(), "--against", before.toString()))
                .isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "WORSE  echo: 64 B, Skein, throughput: 100 (100..100) -> 80.0 (80.0..80.0), -20.0 %",
                        "1 changed");
        assertThat(perf.execute("compare", before.toString(), "--against", before.toString()))
                .isZero();
        assertThat(out.toString()).contains("nothing changed beyond the noise");
    }

    @Test
    void aScenarioRunsFromItsCommandToItsRatios() {
        assertThat(perf.execute("http", "--pairs", "1", "--seconds", "0.1", "--warm-up", "1"))
                .isZero();
        assertThat(out.toString()).contains("Skein / raw Netty, median (min..max) of ");
    }

    @Test
    void aCollectorThatDoesNotExistIsRefused() {
        assertThat(perf.execute("jmh", "--gc", "cms")).isEqualTo(2);
        assertThat(err.toString()).contains("'cms'");
    }

    private static Path write(double throughput, Path file) throws IOException {
        Map<Metric, Figure> figures = Map.of(Metric.THROUGHPUT, Figure.single(throughput));
        Row row = new Row("echo", "64 B", Row.OURS, "Skein", figures, Map.of());
        new Results("", "", Map.of(), Map.of(), List.of(row), List.of(), List.of(), List.of()).write(file);
        return file;
    }
}
