package dev.skein.perf.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

class ProcessCpuTest {
    private static final long ENOUGH = 1_000_000;

    /** More than the JVM does by itself in that time. */
    private static final long MUCH = 100_000_000;

    /** Uses at least so many nanoseconds of CPU time; a spin of the clock alone may pass while the core is another's. */
    private static void work(ProcessCpu self) throws IOException {
        while (self.nanosSinceMark() < ENOUGH) {
            Thread.onSpinWait();
        }
    }

    @Test
    void workOfThisProcessIsSeen() throws IOException {
        ProcessCpu self = new ProcessCpu(ProcessHandle.current().pid());
        self.mark();
        long before = System.nanoTime();
        work(self);

        int cores = Runtime.getRuntime().availableProcessors();
        assertThat(self.nanosSinceMark()).isBetween(ENOUGH, cores * (System.nanoTime() - before) + 10 * ENOUGH);
    }

    @Test
    void workOfAThreadThatHasEndedIsSeen() throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        assumeTrue(threads.isCurrentThreadCpuTimeSupported());
        ProcessCpu self = new ProcessCpu(ProcessHandle.current().pid());
        self.mark();
        Thread worker = new Thread(() -> {
            while (threads.getCurrentThreadCpuTime() < MUCH) {
                Thread.onSpinWait();
            }
        });
        worker.start();
        worker.join();

        assertThat(self.nanosSinceMark()).isGreaterThanOrEqualTo(MUCH);
    }

    @Test
    void aProcessThatIsNotThereIsAnError() {
        for (long pid : new long[] {4_194_304, Integer.MAX_VALUE, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> new ProcessCpu(pid).mark())
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot read the CPU time of process " + pid + ": has it ended?");
        }
    }
}
