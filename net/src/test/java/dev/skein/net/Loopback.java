package dev.skein.net;

import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Action;
import dev.skein.loop.Asyncio;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A real loop of one transport, and real sockets on this machine: what the tests of the network run in. */
public final class Loopback {
    public static final String HOST = "127.0.0.1";

    private final Transport transport;
    private final List<ErrorContext> errors = new ArrayList<>();

    /** Skips the test where the transport is not available. */
    public Loopback(Transport transport) {
        this.transport = transport;
        assumeTrue(
                transport.isAvailable(),
                () -> transport + " is not available here: "
                        + transport.unavailabilityCause().orElseThrow());
    }

    /** What both ends of one connection do. */
    @FunctionalInterface
    public interface Conversation {
        void hold(Connection client, Connection peer) throws Exception;
    }

    /** Runs {@code main}. Errors that nobody awaits must have been taken out of {@link #errors} when it ends. */
    public void run(Action main) {
        Asyncio.run(
                () -> {
                    Loop.current().setExceptionHandler((loop, error) -> errors.add(error));
                    main.run();
                },
                options -> options.withTransport(transport));
        assertThat(errors).isEmpty();
    }

    /** The errors so far that nobody awaited. */
    public List<ErrorContext> errors() {
        return errors;
    }

    /** The only error so far; it was expected. */
    public ErrorContext takeError() {
        assertThat(errors).hasSize(1);
        return errors.removeFirst();
    }

    /** Runs {@code talk} with the two ends of a connection, and closes both. */
    void talk(Conversation talk) {
        talk(options -> options, options -> options, talk);
    }

    /** As {@link #talk(Conversation)}, with options for either end. */
    void talk(UnaryOperator<ConnectOptions> client, UnaryOperator<ServerOptions> peer, Conversation talk) {
        talk(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), client, peer, talk);
    }

    /** As {@link #talk(Conversation)}, with the peer at {@code address}. */
    void talk(
            SocketAddress address,
            UnaryOperator<ConnectOptions> client,
            UnaryOperator<ServerOptions> peer,
            Conversation talk) {
        run(() -> hold(address, client, peer, talk));
    }

    /** What {@link #talk} does, in the loop that runs. */
    static void hold(
            SocketAddress address,
            UnaryOperator<ConnectOptions> client,
            UnaryOperator<ServerOptions> peer,
            Conversation talk)
            throws Exception {
        Future<Connection> accepted = Loop.current().createFuture();
        Future<@Nullable Void> over = Loop.current().createFuture();
        Server server = startServer(
                arrived -> {
                    accepted.setResult(arrived);
                    over.await();
                },
                address,
                peer);
        try (server;
                Connection connection = openConnection(server.addresses().getFirst(), client)) {
            try {
                talk.hold(connection, accepted.await());
            } catch (Throwable failure) {
                // It is told at once: to close would wait for a peer that may read no more.
                connection.abort();
                throw failure;
            }
        } finally {
            over.setResult(null);
        }
        server.waitClosed();
    }

    /** An address as messages show it. */
    static String text(SocketAddress address) {
        return HOST + ":" + ((InetSocketAddress) address).getPort();
    }

    /** Takes turns until {@code condition} holds. */
    public static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Asyncio.yieldNow();
        }
    }
}
