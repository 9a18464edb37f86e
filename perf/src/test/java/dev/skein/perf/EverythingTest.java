package dev.skein.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import org.junit.jupiter.api.Test;

class EverythingTest {
    private final Findings findings = new Findings();

    @Test
    void aQuickRunTellsWhichPeersAndLoadsItLeavesOut() {
        assertThat(leftOut(Effort.QUICK))
                .anyMatch(word -> word.startsWith("echo, ") && word.contains("Node") && word.contains("C, epoll"))
                .anyMatch(word -> word.startsWith("chat, "))
                .anyMatch(word -> word.startsWith("churn, "))
                .contains("echo: 1,024 B, 50 connections: left out of a quick run, 'all' has it");
    }

    @Test
    void aFullRunLeavesOutPeersOfOneScenarioOnly() {
        assertThat(leftOut(Effort.FULL)).singleElement().asString().startsWith("churn, ");
    }

    @Test
    void whatAQuickRunShortensIsToldBesideTheNumbersOfAFullOne() {
        assertThat(Effort.QUICK.shortened())
                .contains(
                        "pairs of rounds with Netty: 3 (12)",
                        "its count divided by 20",
                        "idle connections: 1,000 (10,000)");
    }

    private List<String> leftOut(Effort effort) {
        new Everything(new ServerOptions(), effort, findings, new PrintWriter(Writer.nullWriter())).tellWhatIsLeftOut();
        return findings.results("").skipped();
    }
}
