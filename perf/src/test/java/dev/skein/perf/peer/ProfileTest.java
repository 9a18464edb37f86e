package dev.skein.perf.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.perf.Perf;
import dev.skein.perf.load.LoadGenerator;
import dev.skein.perf.load.Round;
import dev.skein.perf.load.Workload;
import dev.skein.perf.process.Gc;
import dev.skein.perf.process.Jvm;
import dev.skein.perf.process.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
    @Test
    void theFlameGraphsOfAServerShowWhereItWas(@TempDir Path directory) throws IOException, InterruptedException {
        Profile profile = new Profile(directory);
        Jvm jvm = new Jvm(Perf.class, Jvm.flags(Gc.PARALLEL, "64m")).withFlags(profile.flags("echo-raw"));
        try (ServerProcess server =
                ServerProcess.start("raw", jvm.command("serve", "raw", "echo"), Peer.RAW.program())) {
            Round round =
                    new Round(server.port(), server.pid(), Workload.echo(2, 64), Duration.ZERO, Duration.ofMillis(500));
            assertThat(LoadGenerator.run(round).requests()).isPositive();
        }

        assertThat(profile.convert())
                .containsExactly(directory.resolve("echo-raw-time.html"), directory.resolve("echo-raw-alloc.html"));
        assertThat(frames(directory.resolve("echo-raw-time.html"))).isGreaterThan(50);
        assertThat(frames(directory.resolve("echo-raw-alloc.html"))).isGreaterThan(10);
    }

    /** A line of the page's script for each. */
    private static long frames(Path flames) throws IOException {
        try (Stream<String> lines = Files.lines(flames)) {
            return lines.filter(line -> line.matches("[fun]\\(\\d.*")).count();
        }
    }
}
