package dev.skein.net;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A moment of the {@link Soak}; {@code net/soak} makes it minutes. */
class SoakTest {
    private static final int SECONDS = Integer.getInteger("soak.seconds", 1);
    private static final long SEED = Long.getLong("soak.seed", 1);

    @EachTransport
    @Timeout(300)
    void nothingIsLostWhateverHappensToAConnection(Transport transport, @TempDir Path folder) {
        assumeTrue(transport.isAvailable(), transport + " is not available here");
        List<Soak.Carrier> carriers = List.of(Soak.tcp(), Soak.tls(), Soak.unix(folder.resolve("socket")));
        // Three transports are available at the same time at most.
        Duration each = Duration.ofSeconds(SECONDS).dividedBy(3L * carriers.size());
        for (Soak.Carrier carrier : carriers) {
            System.out.println(new Soak(SEED).run(transport, carrier, each));
        }
    }
}
