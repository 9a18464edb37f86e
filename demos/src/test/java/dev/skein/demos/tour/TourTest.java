package dev.skein.demos.tour;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TourTest {
    private final Printed printed = new Printed();
    private final StringWriter errors = new StringWriter();

    private int tour(String... args) {
        CommandLine tour = Tour.commandLine(printed.out());
        tour.setOut(new PrintWriter(printed.out(), true, UTF_8));
        tour.setErr(new PrintWriter(errors, true));
        return tour.execute(args);
    }

    @Test
    void withoutANameListsEveryStop() {
        assertThat(tour()).isZero();

        assertThat(printed.lines())
                .hasSameSizeAs(Stop.ALL)
                .startsWith("run                run(main): a loop for one coroutine");
    }

    @Test
    void runsTheProgramsThatAreNamed() {
        assertThat(tour("run", "await-outside")).isZero();

        assertThat(printed.lines())
                .startsWith("== run: run(main): a loop for one coroutine", "hello")
                .contains("== await-outside: an await outside a coroutine, and what it says");
    }

    @Test
    void anUnknownNameIsRefusedBeforeAnythingRuns() {
        assertThat(tour("run", "nope")).isEqualTo(CommandLine.ExitCode.USAGE);

        assertThat(errors.toString())
                .startsWith("'nope' is not a stop of the tour: without a name, it lists all stops");
        assertThat(printed.lines()).isEmpty();
    }

    @Test
    void helpSaysWhatItTakes() {
        assertThat(tour("--help")).isZero();

        assertThat(printed.lines()).contains("Usage: tour [-h] [<name>...]");
    }
}
