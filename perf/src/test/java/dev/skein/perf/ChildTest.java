package dev.skein.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChildTest {
    private static final Duration AMPLE = Duration.ofSeconds(50);
    private static final Jvm JVM = new Jvm(Perf.class, Jvm.flags(Gc.PARALLEL, "64m"));

    @Test
    void aServersProcessListensIsLoadedAndEndsWithItsStdin() throws IOException, InterruptedException {
        Contender ended;
        try (Contender server = Contender.start("raw", JVM.command("serve", "raw", "echo"), Peer.RAW.program());
                Child load = Child.start("load", JVM.command("load"))) {
            ended = server;
            Schedule schedule = new Schedule(
                    Load.echo(2, 64), 1, 3, SpareTime.unlimited(), Duration.ofMillis(50), Duration.ofMillis(100));
            load.writeLine(schedule.measure(server).toLine());

            RoundResult result = RoundResult.parse(load.readAfter(Protocol.RESULT, AMPLE));

            assertThat(result.requests()).isPositive();
            assertThat(result.serverCpu()).isPositive();
            assertThat(server.ask(Protocol.COLLECT).heap()).isBetween(1L, 64L << 20);
            assertThat(server.residentBytes()).isGreaterThan(1 << 20);
        }
        assertThat(ended.toString()).endsWith(", ended]]");
    }

    @Test
    void aChildThatEndsEarlyIsAnErrorWithItsStatus() throws IOException {
        try (Child child = Child.start("load", JVM.command("load", "--no-such-option"))) {
            assertThatThrownBy(() -> child.readAfter(Protocol.RESULT, AMPLE))
                    .isInstanceOf(IOException.class)
                    .hasMessage("load ended before it said 'result ', with status 2");
        }
    }

    @Test
    void aSilentChildIsNotWaitedForLongerThanAsked() throws IOException {
        try (Child child = Child.start("load", JVM.command("load"))) {
            assertThatThrownBy(() -> child.readAfter(Protocol.RESULT, Duration.ofMillis(10)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("load said nothing that starts with 'result ' in 0.01 s");
        }
    }
}
