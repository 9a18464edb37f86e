package dev.skein.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RoundTest {
    @Test
    void aRoundIsTheSameAfterItsWayThroughALine() {
        Round round = new Round(7007, 1234, Workload.lines(50, 32, 16), Duration.ofMillis(300), Duration.ofSeconds(3));

        assertThat(round.toLine()).isEqualTo("7007 1234 LINES 50 32 16 0 300 3000");
        assertThat(Round.parse(round.toLine())).isEqualTo(round);
    }

    @Test
    void aLineOfAnythingElseIsRefusedWithItsText() {
        assertThatThrownBy(() -> Round.parse("7007 1234")).hasMessage("malformed round: '7007 1234'");
    }
}
