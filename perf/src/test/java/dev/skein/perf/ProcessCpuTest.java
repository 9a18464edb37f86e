package dev.skein.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessCpuTest {
    @Test
    void theFirstNumberOfASchedstatIsTheTimeOnACore() {
        assertThat(ProcessCpu.onCore("111748129 8003674 344\n")).isEqualTo(111_748_129);
    }

    @Test
    void aSchedstatWithoutNumbersIsRefusedWithItsText() {
        assertThatThrownBy(() -> ProcessCpu.onCore("\n")).hasMessage("not a schedstat: ''");
    }

    @Test
    void aNewThreadCountsFromZeroAndAThreadThatEndedNotAtAll() {
        Map<String, Long> before = Map.of("main", 100L, "ended", 50L);
        Map<String, Long> after = Map.of("main", 130L, "new", 7L);

        assertThat(ProcessCpu.used(before, after)).isEqualTo(37);
    }

    @Test
    void workOfThisProcessIsSeen() throws IOException {
        ProcessCpu self = new ProcessCpu(ProcessHandle.current().pid());
        self.mark();
        long spunUntil = System.nanoTime() + 200_000_000;
        while (System.nanoTime() < spunUntil) {
            Thread.onSpinWait();
        }

        assertThat(self.nanosSinceMark()).isGreaterThan(1_000_000);
    }

    @Test
    void aProcessThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> new ProcessCpu(Long.MAX_VALUE).mark())
                .isInstanceOf(IOException.class)
                .hasMessage("no CPU time to be had of process 9223372036854775807: has it ended?");
    }
}
