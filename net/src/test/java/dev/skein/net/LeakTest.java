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
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Ten thousand connections leave nothing behind. {@link LeakDetection} looks for buffers after every class. */
class LeakTest {
    private static final int AT_ONCE = 100;

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
        int batches = transport == Transport.preferred() ? 100 : 10;
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
