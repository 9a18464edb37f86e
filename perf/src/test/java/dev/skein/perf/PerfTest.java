package dev.skein.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PerfTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();
    private final CommandLine perf =
            Perf.commandLine().setErr(new PrintWriter(err, true)).setOut(new PrintWriter(out, true));

    @Test
    void withoutASubcommandItSaysThatOneIsMissing() {
        assertThat(perf.execute()).isEqualTo(2);
        assertThat(err.toString()).startsWith("which measurement? Give one of the subcommands");
    }

    @Test
    void helpNamesTheMeasurementsAndNotTheProcessesThatTheyStart() {
        assertThat(perf.execute("--help")).isZero();
        assertThat(out.toString()).contains("echo", "jmh", "sleepers").doesNotContainPattern("(?m)^ +(serve|load) ");
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
    void aCollectorThatDoesNotExistIsRefused() {
        assertThat(perf.execute("jmh", "--gc", "cms")).isEqualTo(2);
        assertThat(err.toString()).contains("'cms'");
    }
}
