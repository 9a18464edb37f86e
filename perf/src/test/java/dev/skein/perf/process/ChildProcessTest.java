package dev.skein.perf.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.perf.Perf;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
    private static final Duration AMPLE = Duration.ofSeconds(50);
    private static final Jvm JVM = new Jvm(Perf.class, Jvm.flags(Gc.PARALLEL, "64m"));

    @Test
    void aChildThatEndsEarlyIsAnErrorWithItsStatus() throws IOException {
        try (ChildProcess child = ChildProcess.start("load", JVM.command("load", "--no-such-option"))) {
            assertThatThrownBy(() -> child.readAfter(Protocol.RESULT, AMPLE))
                    .isInstanceOf(IOException.class)
                    .hasMessage("load ended before it printed 'result ', with status 2");
        }
    }

    @Test
    void aSilentChildIsNotWaitedForLongerThanAsked() throws IOException {
        try (ChildProcess child = ChildProcess.start("load", JVM.command("load"))) {
            assertThatThrownBy(() -> child.readAfter(Protocol.RESULT, Duration.ofMillis(10)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("load printed no line that starts with 'result ' within 10 ms");
        }
    }
}
