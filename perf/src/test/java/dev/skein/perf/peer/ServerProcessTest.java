package dev.skein.perf.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.perf.Perf;
import dev.skein.perf.load.Round;
import dev.skein.perf.load.RoundResult;
import dev.skein.perf.load.Workload;
import dev.skein.perf.process.ChildProcess;
import dev.skein.perf.process.Gc;
import dev.skein.perf.process.Jvm;
import dev.skein.perf.process.Protocol;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerProcessTest {
    private static final Duration AMPLE = Duration.ofSeconds(50);
    private static final Jvm JVM = new Jvm(Perf.class, Jvm.flags(Gc.PARALLEL, "64m"));

    @Test
    void aServersProcessListensIsLoadedAndEndsWithItsStdin() throws IOException, InterruptedException {
        ServerProcess ended;
        try (ServerProcess server =
                        ServerProcess.start("raw", JVM.command("serve", "raw", "echo"), Peer.RAW.program());
                ChildProcess load = ChildProcess.start("load", JVM.command("load"))) {
            ended = server;
            Round round = new Round(
                    server.port(), server.pid(), Workload.echo(2, 64), Duration.ofMillis(50), Duration.ofMillis(100));
            load.writeLine(round.toLine());

            RoundResult result = RoundResult.parse(load.readAfter(Protocol.RESULT, AMPLE));

            assertThat(result.requests()).isPositive();
            assertThat(result.serverCpu()).isPositive();
            assertThat(server.ask(Protocol.COLLECT).heap()).isBetween(1L, 64L << 20);
            assertThat(server.residentBytes()).isGreaterThan(1 << 20);
        }
        assertThat(ended.toString()).endsWith(", ended]]");
    }
}
