package dev.skein.perf.scenario;

import dev.skein.loop.Transport;
import dev.skein.perf.load.LoadProcess;
import dev.skein.perf.peer.Peer;
import dev.skein.perf.peer.ServerProcess;
import dev.skein.perf.peer.TestBed;
import dev.skein.perf.process.Protocol;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/**
 * The transport on which all servers on Netty are measured: the one on which a handler of Netty's alone is the fastest here.
 * Skein has no part in that choice.
 */
final class BestTransport {
    private static final List<Transport> CANDIDATES = List.of(Transport.EPOLL, Transport.IO_URING);

    private final TestBed bed;
    private final RoundPlan plan;
    private final ResultCollector collector;
    private final PrintWriter out;

    /** Measures on this test bed as {@code plan} says, and reports to {@code out} and the collector. */
    BestTransport(TestBed bed, RoundPlan plan, ResultCollector collector, PrintWriter out) {
        this.bed = bed;
        this.plan = plan;
        this.collector = collector;
        this.out = out;
    }

    /** Where there is no choice, the preferred one, and nothing is measured. */
    Transport find() throws IOException, InterruptedException {
        if (!CANDIDATES.stream().allMatch(Transport::isAvailable)) {
            return Transport.preferred();
        }
        Transport first = CANDIDATES.getFirst();
        Transport second = CANDIDATES.getLast();
        try (LoadProcess generator = bed.withTransport(first).load();
                ServerProcess one = start(first);
                ServerProcess other = start(second)) {
            ComparisonResult comparison = new PairedComparison(one, other, generator).run(plan, new Report(out));
            List<String> words = List.of(Protocol.word(first), Protocol.word(second));
            collector.add("transports", plan.load(), words, comparison);
            return comparison.throughput().median() > 1 ? second : first;
        }
    }

    private ServerProcess start(Transport transport) throws IOException, InterruptedException {
        String label = Peer.RAW.label() + ", " + Protocol.word(transport);
        return bed.withTransport(transport).start(Peer.RAW, Service.ECHO, label);
    }
}
