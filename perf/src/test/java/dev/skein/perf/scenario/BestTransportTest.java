package dev.skein.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Transport;
import dev.skein.perf.Perf;
import dev.skein.perf.load.Workload;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.process.Protocol;
import dev.skein.perf.report.Metric;
import dev.skein.perf.report.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class BestTransportTest {
    private final ResultCollector collector = new ResultCollector();

    @Test
    void epollAndIoUringAreMeasuredInTurnAndTheFasterOneIsTaken() throws IOException, InterruptedException {
        assumeTrue(Transport.EPOLL.isAvailable() && Transport.IO_URING.isAvailable());
        RoundPlan onePair = new RoundPlan(
                Workload.echo(2, 64), 1, 1, RetryBudget.unlimited(), Duration.ofMillis(1), Duration.ofMillis(100));

        Transport best = new BestTransport(
                        TestBed.of(Perf.class, Transport.EPOLL),
                        onePair,
                        collector,
                        new PrintWriter(Writer.nullWriter()))
                .find();

        List<Row> rows = collector.results("").rows();
        assertThat(rows).extracting(Row::label).containsExactly("raw Netty, epoll", "raw Netty, io_uring");
        assertThat(rows).allMatch(row -> row.scenario().equals("transports"));
        Row faster = rows.stream()
                .max(Comparator.comparing(
                        row -> row.figure(Metric.THROUGHPUT).orElseThrow().median()))
                .orElseThrow();
        assertThat(Protocol.word(best)).isEqualTo(faster.peer());
    }
}
