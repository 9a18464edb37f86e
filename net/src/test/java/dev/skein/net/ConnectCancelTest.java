package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import dev.skein.loop.Timeout;
import dev.skein.loop.Transport;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A connect that is cancelled at any moment: while the name is looked up, while it connects, in a race, when it is connected
 * but nobody has been told yet. Each of its sockets is closed, once: one that is closed twice closes a stranger's, which has
 * got its number meanwhile, so that strangers are asked.
 */
class ConnectCancelTest {
    private static final int ATTEMPTS = Integer.getInteger("skein.test.connects", 150);
    private static final long SEED = 645;

    private static final Hosts HOSTS = new Hosts()
            .with("one", "127.0.0.1")
            .with("second", "127.0.0.2", "127.0.0.1")
            .with("families", "127.0.0.1", "::1", "127.0.0.2");

    private final List<Channel> channels = new ArrayList<>();
    private final Random random = new Random(SEED);

    private static void echoLines(Connection peer) throws IOException {
        for (String line : peer.reader().lines()) {
            peer.writer().writeLine(line);
        }
    }

    private static void assertEchoes(Connection connection, String line) throws IOException {
        connection.writer().writeLine(line);
        assertThat(connection.reader().readLine()).isEqualTo(line);
    }

    private ConnectOptions someOptions() {
        Duration[] delays = {Timeout.NEVER, Duration.ZERO, Duration.ofNanos(50_000)};
        return ConnectOptions.defaults()
                .withResolvers(HOSTS)
                .withHappyEyeballsDelay(delays[random.nextInt(delays.length)]);
    }

    private Connection connect(int port) throws IOException {
        String host = List.of("one", "second", "families").get(random.nextInt(3));
        ConnectOptions options = someOptions();
        Connector connector = new Connector(host, port, options, channel -> {
            channels.add(channel);
            StreamEndpoint.install(channel, options.limit());
        });
        return StreamEndpoint.of(connector.open()).connection();
    }

    @EachTransport
    void eachOfItsSocketsIsClosedOnceWheneverItIsCancelled(Transport transport) {
        new Loopback(transport).run(() -> {
            try (Server server = startServer(ConnectCancelTest::echoLines, HOST, 0)) {
                long sockets = Descriptors.sockets();
                int cancelled = 0;
                for (int i = 0; i < ATTEMPTS; i++) {
                    Task<Connection> attempt = createTask(() -> connect(server.port()));
                    // Now and then it may take the time it takes.
                    int turns = random.nextInt(10) == 0 ? Integer.MAX_VALUE : random.nextInt(12);
                    for (int turn = 0; turn < turns && !attempt.isDone(); turn++) {
                        yieldNow();
                    }
                    attempt.cancel();
                    try (Connection stranger = openConnection(HOST, server.port())) {
                        until(attempt::isDone);
                        assertEchoes(stranger, "stranger " + i);
                    }
                    if (attempt.isCancelled()) {
                        cancelled++;
                    } else {
                        try (Connection connected = attempt.await()) {
                            assertEchoes(connected, "connected " + i);
                        }
                    }
                }
                assertThat(cancelled).isBetween(ATTEMPTS / 10, ATTEMPTS - 1);
                until(() -> channels.stream().noneMatch(Channel::isOpen));
                until(() -> Descriptors.sockets() == sockets);
            }
        });
    }

    /** The winner's result is there when the cancellation comes, and would be lost with it. */
    @EachTransport
    void aWinnerThatNobodyWantsAnyMoreIsClosed(Transport transport) {
        new Loopback(transport).run(() -> {
            try (Server server = startServer(ConnectCancelTest::echoLines, HOST, 0)) {
                for (int turns = 0; turns < 40; turns++) {
                    Task<Connection> attempt = createTask(() -> openConnection(
                            "families",
                            server.port(),
                            o -> o.withResolvers(HOSTS).withHappyEyeballsDelay(Duration.ofSeconds(1))));
                    // Until a wait later than the last one: each turn up to the attempt's end has its own.
                    for (int turn = 0; turn < turns && !attempt.isDone(); turn++) {
                        yieldNow();
                    }
                    attempt.cancel();
                    until(attempt::isDone);
                    if (!attempt.isCancelled()) {
                        attempt.await().close();
                    }
                }
                // A connection that was lost with its task would still be open.
                until(() -> server.toString().endsWith(", 0 connections]"));
            }
        });
    }

    @EachTransport
    @PortOf("test_sock_lowlevel.sock_client_connect_racing")
    void afterACancelledConnectTheNextOneConnects(Transport transport) {
        new Loopback(transport).run(() -> {
            int port;
            try (RefusingPort refusing = new RefusingPort()) {
                port = refusing.number();
                Task<Connection> early = createTask(() -> openConnection(HOST, refusing.number()));
                yieldNow();
                early.cancel();
                until(early::isDone);
            }
            try (Server server = startServer(ConnectCancelTest::echoLines, HOST, port);
                    Connection connection = openConnection(HOST, port)) {
                assertThat(server.port()).isEqualTo(port);
                assertEchoes(connection, "hello");
            }
        });
    }
}
