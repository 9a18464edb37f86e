package dev.skein.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Transport;
import dev.skein.perf.Perf;
import dev.skein.perf.peer.PeerChoice;
import dev.skein.perf.peer.TestBed;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllScenariosTest {
    private final ResultCollector collector = new ResultCollector();

    @Test
    void aQuickRunTellsWhichPeersAndLoadsItLeavesOut() {
        assertThat(leftOut(RunBudget.QUICK))
                .anyMatch(word -> word.startsWith("echo, 64 B, 50 connections, Vert.x, ") && word.contains("C, epoll"))
                .anyMatch(word -> word.startsWith("churn, 64 B, 50 connections, Vert.x, "))
                .anyMatch(word -> word.startsWith("coroutines, virtual threads, kotlinx, asyncio: "))
                .contains(
                        "latency: left out of a quick run: run 'latency'",
                        "echo, 1,024 B, 50 connections: left out of a quick run: run 'echo --peers all'",
                        "chat, 64 B, 1,000 connections, 4 in flight: left out of a quick run: run 'chat --peers all'",
                        "http, 50 connections: left out of a quick run: run 'http --peers all'");
    }

    @Test
    void aFullRunTellsWhichLoadsSomePeersAreNotUnder() {
        assertThat(leftOut(RunBudget.FULL))
                .satisfiesExactly(
                        word -> assertThat(word).startsWith("echo, 1,024 B, 50 connections, Vert.x, kotlinx"),
                        word -> assertThat(word).startsWith("echo, 16,384 B, 50 connections, Vert.x, Vert.x await"),
                        word -> assertThat(word).startsWith("echo, 64 B, 1 connections, "),
                        word -> assertThat(word).startsWith("echo, 64 B, 1,000 connections, "),
                        word -> assertThat(word)
                                .startsWith("churn, 64 B, 50 connections, Vert.x, asyncio protocol")
                                .endsWith(": left out: run 'churn --peers all'"),
                        word -> assertThat(word).isEqualTo("coroutines, asyncio: left out: run 'micro'"));
    }

    @Test
    void aQuickRunTellsWhatItShortens() {
        assertThat(RunBudget.QUICK.shortened())
                .contains(
                        "pairs of rounds where a ratio must be exact: 3 (14)",
                        "the count of one that is timed as a whole divided by 20",
                        "idle connections: 1,000 (10,000)");
    }

    private List<String> leftOut(RunBudget budget) {
        TestBed bed = TestBed.of(Perf.class, Transport.preferred());
        new AllScenarios(bed, true, new PeerChoice(List.of()), budget, collector, new PrintWriter(Writer.nullWriter()))
                .tellWhatIsLeftOut();
        return collector.results("").skipped();
    }
}
