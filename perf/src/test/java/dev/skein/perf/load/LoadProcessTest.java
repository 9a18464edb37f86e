package dev.skein.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.perf.process.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LoadProcessTest {
    private static final Round ROUND = new Round(1, 1, Workload.echo(1, 64), Duration.ZERO, Duration.ofMillis(100));

    private final Queue<String> scripts = new ArrayDeque<>();

    @Test
    void aRoundThatFailsHasItsReasonAndTheProcessGoesOn() {
        scripts.add("while read round; do echo result failed: Connection refused; done");

        try (LoadProcess load = load()) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> load.play(ROUND))
                        .isInstanceOf(IOException.class)
                        .hasMessage("Connection refused");
            }
        }
    }

    @Test
    void aProcessThatEndsIsReplacedForTheNextRound() {
        scripts.add("read round; exit 7");
        scripts.add("read round; echo result failed: from the second");

        try (LoadProcess load = load()) {
            assertThatThrownBy(() -> load.play(ROUND))
                    .hasMessage("load ended before it printed 'result ', with status 7");
            assertThatThrownBy(() -> load.play(ROUND)).hasMessage("from the second");
        }
        assertThat(scripts).isEmpty();
    }

    private LoadProcess load() {
        return new LoadProcess(() -> ChildProcess.start("load", List.of("sh", "-c", scripts.remove())));
    }
}
