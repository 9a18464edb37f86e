package dev.skein.perf.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.perf.Perf;
import dev.skein.perf.load.LoadProcess;
import dev.skein.perf.load.Round;
import dev.skein.perf.load.RoundResult;
import dev.skein.perf.load.Workload;
import dev.skein.perf.process.ChildProcess;
import dev.skein.perf.process.Jvm;
import dev.skein.perf.server.JvmServer;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The load generator in C, which is asked and answers as the one in Java does. */
class LoadProgramTest {
    private final long me = ProcessHandle.current().pid();
    private LoadProcess inC = new LoadProcess(() -> ChildProcess.start("none", List.of("false")));

    @BeforeEach
    void build() throws Exception {
        assumeTrue(ForeignProgram.cc("load").missing().isEmpty(), "there is no C compiler here");
        List<String> command = LoadProgram.C.command(new Jvm(Perf.class, List.of()));
        inC = new LoadProcess(() -> ChildProcess.start("load", command));
    }

    @AfterEach
    void end() {
        inC.close();
    }

    private RoundResult play(Service service, Workload load) throws Exception {
        int port = JvmServer.RAW.start(service).getPort();
        return inC.play(new Round(port, me, load, Duration.ZERO, Duration.ofMillis(100)));
    }

    @Test
    void theLoadProgramTellsAnswersAndTheCostOfBothSides() throws Exception {
        RoundResult result = play(Service.ECHO, Workload.echo(3, 64));

        assertThat(result.requests()).isPositive();
        assertThat(result.answered()).isGreaterThanOrEqualTo(result.requests());
        assertThat(result.nanos()).isBetween(100_000_000L, 10_000_000_000L);
        assertThat(result.serverCpu()).isPositive();
        assertThat(result.loadCpu()).isPositive();
        assertThat(result.latencies().getTotalCount()).isGreaterThanOrEqualTo(result.requests());
        assertThat(result.latency(50)).isPositive().isLessThan(1_000_000);
    }

    @Test
    void severalLinesAreInFlightOnEachConnection() throws Exception {
        assertThat(play(Service.LINES, Workload.lines(3, 32, 16)).answered() % 16)
                .isZero();
    }

    @Test
    void aRequestThatDoesNotFitTheSocketsBuffersIsWrittenInParts() throws Exception {
        assertThat(play(Service.ECHO, Workload.echo(2, 4 << 20)).requests()).isPositive();
    }

    @Test
    void theLoadProgramRefusesTlsAndPlaysTheNextRound() throws Exception {
        assertThatThrownBy(() -> play(Service.TLS, Workload.tls(1, 64)))
                .isInstanceOf(IOException.class)
                .hasMessage("the load generator in C sends echo and lines in a closed loop");
        assertThat(play(Service.ECHO, Workload.echo(1, 64)).requests()).isPositive();
    }

    @Test
    void aPortWhereNobodyListensIsAFailureOfTheRound() {
        assertThatThrownBy(
                        () -> inC.play(new Round(1, me, Workload.echo(1, 64), Duration.ZERO, Duration.ofMillis(100))))
                .hasMessage("Connection refused");
    }
}
