package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** Ten thousand connections leave nothing behind. {@link LeakDetection} looks for buffers after every class. */
@Timeout(120)
class LeakTest {
    private static final int AT_ONCE = 100;

    /** Each buffer with its stack is too much here; a leak in every connection shows in a sample too. */
    @BeforeAll
    static void watchASample() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }

    @AfterAll
    static void watchAll() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    private static void oneLineBack(Connection peer) throws IOException {
        peer.writer().writeLine(String.valueOf(peer.reader().readLine()));
    }

    private static void callOnce(int port) throws IOException {
        try (Connection connection = openConnection(HOST, port)) {
            connection.writer().writeLine("line");
            assertThat(connection.reader().readLine()).isEqualTo("line");
        }
    }

    private static void callAtOnce(int port) {
        List<Task<?>> calls = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            calls.add(createTask(() -> callOnce(port)));
        }
        gather(calls).await();
    }

    @EachTransport
    void tenThousandConnectionsLeaveNoDescriptorOpen(Transport transport) {
        int batches = transport == Transport.preferred() ? 100 : 5;
        new Loopback(transport).run(() -> {
            try (Server server = startServer(LeakTest::oneLineBack, HOST, 0)) {
                long before = Descriptors.sockets();
                for (int i = 0; i < batches; i++) {
                    callAtOnce(server.port());
                }
                until(() -> Descriptors.sockets() == before);
            }
        });
    }
}
